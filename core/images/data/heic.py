"""HEIC files, as phones write them: the main picture, upright.

Of pi-heif only the decoder is used. What it offers for whole files (`open_heif`, a plugin for
Pillow) reads metadata on the way, and damaged ones end the process.
"""

import re
from typing import Any, Final

from _pi_heif import load_file
from pi_heif.heif import BaseImage
from PIL import Image

from core.data.file_types import ORIENTATION
from core.language import _

_BOXES: Final = 2**16  # What describes the pictures comes first.
_LARGEST_EXIF: Final = 2**16
_EXIF: Final = re.compile(rb"Exif\0\0(?:II\*\0|MM\0\*)")


class HeicRefused(ValueError):  # noqa: N818  (a finding about a file, not an error of ours)
    """A HEIC file that can't be used; its message says why."""


def read_heic(data: bytes, max_pixels: int) -> tuple[Image.Image, int, int, bool]:
    """The main picture of a HEIC file.

    Returns:
        It as 8 bits, turned if the file's own boxes say so; bits per value in the file; the
        orientation in EXIF that is still to be applied (1: none); whether there are several.

    Raises:
        HeicRefused: Damaged, or it declares more than `max_pixels` pixels.
    """
    try:
        # One thread, 8 bits, RGB, with padded rows; the limits of libheif stay.
        images: list[Any] = load_file(data, 1, True, False, False, True, "", False)
        images = [image for image in images if image is not None]
        main = next((image for image in images if image.primary), images[0])
        picture = BaseImage(main)
        width, height = picture.size
        if width * height > max_pixels:
            words = _("declares {width:,} by {height:,} pixels, more than can be trusted").format(
                width=width, height=height
            )
            raise HeicRefused(words)
        bits = int(main.bit_depth)
        return picture.to_pillow(), bits, _orientation(data), len(images) > 1
    except HeicRefused:
        raise
    except (ValueError, LookupError, RuntimeError, OSError, EOFError, SyntaxError) as error:
        raise HeicRefused(_("damaged: this HEIC file can't be read")) from error


def is_turned_by_boxes(data: bytes) -> bool:
    """Whether a file has an orientation of its own, which libheif applies and EXIF repeats."""
    return any(box in data[:_BOXES] for box in (b"irot", b"imir"))


def _orientation(data: bytes) -> int:
    found = _EXIF.search(data)
    if found is None:
        return 1
    exif = Image.Exif()
    try:
        exif.load(data[found.start() : found.start() + _LARGEST_EXIF])
        value = exif.get(ORIENTATION, 1)
    except Exception:  # noqa: BLE001  (Pillow raises nearly anything on damaged EXIF)
        return 1
    return value if isinstance(value, int) else 1
