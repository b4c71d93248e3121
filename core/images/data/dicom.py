"""DICOM files, as scanners in hospitals write them, to an 8-bit picture as a viewer shows it.

Only pixels and what is needed to show them are read, and nothing else of a header: no field of it
but the window and the number of frames enters a note, and no message of the library a reason.
"""

import io
import logging
import math
import warnings
from typing import Any, Final

import numpy as np
import pydicom
from numpy.typing import NDArray
from PIL import Image, UnidentifiedImageError
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.encaps import get_frame
from pydicom.pixels.decoders.base import get_decoder
from pydicom.pixels.processing import apply_color_lut, apply_modality_lut, apply_voi
from pydicom.pixels.utils import pixel_array
from pydicom.uid import (
    DeflatedExplicitVRLittleEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
)

from core.data.file_types import DICOM_MARK
from core.language import _

_NEEDED: Final = [
    *("PixelData", "FloatPixelData", "DoubleFloatPixelData", "Rows", "Columns", "NumberOfFrames"),
    *("SamplesPerPixel", "PhotometricInterpretation", "PlanarConfiguration", "BitsAllocated"),
    *("BitsStored", "HighBit", "PixelRepresentation", "PixelPaddingValue", "RescaleSlope"),
    *("RescaleIntercept", "ModalityLUTSequence", "WindowCenter", "WindowWidth", "VOILUTFunction"),
    *("VOILUTSequence", "SharedFunctionalGroupsSequence", "PerFrameFunctionalGroupsSequence"),
    *("RedPaletteColorLookupTableDescriptor", "RedPaletteColorLookupTableData"),
    *("GreenPaletteColorLookupTableDescriptor", "GreenPaletteColorLookupTableData"),
    *("BluePaletteColorLookupTableDescriptor", "BluePaletteColorLookupTableData"),
    *("SegmentedRedPaletteColorLookupTableData", "SegmentedGreenPaletteColorLookupTableData"),
    *("SegmentedBluePaletteColorLookupTableData", "ExtendedOffsetTable"),
    "ExtendedOffsetTableLengths",
]
_COLOURS: Final = frozenset({"RGB", "YBR_FULL", "YBR_FULL_422", "YBR_ICT", "YBR_RCT"})
_DAMAGED: Final = _("damaged: this DICOM file can't be read")

# What these say of a file would quote its header.
logging.getLogger("pydicom").setLevel(logging.CRITICAL + 1)
pydicom.config.settings.reading_validation_mode = pydicom.config.IGNORE


class DicomRefused(ValueError):  # noqa: N818  (a finding about a file, not an error of ours)
    """A DICOM file whose pixels can't be used; its message says why."""


def read_dicom(data: bytes, max_pixels: int) -> tuple[Image.Image, str]:
    """The first frame of a DICOM file as `L` or `RGB`, and the note on what was done.

    Raises:
        DicomRefused: Damaged, without a picture, of a transfer syntax that is not read, or it
            declares more than `max_pixels` pixels.
    """
    # As `decode_with_note` does for Pillow, for the same reasons.
    warnings.filterwarnings("ignore", module=r"pydicom\.")
    try:
        dataset = _opened(data)
        _check_size(dataset, max_pixels)
        values = _first_frame(dataset)
        picture, notes = _shown(dataset, values)
        count = int(dataset.get("NumberOfFrames") or 1)
    except (DicomRefused, MemoryError):
        raise
    except Exception:  # noqa: BLE001  (pydicom raises nearly anything; its words quote headers)
        raise DicomRefused(_DAMAGED) from None
    if count > 1:
        notes.append(
            _("several frames: first frame (of {count:,})").format(count=count).replace(",", " ")
        )
    return picture, ", ".join(["DICOM", *notes])


