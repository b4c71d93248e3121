import numpy as np
import pytest
from PIL import Image

from core.images.data.decode import UnreadableImage, decode_with_note
from tests.core.images.data.odd_files import tiff
from tests.core.images.data.pictures import encoded

ORDERS = ["<", ">"]


# The kinds that Pillow opens, with the order of bytes.
READ = {
    *((1, dtype, order) for dtype in (np.int8, np.int16, np.int32) for order in ORDERS),
    *((at, np.uint8, order) for at in (0, 1) for order in ORDERS),
    *((1, np.uint16, order) for order in ORDERS),
    *((0, np.uint16, "<"), (1, np.uint32, "<")),
}


def values(dtype: type, *channels: int) -> np.ndarray:
    """Random values over the whole range of a type."""
    most = np.iinfo(dtype)
    found = np.random.default_rng(3).integers(
        most.min, most.max, (12, 18, *channels), dtype, endpoint=True
    )
    found.flat[:2] = most.min, most.max
    return found


def as_bytes(found: np.ndarray) -> np.ndarray:
    """Scaled from their own range to 0 … 255."""
    real = found.astype(float)
    return (real - real.min()) / (real.max() - real.min()) * 255


@pytest.mark.parametrize("is_packed", [False, True])
def test_that_16_bits_with_white_as_0_are_turned_around_and_said(is_packed):
    deep = values(np.uint16)
    image, note = decode_with_note(tiff(deep, photometric=0, is_packed=is_packed))
    assert np.abs(np.asarray(image)[..., 0] - (255 - as_bytes(deep))).max() <= 1
    assert note == "16-bit scaled and inverted: 0 is white in it"


@pytest.mark.parametrize("is_packed", [False, True])
@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("dtype", [np.uint8, np.int8, np.uint16, np.int16, np.uint32, np.int32])
@pytest.mark.parametrize("photometric", [0, 1])
def test_that_whole_numbers_are_read_as_they_are_or_refused(photometric, dtype, order, is_packed):
    found = values(dtype)
    data = tiff(found, photometric=photometric, order=order, is_packed=is_packed)
    expected = as_bytes(found) if photometric else 255 - as_bytes(found)
    if (photometric, dtype, order) in READ:
        image, _ = decode_with_note(data)
        assert np.abs(np.asarray(image)[..., 0] - expected).max() <= 1
    else:
        bits = found.dtype.itemsize * 8
        with pytest.raises(UnreadableImage, match=f"{bits}-bit whole numbers.* save it as"):
            decode_with_note(data)


@pytest.mark.parametrize("is_packed", [False, True])
@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("photometric", [0, 1])
def test_that_real_numbers_are_read_as_they_are(photometric, order, is_packed):
    found = np.random.default_rng(3).normal(0, 1e5, (12, 18)).astype(np.float32)
    data = tiff(found, photometric=photometric, order=order, is_packed=is_packed)
    image, note = decode_with_note(data)
    expected = as_bytes(found) if photometric else 255 - as_bytes(found)
    assert np.abs(np.asarray(image)[..., 0] - expected).max() <= 1
    assert ("inverted" in note) == (photometric == 0)


@pytest.mark.parametrize("num_strips", [1, 3])
@pytest.mark.parametrize("is_packed", [False, True])
@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("planar", [1, 2])
def test_that_16_bit_colour_is_read_in_planes_too(planar, order, is_packed, num_strips):
    found = values(np.uint16, 3)
    data = tiff(
        found,
        photometric=2,
        planar=planar,
        order=order,
        is_packed=is_packed,
        num_strips=num_strips,
    )
    image, note = decode_with_note(data)
    assert np.array_equal(np.asarray(image), found >> 8)
    assert note == "16-bit colour scaled"


def test_that_cmyk_in_planes_is_read_as_without_them():
    found = values(np.uint16, 4)
    whole, _ = decode_with_note(tiff(found, photometric=5))
    planes, note = decode_with_note(tiff(found, photometric=5, planar=2))
    assert np.array_equal(np.asarray(planes), np.asarray(whole))
    assert note == "CMYK, 16-bit colour scaled"


def test_that_planes_in_tiles_and_cut_planes_are_refused():
    found = values(np.uint16, 3)
    with pytest.raises(UnreadableImage, match="in tiles"):
        decode_with_note(tiff(found, photometric=2, planar=2, tile_width=18))
    cut = bytearray(tiff(found, photometric=2, planar=2))
    start = int.from_bytes(cut[4:8], "little")
    tags = cut[start:]
    short = cut[:200] + tags
    short[4:8] = (200).to_bytes(4, "little")
    with pytest.raises(UnreadableImage):
        decode_with_note(bytes(short))


@pytest.mark.parametrize("dtype", [np.float16, np.float64, np.uint64])
def test_that_kinds_of_numbers_that_are_not_read_are_named(dtype):
    with pytest.raises(UnreadableImage, match=f"{np.dtype(dtype).itemsize * 8}-bit .* numbers"):
        decode_with_note(tiff(np.ones((4, 4), dtype)))


def test_that_the_number_of_pages_is_said():
    pages = [Image.new("RGB", (8, 8), colour) for colour in ("red", "green", "blue")]
    data = encoded(pages[0], "TIFF", save_all=True, append_images=pages[1:])
    image, note = decode_with_note(data)
    assert image.getpixel((4, 4)) == (255, 0, 0)
    assert note == "several pages: first page (of 3)"
