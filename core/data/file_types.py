"""What kind of file something is: by its first bytes, never by its name alone."""

import re
from typing import Final

# The formats that Pillow reads, by its names (its JPEG includes MPO, several pictures in one).
FORMATS: Final = ("JPEG", "PNG", "WEBP", "BMP", "GIF", "TIFF", "AVIF")
FORMAT_WORDS: Final = "JPEG, PNG, WebP, BMP, GIF, TIFF, HEIC, AVIF or DICOM"

# Names that promise an image: what can't be decoded is then a loss that has to be reported.
# The tag of EXIF that says how a picture is turned.
ORIENTATION: Final = 0x0112
# Of text that is no table.
PLAIN: Final = frozenset({".txt", ".md"})
# What `datasets` writes beside the tables of a data set.
_OF_DATASETS: Final = frozenset({"dataset_info.json", "dataset_infos.json", "dataset_dict.json"})
# Files that hold others, where they lie in a folder: they are named, not opened.
PACKED: Final = frozenset(
    {".zip", ".tar", ".tgz", ".gz", ".bz2", ".xz", ".7z", ".rar", ".zst", ".lz4", ".z"}
)
# What a text's name may end in as if it had no suffix: `cooking.train`, `TREC_10.label`.
_LIKE_NONE: Final = frozenset(
    {".train", ".valid", ".val", ".dev", ".test", ".label", ".pos", ".neg"}
)
IMAGE_SUFFIXES: Final = frozenset(
    {".jpg", ".jpeg", ".jpe", ".jfif", ".mpo", ".png", ".apng", ".webp", ".bmp", ".dib"}
    | {".gif", ".tif", ".tiff", ".heic", ".heif", ".hif", ".avif", ".dcm", ".dicom"}
)
# Images too, of kinds that are not read: reported rather than passed over in silence.
OTHER_IMAGE_SUFFIXES: Final = frozenset(
    {".jp2", ".j2k", ".jxl", ".jxr", ".psd", ".svg", ".tga", ".exr"}
    | {".hdr", ".nii", ".nii.gz", ".cr2", ".cr3", ".nef", ".arw", ".dng", ".raf", ".orf", ".rw2"}
    | {".czi", ".nd2", ".lif", ".svs", ".ppm", ".pgm", ".pbm"}
)
HEADER_BYTES: Final = 132
DICOM_MARK: Final = b"DICM"

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
AVIF_BRANDS: Final = frozenset({b"avif", b"avis"})
HEIF_BRANDS: Final = frozenset(
    {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs", b"mif1", b"msf1"}
)
# What a DICOM file without preamble starts with: character set, image type, class or instance.
_FIRST_ELEMENTS: Final = (0x05, 0x08, 0x16, 0x18)
_FIRST_KINDS: Final = (b"CS", b"UI")
_SYSTEM_NAMES: Final = frozenset(
    {"thumbs.db", "ehthumbs.db", "ehthumbs_vista.db", "desktop.ini", "__macosx", "$recycle.bin"}
    | {"system volume information", "icon\r", "@eadir", "dicomdir"}
)


def is_image_header(header: bytes) -> bool:
    """Whether a file that starts with these `HEADER_BYTES` is an image, read or at least known."""
    if header.startswith(_MAGIC) or is_dicom_header(header) or is_jpeg_xl_header(header):
        return True
    if header[:4] == b"RIFF" and header[8:12] == b"WEBP":
        return True
    if box_brands(header) & (HEIF_BRANDS | AVIF_BRANDS):
        return True
    # BMP has two letters only; its four reserved bytes are 0 and its header size is small.
    return header[:2] == b"BM" and header[6:10] == bytes(4) and header[14:15] in _BMP_HEADERS


def is_dicom_header(header: bytes) -> bool:
    """Whether these are the first bytes of a DICOM file, with its preamble or without."""
    if header[128:132] == DICOM_MARK or header[:8] == b"\x02\x00\x00\x00UL\x04\x00":
        return True
    if len(header) < HEADER_BYTES or header[:2] != b"\x08\x00" or header[3]:
        return False
    if header[2] == 0:  # the length of the group, and then the group
        return header[4:8] in {b"UL\x04\x00", b"\x04\x00\x00\x00"} and header[12:14] == b"\x08\x00"
    is_short = header[4] in range(2, 65, 2) and header[5:8] == bytes(3)
    return header[2] in _FIRST_ELEMENTS and (header[4:6] in _FIRST_KINDS or is_short)


def is_jpeg_xl_header(header: bytes) -> bool:
    """Whether these are the first bytes of a JPEG XL file, in its container or bare."""
    return header.startswith((b"\x00\x00\x00\x0cJXL \r\n\x87\n", b"\xff\x0a"))


def is_heif_header(header: bytes) -> bool:
    """Whether these are the first bytes of a HEIC file; AVIF shares some of its brands."""
    brands = box_brands(header)
    return bool(brands & HEIF_BRANDS) and not brands & AVIF_BRANDS


def box_brands(header: bytes) -> frozenset[bytes]:
    """What a file of boxes (HEIF, AVIF; films too) says it is: all its brands."""
    if header[4:8] != b"ftyp":
        return frozenset()
    end = min(int.from_bytes(header[:4], "big"), len(header))
    rest = (header[start : start + 4] for start in range(16, end - 3, 4))
    return frozenset({header[8:12], *rest})


# Sizes of the known BMP info headers (12, 40, 52, 56, 64, 108, 124).
_BMP_HEADERS: Final = tuple(bytes([size]) for size in (12, 40, 52, 56, 64, 108, 124))


def is_text_head(head: bytes) -> bool:
    """Whether a file that starts with these bytes is a text, in whatever encoding."""
    if not head or is_image_header(head.ljust(HEADER_BYTES, b"\0")):
        return False
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return True
    if head.startswith(_DOCUMENTS):
        return False
    return not _CONTROL.search(head)


# PDF, RTF and PostScript: letters, but not those that people read.
_DOCUMENTS: Final = (b"%PDF-", b"{\\rtf", b"%!PS")
# No text has them, but for tabulators, line and page ends, backspaces and escapes.
_CONTROL: Final = re.compile(rb"[\x00-\x07\x0e-\x1a\x1c-\x1f\x7f]")


def may_be_plain_text(name: str) -> bool:
    """Whether a name without suffix, or with a number or a split for one, leaves it open."""
    suffix = suffix_of(name)
    return suffix in {"", "."} or suffix[1:].isdigit() or suffix in _LIKE_NONE


def is_about(name: str) -> bool:
    """Whether a file is about the data, not of them."""
    words = re.split(r"[\W_]+", name.lower())
    is_named = "readme" in words or words[0] in {"license", "licence", "citation"}
    return is_named or name.lower() in _OF_DATASETS


def suffix_of(name: str) -> str:
    """The lower-case suffix with its dot, or an empty string; `.nii.gz` is one."""
    dot = name.rfind(".")
    suffix = name[dot:].lower() if dot > 0 else ""
    return ".nii.gz" if suffix == ".gz" and name[:dot].lower().endswith(".nii") else suffix


def system_reason(name: str) -> str | None:
    """Why a file or folder of this name is nobody's picture, or None."""
    if name.startswith("."):
        return "hidden"
    return "system file" if name.lower() in _SYSTEM_NAMES else None
