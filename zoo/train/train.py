"""Trains one network of the family by its recipe; run again, it goes on after the last whole epoch.

    python train.py WORK mobilenet_025_64 [--threads 1]

Reads WORK/pictures.u8, writes WORK/<name>.pt (the finished weights) and WORK/<name>.state.pt.
"""
import argparse
import concurrent.futures
import math
import os
import pathlib
import time

import cv2
import numpy as np
import torch
from torch.nn import functional

from dataset import TUNE_SEED, label_of, open_pictures
from networks import build
from recipes import RECIPES, Recipe
from render import SIDE, decode, photograph

MEAN = np.array([0.485, 0.456, 0.406], np.float32) * 255
STD = np.array([0.229, 0.224, 0.225], np.float32) * 255
BATCH = 96
WATCHED = 1000  # pictures, from seeds of their own, that tell how training goes


def resize(picture: np.ndarray, side: int) -> np.ndarray:
    """As the server does: area when it shrinks, bilinear when it grows."""
    shrinks = side < picture.shape[0]
    return cv2.resize(picture, (side, side),
                      interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR)


def tensor(pictures: list[np.ndarray]) -> torch.Tensor:
    batch = (np.stack(pictures).astype(np.float32) - MEAN) / STD
    # The array is NHWC: as NCHW it is already "channels last" in memory.
    return torch.from_numpy(batch).permute(0, 3, 1, 2)


def augmented(picture: np.ndarray, side: int, rng: np.random.Generator) -> np.ndarray:
    """A random window of at least 7/8 of the picture; no flips, a clock must stay a clock."""
    window = int(rng.integers(SIDE * 7 // 8, SIDE + 1))
    x, y = rng.integers(0, SIDE - window + 1, 2)
    return resize(picture[y:y + window, x:x + window], side)


def batches(work: pathlib.Path, count: int, side: int, epoch: int):
    """Shuffled batches of one epoch, prepared by a thread while the network works on the last."""
    pictures = open_pictures(work, count)
    rng = np.random.default_rng((epoch, side))
    order = rng.permutation(count)

    def make(start: int):
        chosen = np.sort(order[start:start + BATCH])
        x = tensor([augmented(pictures[i], side, rng) for i in chosen])
        return x, torch.from_numpy(label_of(chosen))

    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        ahead = pool.submit(make, 0)
        for start in range(BATCH, count - BATCH + 1, BATCH):
            now, ahead = ahead.result(), pool.submit(make, start)
            yield now
        yield ahead.result()


def watched(work: pathlib.Path) -> np.ndarray:
    """Pictures that no network trains on and that are not the test pictures either."""
    cache = work / "watched.npy"
    if not cache.exists():
        drawn = [decode(photograph(np.random.default_rng((TUNE_SEED, i)), label_of(i)))
                 for i in range(WATCHED)]
        half = work / f"watched.{os.getpid()}.npy"  # renamed when whole: two lanes may start at once
        np.save(half, np.stack(drawn))
        half.rename(cache)
    return np.load(cache)


@torch.inference_mode()
def accuracy(network: torch.nn.Module, pictures: np.ndarray, side: int) -> float:
    network.eval()
    right = 0
    for start in range(0, len(pictures), 100):
        x = tensor([resize(p, side) for p in pictures[start:start + 100]])
        truth = torch.from_numpy(label_of(np.arange(start, start + len(x))))
        right += int((network(x).argmax(1) == truth).sum())
    return right / len(pictures)


def pace(done: float) -> float:
    """Learning rate over its peak when `done` (0..1) of the training is done: one cycle, up in a
    fifth, down in a half cosine."""
    if done < 0.2:
        return 0.04 + 0.96 * done / 0.2
    return 0.5 * (1 + math.cos(math.pi * (done - 0.2) / 0.8))


def train(work: pathlib.Path, recipe: Recipe) -> None:
    torch.manual_seed(1)
    network = build(recipe.kind).to(memory_format=torch.channels_last)
    if recipe.start:
        network.load_state_dict(torch.load(work / f"{recipe.start}.pt"))
    optimiser = torch.optim.AdamW(network.parameters(), recipe.rate, weight_decay=0.05)
    state, first = work / f"{recipe.name}.state.pt", 0
    if state.exists():
        saved = torch.load(state)
        network.load_state_dict(saved["network"])
        optimiser.load_state_dict(saved["optimiser"])
        first = saved["epoch"]
    count = recipe.pictures
    steps = count // BATCH
    for epoch in range(first, recipe.stop or recipe.epochs):
        started = time.monotonic()
        network.train()
        for step, (x, y) in enumerate(batches(work, count, recipe.side, epoch)):
            for group in optimiser.param_groups:
                group["lr"] = recipe.rate * pace((epoch + step / steps) / recipe.epochs)
            with torch.autocast("cpu", torch.bfloat16, enabled=recipe.bfloat16):
                logits = network(x)
            loss = functional.cross_entropy(logits.float(), y, label_smoothing=0.1)
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
        torch.save({"network": network.state_dict(), "optimiser": optimiser.state_dict(),
                    "epoch": epoch + 1}, state)
        print(f"{recipe.name} epoch {epoch + 1}/{recipe.epochs} loss {loss.item():.3f} "
              f"top1 {accuracy(network, watched(work), recipe.side):.3f} "
              f"{time.monotonic() - started:.0f} s", flush=True)
    torch.save(network.state_dict(), work / f"{recipe.name}.pt")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("work", type=pathlib.Path)
    parser.add_argument("recipe", choices=RECIPES)
    parser.add_argument("--threads", type=int, default=1)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    cv2.setNumThreads(1)
    if (options.work / f"{options.recipe}.pt").exists():
        print(f"{options.recipe} is finished")
        return
    train(options.work, RECIPES[options.recipe])


if __name__ == "__main__":
    main()
