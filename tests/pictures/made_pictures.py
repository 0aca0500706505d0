"""Picture files of kinds that Pillow does not write, put together by hand."""
import io
import struct
import zlib

import numpy as np
from PIL import Image

GRAY, RGB, PALETTE, GRAY_ALPHA, RGB_ALPHA = 0, 2, 3, 4, 6
CHANNELS = {GRAY: 1, RGB: 3, PALETTE: 1, GRAY_ALPHA: 2, RGB_ALPHA: 4}


def photo(width=67, height=45):
    """Smooth colours, an edge and grain, as rows of RGB."""
    y, x = np.mgrid[0:height, 0:width]
    u, v = x / width, y / height
    planes = np.stack([60 + 120 * u, 200 - 130 * v, 80 + 60 * np.sin(5 * (u + v))], axis=2)
    planes += np.where(np.sin(9 * u) * np.cos(7 * v) > 0.3, 40, 0)[:, :, None]
    planes += np.random.default_rng(7).uniform(-6, 6, planes.shape)
    return np.clip(planes, 0, 255).astype(np.uint8)


def saved(pixels, kind, mode=None, **options):
    """The file that Pillow makes of them."""
    image = pixels if isinstance(pixels, Image.Image) else Image.fromarray(pixels)
    file = io.BytesIO()
    (image.convert(mode) if mode else image).save(file, kind, **options)
    return file.getvalue()


def tiff(orientation, big_endian=False):
    """A TIFF structure whose only entry is the orientation."""
    order = ">" if big_endian else "<"
    return (b"MM" if big_endian else b"II") + struct.pack(
        order + "HIHHHIHHI", 42, 8, 1, 0x0112, 3, 1, orientation, 0, 0
    )


# ---- PNG -----------------------------------------------------------------------------------------
def chunk(name, data):
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def packed_rows(samples, depth):
    """`samples` (height, width, channels) as rows of a PNG, none of them filtered."""
    if samples.size == 0:
        return b""
    rows = samples.reshape(samples.shape[0], -1)
    if depth == 16:
        lines = rows.astype(">u2").view(np.uint8).reshape(samples.shape[0], -1)
    else:
        bits = np.unpackbits(rows.astype(np.uint8)[:, :, None], axis=2)[:, :, 8 - depth:]
        lines = np.packbits(bits.reshape(samples.shape[0], -1), axis=1)
    return b"".join(b"\0" + line.tobytes() for line in lines)


def png(samples, depth, colour, interlaced=False, before=(), after=(), end=True):
    """`before` and `after` the pixels: chunks as (name, data). `end`: with IEND."""
    samples = samples.reshape(samples.shape[0], samples.shape[1], CHANNELS[colour])
    passes = [(0, 0, 1, 1)]
    if interlaced:
        passes = [(0, 0, 8, 8), (0, 4, 8, 8), (4, 0, 8, 4), (0, 2, 4, 4), (2, 0, 4, 2),
                  (0, 1, 2, 2), (1, 0, 2, 1)]
    rows = b"".join(packed_rows(samples[y::dy, x::dx], depth) for y, x, dy, dx in passes)
    header = struct.pack(">IIBBBBB", samples.shape[1], samples.shape[0], depth, colour, 0, 0,
                         int(interlaced))
    chunks = [(b"IHDR", header), *before, (b"IDAT", zlib.compress(rows)), *after]
    if end:
        chunks.append((b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunk(*one) for one in chunks)


# ---- JPEG ----------------------------------------------------------------------------------------
def segments(jpeg):
    """(marker, body) up to the first scan, whose body is the rest of the file but its last marker."""
    at = 2
    while True:
        marker, length = struct.unpack(">HH", jpeg[at:at + 4])
        if marker == 0xFFDA:
            yield marker, jpeg[at + 2 + length:-2]
            return
        yield marker, jpeg[at + 4:at + 2 + length]
        at += 2 + length


def segment(marker, body):
    return struct.pack(">HH", marker, len(body) + 2) + body


def jpeg_of_planes(width, height, sampling):
    """A JPEG of three components, each sampled as densely as `sampling` says, in a scan of its own:
    what is in such a scan is what is in a gray JPEG of that size."""
    most = [max(dense[axis] for dense in sampling) for axis in (0, 1)]
    picture = Image.fromarray(photo(width, height)).convert("YCbCr").split()
    tables, frame, scans = b"", b"", b""
    for number, (plane, (h, v)) in enumerate(zip(picture, sampling), start=1):
        size = (-(-width * h // most[0]), -(-height * v // most[1]))
        gray = list(segments(saved(plane.resize(size, Image.BOX), "JPEG", quality=90)))
        if number == 1:
            tables = b"".join(segment(*one) for one in gray if one[0] in (0xFFDB, 0xFFC4))
        frame += bytes([number, h * 16 + v, 0])
        scans += segment(0xFFDA, bytes([1, number, 0, 0, 63, 0])) + gray[-1][1]
    header = struct.pack(">BHHB", 8, height, width, 3) + frame
    return b"\xff\xd8" + tables + segment(0xFFC0, header) + scans + b"\xff\xd9"
