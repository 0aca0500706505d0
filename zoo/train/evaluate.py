"""Measures every network of the repository on the test pictures and checks the family's bars.

    python evaluate.py REPOSITORY PICTURES/test

One thread, one picture at a time, ONNX Runtime. Fails when a bar is not met. The C++ program's
`cnnselect models evaluate` measures the same through the server's own image path; its accuracies are
the ones in the family file.
"""
import argparse
import pathlib
import statistics
import sys
import time

import cv2
import numpy as np
import onnxruntime

from train import resize, tensor


def measure(file: pathlib.Path, pictures: list[np.ndarray], truth: np.ndarray):
    """(median ms, top-1, top-5) of one network."""
    settings = onnxruntime.SessionOptions()
    settings.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(str(file), settings,
                                           providers=["CPUExecutionProvider"])
    side = session.get_inputs()[0].shape[2]
    times, ranks = [], []
    for picture, right in zip(pictures, truth):
        x = np.ascontiguousarray(tensor([resize(picture, side)]).numpy())
        started = time.perf_counter()
        logits = session.run(None, {"input": x})[0][0]
        times.append(time.perf_counter() - started)
        ranks.append(int((logits > logits[right]).sum()))
    ranks = np.array(ranks)
    return statistics.median(times) * 1e3, (ranks == 0).mean(), (ranks < 5).mean()


def check(rows: list[tuple], count: int, size: int) -> list[str]:
    """The bars that are not met, in words. `rows`: (name, ms, top1, top5) from fast to slow."""
    failed = []
    if len(rows) < 6:
        failed.append(f"{len(rows)} networks, at least 6 wanted")
    if rows[-1][1] < 15 * rows[0][1]:
        failed.append(f"slowest {rows[-1][1] / rows[0][1]:.1f}x the fastest, at least 15x wanted")
    if rows[-1][2] - rows[0][2] < 0.20:
        failed.append(f"{100 * (rows[-1][2] - rows[0][2]):.1f} points of top-1, at least 20 wanted")
    # A network that a faster one equals is not on the frontier.
    frontier = [row for i, row in enumerate(rows) if all(row[2] > faster[2] for faster in rows[:i])]
    for before, after in zip(frontier, frontier[1:]):
        error = (after[2] * (1 - after[2]) / count) ** 0.5
        if after[2] - before[2] <= error:
            failed.append(f"{after[0]} is not more accurate than {before[0]} by more than one "
                          f"standard error ({error:.4f})")
    if size > 40e6:
        failed.append(f"{size} bytes of networks, at most 40 MB wanted")
    return failed


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("repository", type=pathlib.Path)
    parser.add_argument("pictures", type=pathlib.Path)
    options = parser.parse_args()
    lines = (options.pictures / "labels.tsv").read_text().splitlines()[1:]
    names, indices = zip(*(line.split("\t")[:2] for line in lines))
    pictures = [cv2.imread(str(options.pictures / name))[:, :, ::-1] for name in names]
    truth = np.array(indices, int)
    files = sorted(options.repository.glob("*/1/model.onnx"))
    rows = sorted(((file.parts[-3], *measure(file, pictures, truth)) for file in files),
                  key=lambda row: row[1])
    for name, ms, top1, top5 in rows:
        print(f"{name:20} {ms:7.2f} ms  top-1 {100 * top1:5.2f}  top-5 {100 * top5:5.2f}")
    failed = check(rows, len(truth), sum(file.stat().st_size for file in files))
    for line in failed:
        print(f"not met: {line}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
