"""Kinds of TIFF that Pillow opens without a word and reads as other values than they hold.

All of it is judged by the tags of the first page: what can be put right is, what can't is refused.
"""

import contextlib
import io
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image, TiffImagePlugin

_BITS: Final = 258
_COMPRESSION: Final = 259
_PHOTOMETRIC: Final = 262
_SAMPLES: Final = 277
_PLANAR: Final = 284
_TILE_WIDTH: Final = 322
_SAMPLE_FORMAT: Final = 339
_KINDS: Final = {1: "whole numbers", 2: "whole numbers with a sign", 3: "real numbers"}
# What libtiff has unpacked is in this machine's order of bytes already.
_IN_ORDER: Final = {"I;16BS": "I;16S", "I;32BS": "I;32S", "F;32BF": "F;32F", "I;16B": "I;16"}


def prepare(image: Image.Image) -> None:
    """Have Pillow read compressed values of the other order of bytes as they are."""
    tiles: list[Any] = getattr(image, "tile", [])
    for at, tile in enumerate(tiles):
        if tile[0] == "libtiff" and tile.args[0] in _IN_ORDER:
            tiles[at] = tile._replace(args=(_IN_ORDER[tile.args[0]], *tile.args[1:]))


def is_deep_planes(image: Image.Image) -> bool:
    """Whether colours of 16 bits lie uncompressed in planes, one after the other."""
    return (
        _tag(image, _PLANAR, 1) == 2
        and _tag(image, _COMPRESSION, 1) == 1
        and _tag(image, _SAMPLES, 1) > 1
        and _tag(image, _BITS, 1) == 16
    )


def read_planes(image: Image.Image, data: bytes) -> Image.Image | None:
    """What `is_deep_planes` as 8 bits; None where the planes are cut into tiles."""
    if _tag(image, _TILE_WIDTH, 0):
        return None
    order = "<u2" if data[:2] == b"II" else ">u2"
    width, height = image.size
    bands = image.getbands()
    planes = np.zeros((height, width, len(bands)), np.uint8)
    tiles: list[Any] = getattr(image, "tile", [])
    for _, (left, top, right, bottom), offset, args in tiles:
        band = args[0] if isinstance(args, tuple) else args
        if band in bands:
            shape = (bottom - top, right - left)
            values = np.frombuffer(data, order, shape[0] * shape[1], offset).reshape(shape)
            planes[top:bottom, left:right, bands.index(band)] = values >> 8
    return Image.frombytes(image.mode, image.size, planes.tobytes())


def true_values(image: Image.Image) -> NDArray[Any]:
    """The grey values of a loaded page as the file has them."""
    values = np.asarray(image)
    kind, bits = _tag(image, _SAMPLE_FORMAT, 1), _tag(image, _BITS, 1)
    if image.mode == "I" and (kind, bits) == (1, 32):
        return values.view(np.uint32)
    if image.mode == "L" and (kind, bits) == (2, 8):
        return values.view(np.int8)
    return values


def is_signed_bytes(image: Image.Image) -> bool:
    """Whether a page has whole numbers of 8 bits with a sign."""
    return image.mode == "L" and _tag(image, _SAMPLE_FORMAT, 1) == 2


def is_white_zero(image: Image.Image) -> bool:
    """Whether 0 is white in a page; Pillow turns only values of up to 8 bits around."""
    return _tag(image, _PHOTOMETRIC, 1) == 0


def kind_in_words(data: bytes) -> str:
    """What a TIFF that Pillow does not know has for values, or an empty string."""
    with contextlib.suppress(Exception):
        file = io.BytesIO(data)
        page = TiffImagePlugin.ImageFileDirectory_v2(file.read(8))
        file.seek(page.next)
        page.load(file)
        bits, samples = _first(page.get(_BITS, 1)), _first(page.get(_SAMPLES, 1))
        kind = _KINDS.get(_first(page.get(_SAMPLE_FORMAT, 1)), "values of another kind")
        zero = ", white is 0" if page.get(_PHOTOMETRIC) == 0 else ""
        return f"a TIFF of {bits}-bit {kind}, {samples} per pixel{zero}"
    return ""


def num_pages(image: Image.Image) -> int | None:
    """How many pages there are; None if a later one is damaged."""
    with contextlib.suppress(Exception):
        return int(getattr(image, "n_frames", 1))
    return None


def _tag(image: Image.Image, tag: int, default: int) -> int:
    tags: Any = getattr(image, "tag_v2", {})
    return _first(tags.get(tag, default))


def _first(value: Any) -> int:
    return int(value[0] if isinstance(value, tuple) else value)
