"""Draws one picture of one emoji as a phone camera might see it.

Everything random comes from the numpy Generator passed in: the same seed gives the same picture.
Pictures are RGB uint8 [side, side, 3].
"""
import cv2
import numpy as np

from backgrounds import background
from classes import CODEPOINTS, DISTRACTORS, GLYPH, glyph

SIDE = 160  # pixels of a picture for training and testing


def place(rng: np.random.Generator, side: int, size: float, centre: tuple[float, float],
          tilt: float, warp: float) -> np.ndarray:
    """3x3 matrix from glyph pixels to picture pixels: `size` wide around `centre`, rotated by `tilt`
    degrees, each corner moved by up to `warp` times the size (perspective)."""
    half = size / 2
    angle = np.deg2rad(tilt)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    corners = np.array([[-half, -half], [half, -half], [half, half], [-half, half]])
    target = corners @ turn.T + np.array(centre) + rng.uniform(-warp, warp, (4, 2)) * size
    source = np.array([[0, 0], [GLYPH, 0], [GLYPH, GLYPH], [0, GLYPH]], np.float32)
    return cv2.getPerspectiveTransform(source, target.astype(np.float32))


def paste(picture: np.ndarray, codepoint: int, matrix: np.ndarray, opacity: float = 1.0) -> None:
    """Blends a warped glyph into the float32 picture, in place."""
    side = picture.shape[:2][::-1]
    warped = cv2.warpPerspective(glyph(codepoint), matrix, side, flags=cv2.INTER_AREA)
    alpha = warped[:, :, 3:].astype(np.float32) * (opacity / 255)
    picture += alpha * (warped[:, :, :3].astype(np.float32) - picture)


def clutter(rng: np.random.Generator, picture: np.ndarray) -> None:
    """Other glyphs, partly out of the picture, behind the subject."""
    side = picture.shape[0]
    for _ in range(rng.integers(0, 4)):
        size = side * rng.uniform(0.15, 0.5)
        centre = rng.uniform(-0.05, 1.05, 2) * side
        paste(picture, int(rng.choice(DISTRACTORS)),
              place(rng, side, size, tuple(centre), rng.uniform(-180, 180), 0.2),
              rng.uniform(0.5, 1.0))


def occlude(rng: np.random.Generator, picture: np.ndarray, centre, size: float) -> None:
    """A finger-like bar or a leaf-like blob over an edge of the subject."""
    colour = rng.uniform(0, 255, 3).tolist()
    angle = rng.uniform(0, 2 * np.pi)
    away = np.array([np.cos(angle), np.sin(angle)])
    spot = np.array(centre) + away * size * rng.uniform(0.32, 0.5)
    if rng.random() < 0.5:
        along = np.array([-away[1], away[0]]) * size
        ends = [tuple(int(v) for v in spot + along * s) for s in (-1, 1)]
        cv2.line(picture, ends[0], ends[1], colour, max(2, int(size * rng.uniform(0.05, 0.16))))
    else:
        axes = tuple(int(v) for v in size * rng.uniform(0.08, 0.22, 2) + 1)
        cv2.ellipse(picture, tuple(int(v) for v in spot), axes, rng.uniform(0, 180), 0, 360,
                    colour, -1)


def light(rng: np.random.Generator, picture: np.ndarray) -> np.ndarray:
    """Uneven light: a brightness plane, a colour cast, contrast, and sometimes a shadow's edge."""
    side = picture.shape[0]
    ramp = np.linspace(-1, 1, side, dtype=np.float32)
    slope = rng.normal(0, 0.22, 2)
    plane = 1 + slope[0] * ramp[:, None] + slope[1] * ramp[None, :]
    if rng.random() < 0.3:
        angle = rng.uniform(0, 2 * np.pi)
        edge = np.cos(angle) * ramp[:, None] + np.sin(angle) * ramp[None, :] > rng.uniform(-0.6, 0.6)
        plane = plane * np.where(edge, 1.0, rng.uniform(0.45, 0.85)).astype(np.float32)
    cast = np.exp(rng.normal(0, 0.12, 3)).astype(np.float32)
    contrast = float(np.exp(rng.normal(0, 0.2)))
    lit = (picture - 127) * contrast + 127 + float(rng.normal(0, 14))
    return lit * plane[:, :, None] * cast


def lens(rng: np.random.Generator, picture: np.ndarray) -> np.ndarray:
    """Out of focus, or moved while the shutter was open."""
    side = picture.shape[0]
    kind = rng.random()
    if kind < 0.45:
        sigma = side / 160 * rng.uniform(0.3, 2.2)
        return cv2.GaussianBlur(picture, (0, 0), sigma)
    if kind < 0.7:
        length = int(side / 160 * rng.uniform(3, 9)) | 1
        kernel = np.zeros((length, length), np.float32)
        reach = (length - 1) / 2 * np.array([np.cos(a := rng.uniform(0, np.pi)), np.sin(a)])
        middle = (length - 1) / 2
        ends = [tuple(int(round(middle + s * v)) for v in reach) for s in (-1, 1)]
        cv2.line(kernel, ends[0], ends[1], 1.0, 1)
        return cv2.filter2D(picture, -1, kernel / kernel.sum())
    return picture


def shoot(rng: np.random.Generator, picture: np.ndarray) -> bytes:
    """Sensor noise, then the camera's JPEG file."""
    noise = rng.standard_normal(picture.shape, np.float32) * float(rng.uniform(1, 16))
    pixels = np.clip(picture + noise, 0, 255).astype(np.uint8)
    quality = int(rng.integers(22, 85))
    _, encoded = cv2.imencode(".jpg", pixels[:, :, ::-1], [cv2.IMWRITE_JPEG_QUALITY, quality])
    return encoded.tobytes()


def scene(rng: np.random.Generator, index: int, side: int = SIDE,
          sizes: tuple[float, float] = (0.26, 0.80)) -> np.ndarray:
    """The subject in its clutter under its light: float32 RGB, before sensor and compression.

    `sizes`: the subject's smallest and largest width as a fraction of the picture. It is never cut
    by the picture's edge by more than its perspective."""
    picture = background(rng, side)
    clutter(rng, picture)
    size = side * rng.uniform(*sizes)
    room = max(0.0, side - size) / 2
    centre = side / 2 + rng.uniform(-room, room, 2)
    tilt = float(np.clip(rng.normal(0, 8), -14, 14))  # less than half an hour on a clock's face
    paste(picture, CODEPOINTS[index], place(rng, side, size, tuple(centre), tilt, 0.09))
    if rng.random() < 0.4:
        occlude(rng, picture, centre, size)
    return lens(rng, light(rng, picture))


def photograph(rng: np.random.Generator, index: int) -> bytes:
    """One picture of class `index` as a JPEG file of SIDE x SIDE pixels."""
    return shoot(rng, scene(rng, index))


def decode(jpeg: bytes) -> np.ndarray:
    """RGB uint8 [height, width, 3]."""
    return cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR)[:, :, ::-1]
