"""What kind of file something is: by its first bytes, never by its name alone."""

import re
from typing import Final

# The formats that are read, by Pillow's names (its JPEG includes MPO, several pictures in one).
FORMATS: Final = ("JPEG", "PNG", "WEBP", "BMP", "GIF", "TIFF")
FORMAT_WORDS: Final = "JPEG, PNG, WebP, BMP, GIF or TIFF"

# Names that promise an image: what can't be decoded is then a loss that has to be reported.
IMAGE_SUFFIXES: Final = frozenset(
    {".jpg", ".jpeg", ".jpe", ".jfif", ".mpo", ".png", ".apng", ".webp", ".bmp", ".dib"}
    | {".gif", ".tif", ".tiff"}
)
# Images too, of kinds that are not read: reported rather than passed over in silence.
OTHER_IMAGE_SUFFIXES: Final = frozenset(
    {".heic", ".heif", ".avif", ".jp2", ".j2k", ".jxl", ".jxr", ".psd", ".svg", ".tga", ".exr"}
    | {".hdr", ".dcm", ".nii", ".cr2", ".cr3", ".nef", ".arw", ".dng", ".raf", ".orf", ".rw2"}
    | {".czi", ".nd2", ".lif", ".svs", ".ppm", ".pgm", ".pbm"}
)
HEADER_BYTES: Final = 16

_MAGIC: Final = (
    b"\xff\xd8\xff",  # JPEG
    b"\x89PNG\r\n\x1a\n",
    b"GIF87a",
    b"GIF89a",
    b"II*\x00",  # TIFF, little-endian
    b"MM\x00*",  # TIFF, big-endian
    b"II+\x00",  # BigTIFF
    b"MM\x00+",
)
_SYSTEM_NAMES: Final = frozenset(
    {"thumbs.db", "ehthumbs.db", "ehthumbs_vista.db", "desktop.ini", "__macosx", "$recycle.bin"}
    | {"system volume information", "icon\r", "@eadir"}
)


def is_image_header(header: bytes) -> bool:
    """Whether a file that starts with these (at least 16) bytes is of a kind that is read."""
    if header.startswith(_MAGIC):
        return True
    if header[:4] == b"RIFF" and header[8:12] == b"WEBP":
        return True
    # BMP has two letters only; its four reserved bytes are 0 and its header size is small.
    return header[:2] == b"BM" and header[6:10] == bytes(4) and header[14:15] in _BMP_HEADERS


# Sizes of the known BMP info headers (12, 40, 52, 56, 64, 108, 124).
_BMP_HEADERS: Final = tuple(bytes([size]) for size in (12, 40, 52, 56, 64, 108, 124))


def is_text_head(head: bytes) -> bool:
    """Whether a file that starts with these bytes is a text, in whatever encoding."""
    if not head or is_image_header(head.ljust(HEADER_BYTES, b"\0")):
        return False
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return True
    return not _CONTROL.search(head)


# No text has them, but for tabulators, line and page ends, backspaces and escapes.
_CONTROL: Final = re.compile(rb"[\x00-\x07\x0e-\x1a\x1c-\x1f\x7f]")


def may_be_plain_text(name: str) -> bool:
    """Whether a name without suffix, or with a number for one, leaves it to the content."""
    suffix = suffix_of(name)
    return suffix in {"", "."} or suffix[1:].isdigit()


def suffix_of(name: str) -> str:
    """The lower-case suffix with its dot, or an empty string."""
    dot = name.rfind(".")
    return name[dot:].lower() if dot > 0 else ""


def system_reason(name: str) -> str | None:
    """Why a file or folder of this name is nobody's picture, or None."""
    if name.startswith("."):
        return "hidden"
    return "system file" if name.lower() in _SYSTEM_NAMES else None
