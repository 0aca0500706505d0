"""Renders the training pictures once, into one memory-mapped file, in resumable shards.

    python dataset.py WORK [--count 48000] [--processes 2]

Writes WORK/pictures.u8 ([count, SIDE, SIDE, 3], RGB) and WORK/done/<shard> per finished shard of
1,000. Picture i has class i % 100 and seed (TRAIN_SEED, i), whichever process draws it.
"""
import argparse
import multiprocessing
import pathlib

import cv2
import numpy as np

from classes import CLASSES
from render import SIDE, decode, photograph

TRAIN_SEED, TEST_SEED, PHONE_SEED, TUNE_SEED = 1, 2, 3, 4  # first half of every picture's seed
SHARD = 1000


def label_of(i):
    """Class of picture i; also for arrays."""
    return i % CLASSES


def open_pictures(work: pathlib.Path, count: int, mode: str = "r") -> np.memmap:
    return np.memmap(work / "pictures.u8", np.uint8, mode, shape=(count, SIDE, SIDE, 3))


def finished(work: pathlib.Path) -> int:
    """How many pictures, from the first, are there without a gap."""
    shard = 0
    while (work / "done" / str(shard)).exists():
        shard += 1
    return shard * SHARD


def render_shard(job: tuple[pathlib.Path, int, int]) -> None:
    work, count, shard = job
    cv2.setNumThreads(1)
    pictures = open_pictures(work, count, "r+")
    for i in range(shard * SHARD, (shard + 1) * SHARD):
        pictures[i] = decode(photograph(np.random.default_rng((TRAIN_SEED, i)), label_of(i)))
    pictures.flush()
    (work / "done" / str(shard)).touch()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("work", type=pathlib.Path)
    parser.add_argument("--count", type=int, default=48_000)
    parser.add_argument("--processes", type=int, default=2)
    options = parser.parse_args()
    (options.work / "done").mkdir(parents=True, exist_ok=True)
    if not (options.work / "pictures.u8").exists():
        open_pictures(options.work, options.count, "w+").flush()
    shards = [s for s in range(options.count // SHARD)
              if not (options.work / "done" / str(s)).exists()]
    with multiprocessing.Pool(options.processes) as pool:
        jobs = [(options.work, options.count, s) for s in shards]
        for i, _ in enumerate(pool.imap_unordered(render_shard, jobs), start=1):
            print(f"{i}/{len(shards)} shards", flush=True)


if __name__ == "__main__":
    main()
