"""Our decoder beside Pillow's. Each comparison names the mean absolute difference, in levels of 255,
that it allows; 0 means that every pixel is the same."""
import io
import os
import subprocess
import tempfile
import unittest

import numpy as np
from PIL import Image, ImageOps

from made_pictures import (GRAY, GRAY_ALPHA, PALETTE, RGB, RGB_ALPHA, jpeg_of_planes, photo, png,
                           saved, tiff)

PROGRAM = os.environ["CNNSELECT_DECODE_PICTURE"]
# Two releases of libjpeg-turbo round alike, two of libwebp nearly.
JPEG_BOUND = 0.1
WEBP_BOUND = 0.5
ROUNDING = 0.5  # of 16 bits to 8, of alpha
SIZE = (67, 45)


class Refused(Exception):
    pass


def decoded(data, enough=0):
    """What our decoder makes of the file, as (height, width, 3)."""
    with tempfile.NamedTemporaryFile() as file:
        file.write(data)
        file.flush()
        done = subprocess.run([PROGRAM, file.name, str(enough)], capture_output=True, timeout=60)
    if done.returncode != 0:
        raise Refused(done.stderr.decode())
    head, pixels = done.stdout.split(b"\n", 1)
    width, height = map(int, head.split())
    return np.frombuffer(pixels, np.uint8).reshape(height, width, 3)


def over_white(image):
    image = ImageOps.exif_transpose(image).convert("RGBA")
    return np.asarray(Image.alpha_composite(Image.new("RGBA", image.size, "white"),
                                            image).convert("RGB"))


def by_pillow(data):
    with Image.open(io.BytesIO(data)) as image:
        return over_white(image)


class Case(unittest.TestCase):
    def same(self, data, expected, bound, enough=0):
        found = decoded(data, enough)
        self.assertEqual(found.shape, expected.shape)
        self.assertLessEqual(np.abs(found.astype(int) - expected.astype(int)).mean(), bound)

    def refused(self, data, words):
        with self.assertRaisesRegex(Refused, words):
            decoded(data)