def _opened(data: bytes) -> Dataset:
    is_marked = data[128:132] == DICOM_MARK
    if is_marked and DeflatedExplicitVRLittleEndian.encode() in data[:2048]:
        # It would be unpacked as a whole, whatever its size then is.
        raise DicomRefused(_not_read(DeflatedExplicitVRLittleEndian.name))
    dataset = pydicom.dcmread(io.BytesIO(data), force=not is_marked, specific_tags=list(_NEEDED))
    if "TransferSyntaxUID" not in getattr(dataset, "file_meta", ()):
        is_implicit = dataset.original_encoding[0]
        dataset.file_meta = FileMetaDataset()
        dataset.file_meta.TransferSyntaxUID = (
            ImplicitVRLittleEndian if is_implicit else ExplicitVRLittleEndian
        )
    if not any(name in dataset for name in _NEEDED[:3]):
        raise DicomRefused(_("a DICOM file without a picture, or cut short"))
    return dataset


def _check_size(dataset: Dataset, max_pixels: int) -> None:
    height, width = int(dataset.Rows), int(dataset.Columns)
    if width * height > max_pixels:
        words = _("declares {width:,} by {height:,} pixels, more than can be trusted").format(
            width=width, height=height
        )
        raise DicomRefused(words)
    if not dataset.file_meta.TransferSyntaxUID.is_encapsulated:
        return
    frame = get_frame(dataset.PixelData, 0, number_of_frames=_num_frames(dataset))
    try:
        with Image.open(io.BytesIO(frame), formats=("JPEG", "JPEG2000")) as inner:
            size = inner.size
    except UnidentifiedImageError:
        return  # Not for Pillow: RLE, whose decoder has the size from the header.
    if size != (width, height):
        raise DicomRefused(_("damaged: the picture inside has another size than its header says"))


def _num_frames(dataset: Dataset) -> int:
    return max(int(dataset.get("NumberOfFrames") or 1), 1)


def _first_frame(dataset: Dataset) -> NDArray[Any]:
    syntax = dataset.file_meta.TransferSyntaxUID
    try:
        is_read = get_decoder(syntax).is_available
    except NotImplementedError:
        is_read = False
    if not is_read:
        raise DicomRefused(_not_read(syntax.name if not syntax.is_private else _("a private one")))
    try:
        return np.asarray(pixel_array(dataset, index=0))
    except MemoryError:
        raise
    except Exception:  # noqa: BLE001  (likewise)
        words = _("damaged: the pixels of this DICOM file can't be decoded ({name})").format(
            name=syntax.name
        )
        raise DicomRefused(words) from None


def _not_read(syntax: str) -> str:
    return _(
        "DICOM with the transfer syntax {syntax} is not read; save it uncompressed "
        "or convert it to PNG"
    ).format(syntax=syntax.replace(",", ";"))


def _shown(dataset: Dataset, values: NDArray[Any]) -> tuple[Image.Image, list[str]]:
    kind = str(dataset.PhotometricInterpretation)
    if kind in {"MONOCHROME1", "MONOCHROME2"}:
        grey, note = _grey(dataset, values)
        notes = [note] if note else []
        if kind == "MONOCHROME1":
            grey = 255 - grey
            notes.append(_("inverted: 0 is white in it"))
        return Image.fromarray(grey), notes
    if kind == "PALETTE COLOR":
        bits = int(dataset.RedPaletteColorLookupTableDescriptor[2])
        return _colour(apply_color_lut(values, dataset), bits, "palette")
    if kind in _COLOURS:
        return _colour(values, int(dataset.BitsStored), "")
    raise DicomRefused(_("a DICOM file with colours of a rare kind; convert it to PNG"))


def _colour(values: NDArray[Any], bits: int, note: str) -> tuple[Image.Image, list[str]]:
    notes = [note] if note else []
    if values.dtype != np.uint8:
        values = np.rint(values.astype(np.float64) * (255 / (2**bits - 1))).clip(0, 255)
        notes.append(_("16-bit colour scaled"))
    return Image.fromarray(values[..., :3].astype(np.uint8)), notes


