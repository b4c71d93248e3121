"""What a picture looks like, in a few hundred bytes: enough to tell its copies from its likes.

A look holds a hash of the pixels (copies in another format share it), a perceptual hash (copies
that were resized or compressed again differ in a few of its bits) and a thumbnail, which decides:
pictures of one kind often share a perceptual hash.
"""

import hashlib
from typing import Final

import numpy as np
from PIL import Image

LOOK_VERSION: Final = 1  # Raise it whenever the same picture gets another look.
PIXELS: Final = 16
HASH: Final = 8
_LUMA_SIDE: Final = 16
_CHROMA_SIDE: Final = 8
LUMA: Final = _LUMA_SIDE**2
CHROMA: Final = 2 * _CHROMA_SIDE**2
LOOK_BYTES: Final = PIXELS + HASH + LUMA + CHROMA
# Where Pillow may first shrink in whole steps, which is fast, before it shrinks with care.
_GAP: Final = 3.0
_SIDE: Final = 32
# Hashed together: all pixels at once would take as much memory as the picture again.
_STRIP_PIXELS: Final = 1 << 22


def look_of(image: Image.Image) -> bytes:
    """The look of an RGB picture, in `LOOK_BYTES` bytes."""
    import imagehash

    small = image.resize((_SIDE, _SIDE), Image.Resampling.LANCZOS, reducing_gap=_GAP)
    bits = imagehash.phash(small).hash
    luma, *chroma = small.convert("YCbCr").split()
    thumbnails = [_shrunk(luma, _LUMA_SIDE), *(_shrunk(part, _CHROMA_SIDE) for part in chroma)]
    return b"".join([_hash_of_pixels(image), np.packbits(bits).tobytes(), *thumbnails])


def _hash_of_pixels(image: Image.Image) -> bytes:
    found = hashlib.blake2b(b"%d,%d," % image.size, digest_size=PIXELS)
    rows = max(1, _STRIP_PIXELS // image.width)
    for top in range(0, image.height, rows):
        strip = image.crop((0, top, image.width, min(top + rows, image.height)))
        found.update(strip.tobytes())
    return found.digest()


def _shrunk(channel: Image.Image, side: int) -> bytes:
    return channel.resize((side, side), Image.Resampling.BOX).tobytes()
