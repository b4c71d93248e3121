"""Bytes to an upright 8-bit RGB picture, the same for scanning, training and prediction.

A file is decoded wholly or refused; nothing is ever filled in. Pillow does the decoding; added
are the limits, the upright orientation, more than 8 bits, the ends of JPEG and PNG files, which
Pillow alone does not check, and DICOM and HEIC, whose libraries are loaded with the first of them.
"""

import io
import logging
import os
import warnings
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFile, UnidentifiedImageError

from core.data.file_types import (
    FORMAT_WORDS,
    FORMATS,
    HEADER_BYTES,
    ORIENTATION,
    is_dicom_header,
    is_heif_header,
    is_image_header,
    is_jpeg_xl_header,
)
from core.images.data import tiff
from core.images.data.jpeg_end import has_end
from core.images.data.to_rgb import to_rgb
from core.language import _

DECODE_VERSION: Final = 2  # Raise it whenever the same bytes give another picture or note.
MAX_PIXELS: Final = 178_956_970  # Where Pillow itself refuses: 512 MiB of RGB.
MAX_BYTES: Final = 2**31

# Few other programs read these: the notes tell them apart.
_FORMAT_NOTES: Final = {"AVIF": "AVIF"}
_UPRIGHT: Final = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_SEVERAL: Final = {
    "GIF": _("animated: first frame"),
    "WEBP": _("animated: first frame"),
    "PNG": _("animated: first frame"),
    "AVIF": _("animated: first frame"),
    "MPO": _("several pictures: first picture"),
}

Image.MAX_IMAGE_PIXELS = None  # `_open` has the limit; Pillow's own warns where ours refuses.
ImageFile.LOAD_TRUNCATED_IMAGES = False
logging.getLogger("PIL").setLevel(logging.CRITICAL)


