import io
import logging
import warnings

import numpy as np
import openpyxl
import pydicom
import pytest
from PIL import Image
from pydicom.dataset import Dataset
from pydicom.uid import (
    DeflatedExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
    JPEG2000Lossless,
    JPEGBaseline8Bit,
    JPEGLosslessSV1,
    RLELossless,
)

from core.data.manifest_file import write_manifest
from core.data.manifest_words import describe
from core.images.data.decode import UnreadableImage, decode_with_note
from core.images.data.scan import scan
from core.modalities import modality_of_path
from tests.core.images.data.odd_files import IDENTITY, NAME, dicom
from tests.core.images.data.pictures import encoded

STORED = np.random.default_rng(5).integers(0, 4096, (16, 24)).astype(np.uint16)
FULL = (STORED - STORED.min()) / (int(STORED.max()) - STORED.min()) * 255
ABDOMEN = {
    "RescaleSlope": 1,
    "RescaleIntercept": -1024,
    "WindowCenter": [40, -600],
    "WindowWidth": [400, 1500],
}


def grey(data: bytes) -> tuple[np.ndarray, str]:
    image, note = decode_with_note(data)
    pixels = np.asarray(image).astype(float)
    assert image.mode == "RGB"
    assert np.array_equal(pixels[..., 0], pixels[..., 2])
    return pixels[..., 0], note


@pytest.mark.parametrize("is_bare", [False, True])
@pytest.mark.parametrize("syntax", [ExplicitVRLittleEndian, ImplicitVRLittleEndian])
def test_that_rescaling_and_the_first_window_are_applied_and_said(syntax, is_bare):
    pixels, note = grey(dicom(STORED, syntax, is_bare=is_bare, **ABDOMEN))
    units = STORED - 1024.0
    expected = np.clip((units - 39.5) / 399 + 0.5, 0, 1) * 255
    assert np.abs(pixels - expected).max() <= 0.51
    assert note == "DICOM, window applied (40/400)"


def test_that_big_endian_and_run_length_are_read():
    pixels, _ = grey(dicom(STORED.astype(">u2"), ExplicitVRBigEndian))
    assert np.abs(pixels - FULL).max() <= 0.51
    dataset = pydicom.dcmread(io.BytesIO(dicom(STORED)))
    dataset.compress(RLELossless)
    file = io.BytesIO()
    dataset.save_as(file)
    assert np.array_equal(grey(file.getvalue())[0], pixels)


def test_that_without_a_window_the_full_range_is_shown():
    pixels, note = grey(dicom(STORED.astype(np.int16) - 1000))
    assert np.abs(pixels - FULL).max() <= 0.51
    assert note == "DICOM, no window: full range"
    padded = STORED.astype(np.int16)
    padded[:2] = -3000
    pixels, _ = grey(dicom(padded, PixelPaddingValue=-3000))
    inside = STORED[2:].astype(float)
    expected = (inside - inside.min()) / (inside.max() - inside.min()) * 255
    assert np.abs(pixels[2:] - expected).max() <= 0.51
    assert pixels[:2].max() == 0
    pixels, note = grey(dicom(STORED.astype(np.uint8)))
    assert np.array_equal(pixels, STORED.astype(np.uint8))
    assert note == "DICOM, grey"


def test_that_monochrome1_is_inverted():
    pixels, note = grey(dicom(STORED, PhotometricInterpretation="MONOCHROME1"))
    assert np.abs(pixels - (255 - FULL)).max() <= 0.51
    assert note == "DICOM, no window: full range, inverted: 0 is white in it"


def test_that_a_lookup_table_and_a_sigmoid_window_are_applied():
    table = Dataset()
    table.LUTDescriptor = [256, 0, 8]
    table.LUTData = np.arange(255, -1, -1, dtype=np.uint16).tobytes()
    table["LUTData"].VR = "OW"
    low = (STORED % 256).astype(np.uint8)
    pixels, note = grey(dicom(low, VOILUTSequence=[table]))
    assert np.array_equal(pixels, 255 - low)
    assert note == "DICOM, lookup table applied"
    pixels, _ = grey(dicom(STORED, WindowCenter=2000, WindowWidth=1000, VOILUTFunction="SIGMOID"))
    expected = 255 / (1 + np.exp(-4 * (STORED - 2000.0) / 1000))
    assert np.abs(pixels - expected).max() <= 0.51


def test_that_the_first_of_many_frames_is_read_with_its_own_window():
    frame, values, voi = Dataset(), Dataset(), Dataset()
    voi.WindowCenter, voi.WindowWidth = 1000, 501
    values.RescaleSlope, values.RescaleIntercept = 2, 0
    frame.FrameVOILUTSequence, frame.PixelValueTransformationSequence = [voi], [values]
    frames = np.stack([STORED, STORED[::-1], STORED])
    data = dicom(
        frames, NumberOfFrames=3, PerFrameFunctionalGroupsSequence=[frame, Dataset(), Dataset()]
    )
    pixels, note = grey(data)
    expected = np.clip((STORED * 2.0 - 999.5) / 500 + 0.5, 0, 1) * 255
    assert np.abs(pixels - expected).max() <= 0.51
    assert note == "DICOM, window applied (1000/501), several frames: first frame (of 3)"


