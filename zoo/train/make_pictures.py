"""Draws the committed pictures: 2,000 for testing and ten "phone photos".

    python make_pictures.py PICTURES

Writes PICTURES/test/*.jpg, PICTURES/phone/*.jpg and a labels.tsv beside each. No network is trained
on any of them: their seeds belong to no other use.
"""
import argparse
import pathlib

import cv2
import numpy as np
from PIL import Image

from classes import CODEPOINTS, label
from dataset import PHONE_SEED, TEST_SEED, label_of
from render import photograph, place, paste, clutter, light
from backgrounds import background

TEST_PICTURES = 2000
# (width, height) in pixels as the sensor stores them, class, JPEG quality, EXIF orientation.
PHOTOS = [
    (1632, 1224, 0, 80, 1), (2048, 1536, 26, 72, 1), (1920, 1080, 41, 85, 1),
    (2592, 1944, 52, 70, 1), (3264, 2448, 61, 60, 1), (3264, 2448, 68, 60, 6),
    (4000, 3000, 75, 55, 1), (4032, 3024, 82, 50, 8), (2560, 1440, 88, 75, 1),
    (4032, 3024, 96, 45, 3),
]
UPRIGHT = {1: None, 3: cv2.ROTATE_180, 6: cv2.ROTATE_90_COUNTERCLOCKWISE,
           8: cv2.ROTATE_90_CLOCKWISE}  # what the sensor did to an upright scene


def write_labels(folder: pathlib.Path, rows: list[tuple[str, int]]) -> None:
    lines = [f"{name}\t{index}\t{label(index)}" for name, index in rows]
    (folder / "labels.tsv").write_text("\n".join(["file\tindex\tlabel", *lines]) + "\n")


def draw_test(folder: pathlib.Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    rows = []
    for i in range(TEST_PICTURES):
        name = f"{i:05}.jpg"
        jpeg = photograph(np.random.default_rng((TEST_SEED, i)), label_of(i))
        (folder / name).write_bytes(jpeg)
        rows.append((name, label_of(i)))
    write_labels(folder, rows)


def phone_scene(rng: np.random.Generator, index: int, width: int, height: int) -> np.ndarray:
    """An upright photo, uint8 RGB: drawn at a quarter of the size, enlarged as a lens would blur,
    then the sensor's noise at full size. The subject sits inside the central square."""
    side = max(width, height) // 4
    picture = background(rng, side)
    clutter(rng, picture)
    small = min(width, height) // 4
    size = small * rng.uniform(0.45, 0.7)
    centre = side / 2 + rng.uniform(-0.12, 0.12, 2) * small
    tilt = float(np.clip(rng.normal(0, 6), -12, 12))
    paste(picture, CODEPOINTS[index], place(rng, side, size, tuple(centre), tilt, 0.06))
    lit = np.clip(light(rng, picture), 0, 255).astype(np.float32)
    top, left = (side - height // 4) // 2, (side - width // 4) // 2
    cut = lit[top:top + height // 4, left:left + width // 4]
    full = cv2.resize(cut, (width, height), interpolation=cv2.INTER_CUBIC)
    noise = cv2.GaussianBlur(rng.standard_normal(full.shape, np.float32), (0, 0), 1.2) * 6
    return np.clip(full + noise, 0, 255).astype(np.uint8)


def draw_photos(folder: pathlib.Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    rows = []
    for i, (width, height, index, quality, orientation) in enumerate(PHOTOS):
        rng = np.random.default_rng((PHONE_SEED, i))
        turned = orientation in (6, 8)
        upright = phone_scene(rng, index, *((height, width) if turned else (width, height)))
        turn = UPRIGHT[orientation]
        stored = upright if turn is None else cv2.rotate(upright, turn)
        name = f"{label(index).replace(' ', '_')}_{width * height // 100_000 / 10}mp.jpg"
        exif = Image.Exif()
        exif[0x0112] = orientation
        Image.fromarray(stored).save(folder / name, quality=quality, exif=exif)
        rows.append((name, index))
    write_labels(folder, rows)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("pictures", type=pathlib.Path)
    options = parser.parse_args()
    draw_test(options.pictures / "test")
    draw_photos(options.pictures / "phone")


if __name__ == "__main__":
    main()