class UnreadableImage(Exception):  # noqa: N818  (a finding about a file, not an error of ours)
    """A file that can't be used as an image.

    Attributes:
        reason: Why, in words.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def decode(data: bytes, *, max_pixels: int = MAX_PIXELS) -> Image.Image:
    """The picture in `data`: RGB, upright.

    Raises:
        UnreadableImage: It is not an image of a known kind, cut short, damaged, or declares more
            than `max_pixels` pixels.
    """
    return decode_with_note(data, max_pixels=max_pixels)[0]


def load_rgb(path: Path | str) -> tuple[Image.Image, str]:
    """The picture in a file, and what was done to make it RGB.

    Raises:
        UnreadableImage: See `decode`; or the file can't be read.
    """
    return decode_with_note(read_bytes(path))


def resized(image: Image.Image, size: tuple[int, int], interpolation: str) -> NDArray[np.uint8]:
    """`image` at training size, its aspect not kept, as in the paper's preprocessing.

    Pillow's filters widen when they shrink (antialias). JPEG's reduced decoding is not used: it
    gives other pixels.

    Args:
        image: RGB.
        size: (H, W).
        interpolation: A Pillow filter: `nearest`, `box`, `bilinear`, `hamming`, `bicubic`,
            `lanczos`.

    Returns:
        (H, W, 3) uint8.
    """
    height, width = size
    filter_ = Image.Resampling[interpolation.upper()]
    return np.array(image.resize((width, height), filter_))


def read_bytes(path: Path | str) -> bytes:
    """The bytes of a file that is not too large to be an image.

    Raises:
        UnreadableImage: It is not there, may not be read, or is larger than 2 GiB.
    """
    try:
        with open(openable(path), "rb") as file:  # noqa: PTH123  (a str on the hot path)
            if os.fstat(file.fileno()).st_size > MAX_BYTES:
                raise UnreadableImage(_("larger than 2 GiB"))
            return file.read()
    except FileNotFoundError as error:
        raise UnreadableImage(_("not there")) from error
    except OSError as error:
        raise UnreadableImage(_("can't be read: {error}").format(error=in_words(error))) from error


def decode_with_note(data: bytes, *, max_pixels: int = MAX_PIXELS) -> tuple[Image.Image, str]:
    """As `decode`, together with the comma-joined note on what was done.

    Raises:
        UnreadableImage: See `decode`.
    """
    # Pillow warns of odd metadata; the pixels are what is judged here. Set at each call, because
    # filters are one list per process that anybody may reset; setting it again adds nothing.
    warnings.filterwarnings("ignore", module=r"PIL\.")
    try:
        return _decode(data, max_pixels)
    except UnreadableImage:
        raise
    except UnidentifiedImageError as error:
        raise UnreadableImage(_unknown(data)) from error
    except MemoryError as error:
        raise UnreadableImage(_("too large for the memory of this machine")) from error
    except Exception as error:
        # Pillow raises nearly anything on damaged bytes.
        raise UnreadableImage(f"damaged: {in_words(error)}") from error


def openable(path: Path | str) -> str:
    """`path` in a form that the system opens whatever its length."""
    text = os.fspath(path)
    if os.name == "nt" and len(text) > 240 and not text.startswith("\\\\"):
        return "\\\\?\\" + text.replace("/", "\\")
    return text


def in_words(error: BaseException) -> str:
    """The message of an error without numbers, paths and types that tell a user nothing."""
    if isinstance(error, OSError) and error.strerror:
        return error.strerror[:1].lower() + error.strerror[1:]
    text = " ".join(str(error).split())
    return text[:200] or type(error).__name__


def _decode(data: bytes, max_pixels: int) -> tuple[Image.Image, str]:
    if is_dicom_header(data[:HEADER_BYTES]):
        return _from_dicom(data, max_pixels)
    if is_heif_header(data[:HEADER_BYTES]):
        return _from_heic(data, max_pixels)
    image = _open(data, max_pixels)
    # In this order: PNG loads its pixels when asked for EXIF, and then has no tiles any more.
    deep_colour = any(";16" in str(tile) for tile in getattr(image, "tile", ()))
    orientation = image.getexif().get(ORIENTATION, 1)
    if image.format == "TIFF" and tiff.is_deep_planes(image):
        rgb, note = _from_planes(image, data)
    else:
        tiff.prepare(image)
        image.load()
        rgb, note = to_rgb(image, deep_colour=deep_colour)
    is_turned = orientation in _UPRIGHT
    # Asked again: Pillow turns TIFF by itself when it loads it.
    turn = _UPRIGHT.get(image.getexif().get(ORIENTATION, 1))
    notes = [_FORMAT_NOTES.get(image.format or "", ""), note]
    if turn is not None:
        rgb = rgb.transpose(turn)
    if is_turned:
        notes.append(_("rotated by EXIF"))
    if _has_several(image):
        notes.append(_several(image))
    return rgb, ", ".join(filter(None, notes))


def _from_heic(data: bytes, max_pixels: int) -> tuple[Image.Image, str]:
    from core.images.data.heic import HeicRefused, is_turned_by_boxes, read_heic

    try:
        image, bits, orientation, has_several = read_heic(data, max_pixels)
    except HeicRefused as error:
        raise UnreadableImage(str(error)) from error
    rgb, note = to_rgb(image, deep_colour=False)
    notes = ["HEIC", _("{bits}-bit colour scaled").format(bits=bits) if bits > 8 else "", note]
    turn = _UPRIGHT.get(orientation)
    if turn is not None:
        notes.append(_("rotated by EXIF"))
        rgb = rgb if is_turned_by_boxes(data) else rgb.transpose(turn)
    if has_several:
        notes.append(_("several pictures: main picture"))
    return rgb, ", ".join(filter(None, notes))


def _from_dicom(data: bytes, max_pixels: int) -> tuple[Image.Image, str]:
    from core.images.data.dicom import DicomRefused, read_dicom

    try:
        image, note = read_dicom(data, max_pixels)
    except DicomRefused as error:
        raise UnreadableImage(str(error)) from None
    return image.convert("RGB"), note


def _from_planes(image: Image.Image, data: bytes) -> tuple[Image.Image, str]:
    planes = tiff.read_planes(image, data)
    if planes is None:
        raise UnreadableImage(_("a TIFF with 16-bit planes in tiles is not read; save it as PNG"))
    return to_rgb(planes, deep_colour=True)


def _open(data: bytes, max_pixels: int) -> Image.Image:
    if not data:
        raise UnreadableImage("empty")
    if is_jpeg_xl_header(data):
        raise UnreadableImage(_("JPEG XL files are not read; convert it to PNG or JPEG"))
    image = Image.open(io.BytesIO(data), formats=FORMATS)
    width, height = image.size
    if width * height > max_pixels:
        raise UnreadableImage(
            _("declares {width:,} by {height:,} pixels, more than can be trusted").format(
                width=width, height=height
            )
        )
    if image.format in {"JPEG", "MPO"} and not has_end(data):
        raise UnreadableImage(_("cut short: the end of the JPEG is missing"))
    if image.format == "PNG":
        # Pillow checks no checksum of the pixel data when it loads them; this does.
        image.verify()
        image = Image.open(io.BytesIO(data), formats=("PNG",))
    return image


def _has_several(image: Image.Image) -> bool:
    try:
        return bool(getattr(image, "is_animated", False))
    except (OSError, ValueError, SyntaxError, LookupError, EOFError):
        # What follows the first frame is damaged; the first one was decoded completely.
        return True


def _several(image: Image.Image) -> str:
    if image.format != "TIFF":
        return _SEVERAL.get(image.format or "", _("several pictures: first picture"))
    count = tiff.num_pages(image)
    return _("several pages: first page") + (f" (of {count})" if count else "")


def _unknown(data: bytes) -> str:
    kind = tiff.kind_in_words(data)
    if kind:
        return _("{kind}: not read, or damaged; save it as 16-bit grey or 8-bit colour").format(
            kind=kind
        )
    if is_image_header(data[:HEADER_BYTES]):
        return _("damaged or of a rare kind: its header can't be read")
    return _("not a {formats} image").format(formats=FORMAT_WORDS)