def _grey(dataset: Dataset, stored: NDArray[Any]) -> tuple[NDArray[np.uint8], str]:
    values = _rescaled(dataset, stored)
    window = _window(dataset)
    if window is not None:
        center, width, function = window
        return _windowed(values, center, width, function), _(
            "window applied ({center:g}/{width:g})"
        ).format(center=center, width=width)
    if "VOILUTSequence" in dataset:
        top = 2 ** int(dataset.VOILUTSequence[0].LUTDescriptor[2]) - 1
        looked_up = apply_voi(np.rint(values).astype(np.int64), dataset, index=0)
        return _scaled(looked_up.astype(np.float64), 0, top), _("lookup table applied")
    if stored.dtype == np.uint8 and np.array_equal(values, stored):
        return stored, "grey"
    counted = np.isfinite(values)
    padding = dataset.get("PixelPaddingValue")
    if padding is not None and (inside := counted & (stored != int(padding))).any():
        counted = inside
    if not counted.any():
        return np.zeros(stored.shape, np.uint8), _("no numbers in it")
    low, high = float(values[counted].min()), float(values[counted].max())
    return _scaled(np.where(np.isnan(values), low, values), low, high), _("no window: full range")


def _rescaled(dataset: Dataset, stored: NDArray[Any]) -> NDArray[np.float64]:
    if "ModalityLUTSequence" in dataset:
        return np.asarray(apply_modality_lut(stored, dataset), np.float64)
    slope = _number(_found(dataset, "PixelValueTransformationSequence", "RescaleSlope"))
    intercept = _number(_found(dataset, "PixelValueTransformationSequence", "RescaleIntercept"))
    return stored.astype(np.float64) * (slope or 1.0) + (intercept or 0.0)


def _window(dataset: Dataset) -> tuple[float, float, str] | None:
    """The first window's center, width and function, or None."""
    center = _number(_found(dataset, "FrameVOILUTSequence", "WindowCenter"))
    width = _number(_found(dataset, "FrameVOILUTSequence", "WindowWidth"))
    if center is None or width is None or width <= 0:
        return None
    function = str(_found(dataset, "FrameVOILUTSequence", "VOILUTFunction") or "LINEAR").upper()
    return center, width, function


def _windowed(
    values: NDArray[np.float64], center: float, width: float, function: str
) -> NDArray[np.uint8]:
    """DICOM PS3.3, C.11.2.1.2 and C.11.2.1.3."""
    if function == "SIGMOID":
        part = 1 / (1 + np.exp((-4 * (values - center) / width).clip(-500, 500)))
        return _scaled(part, 0, 1)
    if function == "LINEAR" and width >= 1:
        center, width = center - 0.5, width - 1
    return _scaled(np.nan_to_num(values), center - width / 2, center + width / 2)


def _scaled(values: NDArray[np.float64], low: float, high: float) -> NDArray[np.uint8]:
    part = (values - low) / max(high - low, 1e-12)
    scaled: NDArray[np.uint8] = np.rint(part.clip(0, 1) * 255).astype(np.uint8)
    return scaled


def _found(dataset: Dataset, group: str, keyword: str) -> Any:
    """A field of the whole file, or of its first frame where a file of many frames has it."""
    if keyword in dataset:
        return dataset[keyword].value
    for name in ("PerFrameFunctionalGroupsSequence", "SharedFunctionalGroupsSequence"):
        for frame in (dataset.get(name) or ())[:1]:
            for item in (frame.get(group) or ())[:1]:
                if keyword in item:
                    return item[keyword].value
    return None


def _number(value: Any) -> float | None:
    """The first number of a field that may have several, or None."""
    if isinstance(value, (list, tuple)) or type(value).__name__ == "MultiValue":
        value = value[0] if len(value) else None
    if value is None or value == "":
        return None
    number = float(value)
    return number if math.isfinite(number) else None
