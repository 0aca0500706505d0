"""Procedural backgrounds: value noise, gradients, stripes, tiles and scattered shapes."""
import cv2
import numpy as np


def noise(rng: np.random.Generator, side: int) -> np.ndarray:
    """Smooth colour noise of two scales."""
    total = np.zeros((side, side, 3), np.float32)
    for cells, weight in ((int(rng.integers(2, 7)), 1.0), (int(rng.integers(8, 40)), 0.4)):
        grid = rng.uniform(0, 255, (cells, cells, 3)).astype(np.float32)
        total += weight * cv2.resize(grid, (side, side), interpolation=cv2.INTER_CUBIC)
    return total / 1.4


def gradient(rng: np.random.Generator, side: int) -> np.ndarray:
    """Four corner colours, blended."""
    corners = rng.uniform(0, 255, (2, 2, 3)).astype(np.float32)
    return cv2.resize(corners, (side, side), interpolation=cv2.INTER_LINEAR)


def stripes(rng: np.random.Generator, side: int) -> np.ndarray:
    """A wave of two colours at any angle: cloth, blinds, planks."""
    angle, period = rng.uniform(0, np.pi), side * rng.uniform(0.04, 0.3)
    y, x = np.mgrid[0:side, 0:side].astype(np.float32)
    wave = np.sin((x * np.cos(angle) + y * np.sin(angle)) * (2 * np.pi / period))
    if rng.random() < 0.5:
        wave = np.sign(wave)
    mix = (wave * 0.5 + 0.5)[:, :, None]
    one, two = rng.uniform(0, 255, (2, 3)).astype(np.float32)
    return mix * one + (1 - mix) * two


def tiles(rng: np.random.Generator, side: int) -> np.ndarray:
    """Blocks of flat colour: walls, screens, books."""
    cells = int(rng.integers(3, 14))
    grid = rng.uniform(0, 255, (cells, cells, 3)).astype(np.float32)
    return cv2.resize(grid, (side, side), interpolation=cv2.INTER_NEAREST)


def scatter(rng: np.random.Generator, picture: np.ndarray) -> None:
    """Circles, bars and polygons, in place; disks as bright as the faces are among them."""
    side = picture.shape[0]
    for _ in range(rng.integers(0, 9)):
        colour = rng.uniform(0, 255, 3).tolist()
        spot = tuple(int(v) for v in rng.uniform(0, side, 2))
        reach = max(2, int(side * rng.uniform(0.03, 0.2)))
        kind = rng.integers(0, 3)
        if kind == 0:
            cv2.circle(picture, spot, reach, colour, -1 if rng.random() < 0.6 else 2)
        elif kind == 1:
            other = tuple(int(v) for v in rng.uniform(0, side, 2))
            cv2.line(picture, spot, other, colour, max(1, reach // 4))
        else:
            points = np.array(spot) + rng.uniform(-reach, reach, (5, 2))
            cv2.fillConvexPoly(picture, cv2.convexHull(points.astype(np.int32)), colour)


def background(rng: np.random.Generator, side: int) -> np.ndarray:
    """Float32 RGB [side, side, 3] in about 0..255."""
    draw = (noise, gradient, stripes, tiles)[rng.integers(0, 4)]
    picture = np.ascontiguousarray(draw(rng, side), np.float32)
    if rng.random() < 0.5:
        picture = 0.6 * picture + 0.4 * noise(rng, side)
    scatter(rng, picture)
    return picture
