"""Files of kinds that Pillow does not write: odd TIFFs, DICOM, HEIC."""

import io
import struct
import zlib

import numpy as np
import pydicom
from PIL import Image
from pillow_heif import as_plugin
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.encaps import encapsulate
from pydicom.uid import UID, CTImageStorage, ExplicitVRLittleEndian, ImplicitVRLittleEndian

from tests.core.images.data.pictures import encoded

# Only written with pillow-heif: it would read too, and hide what the application reads with.
Image.register_save("HEIF", as_plugin._save_heif)
Image.register_save_all("HEIF", as_plugin._save_all_heif)

NAME = "Quixotic^Zebulon"
IDENTITY = "ZQ-4711"


def tiff(
    values: np.ndarray,
    *,
    photometric: int = 1,
    planar: int = 1,
    is_packed: bool = False,
    order: str = "<",
    num_strips: int = 1,
    tile_width: int = 0,
) -> bytes:
    """A TIFF with exactly these (H, W) or (H, W, C) values."""
    height, width = values.shape[:2]
    channels = values.shape[2] if values.ndim == 3 else 1
    stored = values.astype(values.dtype.newbyteorder(order))
    planes = [stored[..., at] for at in range(channels)] if planar == 2 else [stored]
    strips = [strip.tobytes() for plane in planes for strip in np.array_split(plane, num_strips)]
    if is_packed:
        strips = [zlib.compress(strip) for strip in strips]
    starts = np.cumsum([8, *map(len, strips)]).tolist()
    body = b"".join(strips)
    body += b"\0" * (len(body) % 2)
    kind = {"u": 1, "i": 2, "f": 3}[values.dtype.kind]
    tags = {
        256: ("L", [width]),
        257: ("L", [height]),
        258: ("H", [values.dtype.itemsize * 8] * channels),
        259: ("H", [8 if is_packed else 1]),
        262: ("H", [photometric]),
        273: ("L", starts[:-1]),
        277: ("H", [channels]),
        278: ("L", [height // num_strips]),
        279: ("L", [len(strip) for strip in strips]),
        284: ("H", [planar]),
        339: ("H", [kind] * channels),
    }
    if tile_width:
        tags |= {322: ("L", [tile_width]), 323: ("L", [height])}
        tags |= {324: tags.pop(273), 325: tags.pop(279)}
        del tags[278]
    return _tiff_of(tags, body, order)


def _tiff_of(tags: dict[int, tuple[str, list[int]]], body: bytes, order: str) -> bytes:
    start = 8 + len(body)
    after = start + 2 + 12 * len(tags) + 4
    entries, more = struct.pack(order + "H", len(tags)), b""
    for tag, (letter, numbers) in sorted(tags.items()):
        raw = struct.pack(order + letter * len(numbers), *numbers)
        if len(raw) > 4:
            place = struct.pack(order + "L", after + len(more))
            more += raw
            raw = place
        number_type = {"H": 3, "L": 4}[letter]
        entries += struct.pack(order + "HHL", tag, number_type, len(numbers)) + raw.ljust(4, b"\0")
    mark = b"II*\0" if order == "<" else b"MM\0*"
    return mark + struct.pack(order + "L", start) + body + entries + bytes(4) + more


def dicom(
    values: np.ndarray,
    syntax: UID = ExplicitVRLittleEndian,
    *,
    frame: bytes = b"",
    is_bare: bool = False,
    **fields: object,
) -> bytes:
    """A DICOM file of a patient with `NAME` and `IDENTITY`; `frame` is an encoded picture."""
    dataset = Dataset()
    dataset.PatientName, dataset.PatientID = NAME, IDENTITY
    dataset.SOPClassUID, dataset.SOPInstanceUID = CTImageStorage, "1.2.3"
    is_colour = values.shape[-1] == 3
    dataset.Rows, dataset.Columns = values.shape[-3:-1] if is_colour else values.shape[-2:]
    dataset.BitsAllocated = dataset.BitsStored = values.dtype.itemsize * 8
    dataset.HighBit = dataset.BitsStored - 1
    dataset.PixelRepresentation = int(values.dtype.kind == "i")
    dataset.SamplesPerPixel = 3 if is_colour else 1
    if is_colour:
        dataset.PlanarConfiguration = 0
    dataset.PhotometricInterpretation = "RGB" if is_colour else "MONOCHROME2"
    for keyword, value in fields.items():
        setattr(dataset, keyword, value)
    dataset.PixelData = encapsulate([frame]) if frame else values.tobytes()
    dataset["PixelData"].VR = "OB" if frame else "OW"
    file = io.BytesIO()
    if is_bare:
        is_implicit = syntax == ImplicitVRLittleEndian
        pydicom.dcmwrite(file, dataset, implicit_vr=is_implicit, little_endian=True)
        return file.getvalue()
    dataset.file_meta = FileMetaDataset()
    dataset.file_meta.TransferSyntaxUID = syntax
    pydicom.dcmwrite(file, dataset, enforce_file_format=True)
    return file.getvalue()


def heic(image: Image.Image, *, orientation: int = 1, **options: object) -> bytes:
    """A HEIC as phones write it: the orientation in its EXIF and in a box of its own."""
    if orientation != 1:
        exif = Image.Exif()
        exif[0x0112] = orientation
        image = image.copy()
        image.info["exif"] = exif.tobytes()
    return encoded(image, "HEIF", quality=-1, chroma=444, **options)
