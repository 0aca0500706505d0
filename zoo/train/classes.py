"""The 100 emoji of the family, in index order, and their glyphs.

The classes come in groups of look-alikes (faces, hands, clocks, hearts, animals, moons, fruit, balls),
so that telling them apart takes capacity and resolution.
"""
import functools
import unicodedata

import numpy as np
from PIL import Image, ImageDraw, ImageFont

FONT = "/usr/share/fonts/truetype/noto/NotoColorEmoji.ttf"
GLYPH = 136  # side of a rendered glyph, pixels; the font's only bitmap strike

FACES = [0x1F600, 0x1F603, 0x1F604, 0x1F601, 0x1F606, 0x1F605, 0x1F602, 0x1F642, 0x1F609,
         0x1F60A, 0x1F607, 0x1F60D, 0x1F618, 0x1F617, 0x1F61A, 0x1F60B, 0x1F61B, 0x1F61C,
         0x1F610, 0x1F611, 0x1F636, 0x1F60F, 0x1F612, 0x1F644, 0x1F62C]
HANDS = [0x1F44D, 0x1F44E, 0x1F44A, 0x270A, 0x1F91B, 0x1F91C, 0x1F44B, 0x1F91A, 0x270B,
         0x1F596, 0x1F44C, 0x270C]
CLOCKS = list(range(0x1F550, 0x1F55C))
HEARTS = [0x2764, 0x1F9E1, 0x1F49B, 0x1F49A, 0x1F499, 0x1F49C, 0x1F90E, 0x1F5A4, 0x1F90D,
          0x1F494]
ANIMALS = [0x1F436, 0x1F431, 0x1F42D, 0x1F439, 0x1F430, 0x1F98A, 0x1F43B, 0x1F43C, 0x1F428,
           0x1F42F, 0x1F981, 0x1F42E, 0x1F437, 0x1F438, 0x1F435, 0x1F43A, 0x1F434, 0x1F99D,
           0x1F417, 0x1F994]
MOONS = list(range(0x1F311, 0x1F317))
FRUIT = [0x1F34E, 0x1F34F, 0x1F34A, 0x1F34B, 0x1F351, 0x1F350, 0x1F345, 0x1F352, 0x1F353, 0x1F348]
BALLS = [0x26BD, 0x1F3C0, 0x1F3D0, 0x1F3BE, 0x1F3B1]

CODEPOINTS = FACES + HANDS + CLOCKS + HEARTS + ANIMALS + MOONS + FRUIT + BALLS
CLASSES = len(CODEPOINTS)
assert CLASSES == 100 and len(set(CODEPOINTS)) == 100

# Clutter only: never a class, so that no background holds a right answer.
DISTRACTORS = list(range(0x1F680, 0x1F6A0)) + list(range(0x1F332, 0x1F343)) + \
    list(range(0x1F4A0, 0x1F4B0)) + list(range(0x1F3A0, 0x1F3AF))


def label(index: int) -> str:
    """The Unicode name of a class in lower case, e.g. "grinning face"."""
    return unicodedata.name(chr(CODEPOINTS[index])).lower()


@functools.cache
def glyph(codepoint: int) -> np.ndarray:
    """RGBA uint8 [GLYPH, GLYPH, 4] of one emoji."""
    font = ImageFont.truetype(FONT, 109)
    text = chr(codepoint)
    box = font.getbbox(text)
    canvas = Image.new("RGBA", (GLYPH, GLYPH), (0, 0, 0, 0))
    place = ((GLYPH - (box[2] - box[0])) // 2 - box[0], (GLYPH - (box[3] - box[1])) // 2 - box[1])
    ImageDraw.Draw(canvas).text(place, text, font=font, embedded_color=True)
    return np.asarray(canvas)