def test_that_colours_and_palettes_are_read():
    rgb = np.random.default_rng(1).integers(0, 256, (16, 24, 3)).astype(np.uint8)
    image, note = decode_with_note(dicom(rgb))
    assert np.array_equal(np.asarray(image), rgb)
    assert note == "DICOM"
    low = (STORED % 256).astype(np.uint8)
    fields = {}
    for at, colour in enumerate(("Red", "Green", "Blue")):
        fields[f"{colour}PaletteColorLookupTableDescriptor"] = [256, 0, 16]
        table = (np.arange(256) * (at + 1) % 256 * 257).astype(np.uint16)
        fields[f"{colour}PaletteColorLookupTableData"] = table.tobytes()
    image, note = decode_with_note(dicom(low, PhotometricInterpretation="PALETTE COLOR", **fields))
    expected = np.stack([low.astype(int) * times % 256 for times in (1, 2, 3)], -1)
    assert np.array_equal(np.asarray(image), expected)
    assert note.startswith("DICOM, palette")


def test_that_jpeg_and_jpeg_2000_inside_are_read():
    red = Image.new("RGB", (24, 16), (200, 40, 10))
    inside = encoded(red, "JPEG", quality=95)
    data = dicom(
        np.asarray(red), JPEGBaseline8Bit, frame=inside, PhotometricInterpretation="YBR_FULL_422"
    )
    image, _ = decode_with_note(data)
    assert np.abs(np.asarray(image).astype(int) - np.asarray(red)).max() <= 3
    inside = encoded(Image.fromarray(STORED), "JPEG2000", no_jp2=True)
    pixels, _ = grey(dicom(STORED, JPEG2000Lossless, frame=inside))
    assert np.abs(pixels - FULL).max() <= 0.51


def test_that_what_is_not_read_is_named_by_its_transfer_syntax():
    with pytest.raises(UnreadableImage, match=r"JPEG Lossless; .* is not read; save it uncompr"):
        decode_with_note(dicom(STORED, JPEGLosslessSV1, frame=b"\xff\xd8\xff\xc3" + bytes(99)))
    dataset = pydicom.dcmread(io.BytesIO(dicom(STORED)))
    dataset.file_meta.TransferSyntaxUID = DeflatedExplicitVRLittleEndian
    file = io.BytesIO()
    pydicom.dcmwrite(file, dataset)
    with pytest.raises(UnreadableImage, match=r"Deflated .* is not read"):
        decode_with_note(file.getvalue())


def test_that_bombs_and_damaged_files_are_refused():
    with pytest.raises(UnreadableImage, match="60,000 by 60,000 pixels, more than can be trusted"):
        decode_with_note(dicom(STORED, Rows=60_000, Columns=60_000))
    large = encoded(Image.new("L", (3000, 3000)), "JPEG2000", no_jp2=True)
    with pytest.raises(UnreadableImage, match="another size"):
        decode_with_note(dicom(STORED, JPEG2000Lossless, frame=large))
    whole = dicom(STORED)
    for length in (140, 300, len(whole) - STORED.nbytes, len(whole) - 100, len(whole) - 1):
        with pytest.raises(UnreadableImage, match=r"cut short|damaged"):
            decode_with_note(whole[:length])
    with pytest.raises(UnreadableImage, match="rare kind"):
        decode_with_note(dicom(STORED, PhotometricInterpretation="HSV"))


def test_that_no_field_of_a_patient_gets_anywhere(tmp_path, caplog):
    folder = tmp_path / "study"
    folder.mkdir()
    (folder / "IM0001").write_bytes(dicom(STORED, **ABDOMEN))
    (folder / "b.dcm").write_bytes(dicom(STORED[::-1].copy(), RescaleSlope=2))
    (folder / "DICOMDIR").write_bytes(bytes(128) + b"DICM" + NAME.encode())
    whole = dicom(STORED)
    (folder / "cut.dcm").write_bytes(whole[:-10])
    start = whole.find(b"RGB" if b"RGB" in whole else b"MONOCHROME2")
    (folder / "odd.dcm").write_bytes(whole[:start] + NAME[:11].encode() + whole[start + 11 :])
    for index, at in enumerate(range(132, len(whole) - STORED.nbytes, 9)):
        (folder / f"damaged {index}.dcm").write_bytes(whole[:at] + b"\xaa" + whole[at + 1 :])
    with caplog.at_level(logging.DEBUG), warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        manifest = scan([folder], None, workers=0)
    write_manifest(manifest, tmp_path / "manifest.jsonl")
    said = (tmp_path / "manifest.jsonl").read_text() + "".join(describe(manifest))
    said += caplog.text + "".join(str(warning.message) for warning in warned)
    assert len(manifest.unlabeled) >= 2
    assert len(manifest.quarantined) >= 2
    assert "DICOMDIR" not in said
    for secret in (NAME, NAME[:8], "Zebulon", IDENTITY):
        assert secret.lower() not in said.lower()


def test_that_different_windows_are_told_in_one_line(tmp_path):
    for width in (400, 500, 600):
        (tmp_path / str(width)).write_bytes(dicom(STORED, WindowCenter=40, WindowWidth=width))
    assert "3 images: window applied" in describe(scan([tmp_path], None))
    for width in (500, 600):
        (tmp_path / str(width)).unlink()
    assert "1 image: window applied (40/400)" in describe(scan([tmp_path], None))


def test_that_a_hospitals_folder_without_suffixes_is_of_images(tmp_path):
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["Befundliste", None])
    sheet.append(["Datei", "Diagnose"])
    for number in range(4):
        file = tmp_path / f"PAT{number}" / "SE1" / "IM0001"
        file.parent.mkdir(parents=True)
        file.write_bytes(dicom(STORED + number * 100 * (STORED > 2000)))
        sheet.append([f"PAT{number}\\SE1\\IM0001", ("normal", "Pneumonie")[number % 2]])
    book.save(tmp_path / "Befunde.xlsx")
    assert modality_of_path(tmp_path).name == "images"
    manifest = scan([], tmp_path, test_fraction=0)
    assert {image.path: image.label for image in manifest.labeled} == {
        f"PAT{number}/SE1/IM0001": ("normal", "Pneumonie")[number % 2] for number in range(4)
    }