class Jpeg(Case):
    def compare(self, data):
        self.same(data, by_pillow(data), JPEG_BOUND)

    def test_kinds(self):
        for name, options in {
            "4:4:4": {"subsampling": 0}, "4:2:2": {"subsampling": 1}, "4:2:0": {"subsampling": 2},
            "progressive": {"progressive": True}, "optimised": {"optimize": True},
            "restarts": {"restart_marker_blocks": 3}, "restarts a row": {"restart_marker_rows": 1},
            "progressive restarts": {"progressive": True, "restart_marker_blocks": 2},
            "stored as RGB": {"keep_rgb": True}, "gray": {"mode": "L"}, "inks": {"mode": "CMYK"},
            "progressive inks": {"mode": "CMYK", "progressive": True},
        }.items():
            for quality in (30, 95):
                with self.subTest(name, quality=quality):
                    self.compare(saved(photo(*SIZE), "JPEG", quality=quality, **options))

    def test_samplings(self):
        for sampling in (
            ((1, 1), (1, 1), (1, 1)), ((2, 1), (1, 1), (1, 1)), ((1, 2), (1, 1), (1, 1)),
            ((2, 2), (1, 1), (1, 1)), ((4, 1), (1, 1), (1, 1)), ((1, 4), (1, 1), (1, 1)),
            ((4, 2), (1, 1), (1, 1)), ((4, 4), (1, 1), (1, 1)), ((4, 2), (2, 1), (2, 1)),
            ((2, 2), (2, 1), (1, 1)), ((2, 2), (1, 2), (2, 1)), ((3, 1), (1, 1), (1, 1)),
            ((1, 1), (2, 2), (2, 2)), ((2, 2), (2, 2), (2, 2)), ((4, 2), (1, 2), (4, 1)),
        ):
            with self.subTest(sampling=sampling):
                self.compare(jpeg_of_planes(*SIZE, sampling))

    def test_orientations(self):
        for orientation in range(1, 9):
            with self.subTest(orientation=orientation):
                exif = b"Exif\0\0" + tiff(orientation, orientation % 2 == 0)
                self.compare(saved(photo(*SIZE), "JPEG", exif=exif))

    def test_scaled(self):
        pixels = photo(640, 480)
        for options in ({}, {"progressive": True}, {"mode": "L"}, {"subsampling": 0}):
            data = saved(pixels, "JPEG", **options)
            for size in ((320, 240), (160, 120), (80, 60)):
                with self.subTest(size=size, **options), Image.open(io.BytesIO(data)) as image:
                    image.draft(None, size)
                    self.same(data, over_white(image), JPEG_BOUND, enough=size[1])

    def test_stray_bytes(self):
        clean = saved(photo(*SIZE), "JPEG", exif=b"Exif\0\0" + tiff(6))
        tables = clean.index(b"\xff\xdb")
        for at in (2, tables):
            for stray in (b"\xff" * 5, b"\x11" * 20, b"\0"):
                with self.subTest(at=at, stray=stray):
                    self.same(clean[:at] + stray + clean[at:], by_pillow(clean), JPEG_BOUND)

    def test_cut(self):
        for options in ({}, {"progressive": True}, {"restart_marker_blocks": 1}, {"mode": "CMYK"}):
            data = saved(photo(*SIZE), "JPEG", **options)
            with self.subTest(**options):
                self.same(data[:-2], by_pillow(data), JPEG_BOUND)
                for cut in range(10, len(data) - 4, len(data) // 23):
                    self.refused(data[:cut], "truncated")


class Png(Case):
    def each(self, channels, depth):
        """Samples of every value that the depth has, in colours of the photo."""
        samples = photo(*SIZE).astype(np.uint32) * 257
        samples[:4] = np.random.default_rng(1).integers(0, 65536, samples[:4].shape)
        alpha = (samples[:, ::-1, :1] * 7 + 3) % 65536
        kinds = {1: samples[:, :, :1], 2: [samples[:, :, :1], alpha], 3: samples,
                 4: [samples, alpha]}
        chosen = kinds[channels]
        return (chosen if channels in (1, 3) else np.concatenate(chosen, axis=2)) >> (16 - depth)

    @staticmethod
    def shown(samples, depth, invisible=None):
        """What the samples mean: Pillow drops bits or the tRNS chunk of depths other than 8."""
        values = samples / (2**depth - 1) * 255
        colours = samples.shape[2] - (samples.shape[2] + 1) % 2
        alpha = values[:, :, colours:] / 255 if samples.shape[2] > colours else 1.0
        if invisible is not None:
            alpha = np.any(samples != np.array(invisible), axis=2, keepdims=True).astype(float)
        values = values[:, :, :colours] * alpha + 255 * (1 - alpha)
        return np.rint(np.broadcast_to(values, values.shape[:2] + (3,)))

    def test_colours_and_depths(self):
        for colour, channels, depths in ((GRAY, 1, (1, 2, 4, 8, 16)), (GRAY_ALPHA, 2, (8, 16)),
                                         (RGB, 3, (8, 16)), (RGB_ALPHA, 4, (8, 16))):
            for depth in depths:
                for interlaced in (False, True):
                    with self.subTest(colour=colour, depth=depth, interlaced=interlaced):
                        samples = self.each(channels, depth)
                        data = png(samples, depth, colour, interlaced)
                        bound = 0 if channels in (1, 3) and depth <= 8 else ROUNDING
                        self.same(data, self.shown(samples, depth), bound)
                        if depth <= 8:
                            self.same(data, by_pillow(data), bound)

    def test_invisible_values(self):
        for colour, channels, depths in ((GRAY, 1, (1, 2, 4, 8, 16)), (RGB, 3, (8, 16))):
            for depth in depths:
                with self.subTest(colour=colour, depth=depth):
                    samples = self.each(channels, depth)
                    invisible = samples[20, 30]
                    samples[5:20, 7:40] = invisible
                    hidden = (b"tRNS", invisible.astype(">u2").tobytes())
                    data = png(samples, depth, colour, before=[hidden])
                    bound = 0 if depth <= 8 else ROUNDING
                    self.same(data, self.shown(samples, depth, invisible), bound)
                    if depth == 8:
                        self.same(data, by_pillow(data), bound)

    def test_palettes(self):
        random = np.random.default_rng(2)
        for depth in (1, 2, 4, 8):
            colours = 2**depth
            indices = random.integers(0, colours, (SIZE[1], SIZE[0]))
            palette = (b"PLTE", random.bytes(3 * colours))
            for alphas in (0, colours // 2, colours):
                with self.subTest(depth=depth, alphas=alphas):
                    before = [palette] + ([(b"tRNS", random.bytes(alphas))] if alphas else [])
                    data = png(indices, depth, PALETTE, before=before)
                    self.same(data, by_pillow(data), ROUNDING if alphas else 0)

    def test_what_pillow_writes(self):
        for mode in ("1", "L", "LA", "P", "RGB", "RGBA"):
            with self.subTest(mode=mode):
                data = saved(photo(*SIZE), "PNG", mode=mode)
                self.same(data, by_pillow(data), 0)

    def test_orientations(self):
        samples = photo(*SIZE)
        for orientation in range(1, 9):
            exif = (b"eXIf", tiff(orientation, orientation % 2 == 0))
            for place in ("before", "after"):
                with self.subTest(orientation=orientation, place=place):
                    data = png(samples, 8, RGB, **{place: [exif]})
                    self.same(data, by_pillow(data), 0)

    def test_shrunk(self):
        pixels = photo(400, 300)
        smaller = np.asarray(Image.fromarray(pixels).resize((100, 75), Image.BOX))
        for data in (saved(pixels, "PNG"), png(pixels, 8, RGB, interlaced=True)):
            self.same(data, smaller, ROUNDING, enough=75)

    def test_cut(self):
        samples = photo(*SIZE)
        for interlaced in (False, True):
            with self.subTest(interlaced=interlaced):
                self.same(png(samples, 8, RGB, interlaced, end=False), samples, 0)
                data = png(samples, 8, RGB, interlaced)
                for cut in range(10, len(data) - 16, len(data) // 23):
                    self.refused(data[:cut], "truncated")


class WebP(Case):
    def compare(self, data, bound):
        self.same(data, by_pillow(data), bound)

    def test_kinds(self):
        pixels = photo(*SIZE)
        see_through = np.dstack([pixels, pixels[::-1, :, 0]])
        for name, image in (("opaque", pixels), ("alpha", see_through)):
            for options in ({"quality": 40}, {"quality": 95, "method": 6}):
                with self.subTest(name, **options):
                    self.compare(saved(image, "WEBP", **options), WEBP_BOUND)
            with self.subTest(name, lossless=True):
                data = saved(image, "WEBP", lossless=True, exact=True)
                self.compare(data, ROUNDING if name == "alpha" else 0)

    def test_small(self):
        for shade in ((0, 0, 0), (255, 255, 255), (7, 8, 9)):
            with self.subTest(shade=shade):
                one = np.full((1, 1, 3), shade, np.uint8)
                self.compare(saved(one, "WEBP", lossless=True), 0)
        tiny = b"RIFF\x14\0\0\0WEBPVP8L\x08\0\0\0\x2f\0\0\0\0\x88\x88\x08"
        self.compare(tiny, 0)

    def test_orientations(self):
        for orientation in range(1, 9):
            with self.subTest(orientation=orientation):
                exif = tiff(orientation, orientation % 2 == 0)
                self.compare(saved(photo(*SIZE), "WEBP", lossless=True, exif=exif), 0)

    def test_shrunk(self):
        pixels = photo(400, 300)
        smaller = np.asarray(Image.fromarray(pixels).resize((100, 75), Image.BOX))
        self.same(saved(pixels, "WEBP", lossless=True), smaller, ROUNDING, enough=75)

    def test_cut(self):
        for options in ({"lossless": True}, {"quality": 90}):
            data = saved(photo(*SIZE), "WEBP", **options)
            with self.subTest(**options):
                for cut in range(16, len(data) - 4, len(data) // 23):
                    self.refused(data[:cut], "truncated")
