import contextlib
import io
import struct
import zlib

import numpy as np
import pytest
from PIL import Image

from core.images.data.decode import UnreadableImage, decode, decode_with_note, load_rgb, resized
from tests.core.images.data.pictures import bomb, encoded, picture, png_chunk, put

KINDS = ["JPEG", "PNG", "WEBP", "BMP", "GIF", "TIFF", "AVIF"]


@pytest.mark.parametrize("kind", KINDS)
def test_that_every_kind_is_read_as_rgb_whatever_its_name(tmp_path, kind):
    options = {"lossless": True} if kind == "WEBP" else {}
    (tmp_path / "picture.txt").write_bytes(encoded(picture(), kind, **options))
    image, note = load_rgb(tmp_path / "picture.txt")
    assert image.mode == "RGB"
    assert image.size == (24, 16)
    assert note == {"GIF": "palette", "AVIF": "AVIF"}.get(kind, "")
    off = np.abs(np.asarray(image).astype(int) - np.asarray(picture()).astype(int)).mean()
    assert off <= (0 if kind in {"PNG", "WEBP", "BMP", "TIFF"} else 12)


@pytest.mark.parametrize("kind", [*KINDS, "progressive JPEG", "interlaced PNG", "LZW TIFF"])
def test_that_a_cut_file_is_refused_or_whole_but_never_half(kind):
    noise = np.random.default_rng(1).integers(0, 256, (20, 30, 3), dtype=np.uint8)
    name = kind.rsplit(" ", 1)[-1]
    options = {
        "progressive JPEG": {"progressive": True},
        "LZW TIFF": {"compression": "tiff_lzw"},
    }.get(kind, {})
    data = encoded(Image.fromarray(noise), name, **options)
    whole = np.asarray(decode(data))
    for length in [*range(0, len(data), 41), *range(len(data) - 12, len(data))]:
        got = None
        with contextlib.suppress(UnreadableImage):
            got = np.asarray(decode(data[:length]))
        if got is not None:
            assert length > len(data) - 12
            assert np.array_equal(got, whole)


def test_that_a_jpeg_whose_rest_is_zeros_is_refused():
    data = encoded(picture(size=(200, 200)), "JPEG", quality=95)
    half = data[: len(data) // 2]
    with pytest.raises(UnreadableImage, match="cut short"):
        decode(half + bytes(len(data) - len(half)))


def test_that_a_jpeg_with_a_thumbnail_is_judged_by_its_own_end():
    exif = Image.Exif()
    exif[0x0112] = 1
    blob = exif.tobytes() + encoded(picture(), "JPEG")
    data = encoded(picture(size=(200, 200)), "JPEG", exif=blob)
    assert decode(data).size == (200, 200)
    with pytest.raises(UnreadableImage):
        decode(data[:-40])


@pytest.mark.parametrize("where", [0.3, 0.6, 0.9])
def test_that_a_png_with_a_changed_byte_is_refused(where):
    data = bytearray(encoded(picture(size=(64, 64)), "PNG"))
    data[int(len(data) * where)] ^= 0x55
    with pytest.raises(UnreadableImage):
        decode(bytes(data))


def test_that_a_decompression_bomb_is_refused_before_it_is_decoded():
    with pytest.raises(UnreadableImage, match="60,000 by 60,000"):
        decode(bomb())
    with pytest.raises(UnreadableImage, match="more than can be trusted"):
        decode(encoded(picture(size=(40, 40)), "GIF"), max_pixels=1000)


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF", "AVIF"])
def test_that_exif_orientation_is_honoured_once(kind, orientation):
    upright = Image.new("RGB", (48, 32), "black")
    upright.paste("red", (0, 0, 24, 16))
    turned = {
        1: upright,
        2: upright.transpose(Image.Transpose.FLIP_LEFT_RIGHT),
        3: upright.transpose(Image.Transpose.ROTATE_180),
        4: upright.transpose(Image.Transpose.FLIP_TOP_BOTTOM),
        5: upright.transpose(Image.Transpose.TRANSPOSE),
        6: upright.transpose(Image.Transpose.ROTATE_90),
        7: upright.transpose(Image.Transpose.TRANSVERSE),
        8: upright.transpose(Image.Transpose.ROTATE_270),
    }[orientation]
    exif = Image.Exif()
    exif[0x0112] = orientation
    image, note = decode_with_note(encoded(turned, kind, exif=exif))
    off = np.abs(np.asarray(image).astype(int) - np.asarray(upright).astype(int))
    assert image.size == (48, 32)
    assert off.mean() < 4
    said = ["AVIF"] * (kind == "AVIF") + ["rotated by EXIF"] * (orientation > 1)
    assert note == ", ".join(said)


@pytest.mark.parametrize(
    ("kind", "dtype", "top", "note"),
    [
        ("PNG", np.uint16, 65535, "16-bit scaled"),
        ("TIFF", np.uint16, 65535, "16-bit scaled"),
        ("PNG", np.uint16, 4095, "16-bit holding 12 scaled"),
        ("TIFF", np.uint16, 1023, "16-bit holding 10 scaled"),
        ("TIFF", np.uint16, 255, "16-bit holding 8 bits"),
        ("TIFF", np.int32, 2**24 - 1, "32-bit holding 24 scaled"),
        ("TIFF", np.float32, 1.0, "float scaled from 0 … 1"),
        ("TIFF", np.float32, 4095.0, "float scaled from 0 … 4095"),
    ],
)
def test_that_deep_grey_is_scaled_not_clipped(kind, dtype, top, note):
    ramp = np.linspace(0, top, 256).reshape(16, 16)
    values = (np.rint(ramp) if top > 1 else ramp).astype(dtype)
    image, found = decode_with_note(encoded(Image.fromarray(values), kind))
    pixels = np.asarray(image)[..., 0].reshape(-1).astype(int)
    assert np.abs(pixels - np.arange(256)).max() <= 1
    assert found == note


def test_that_big_endian_and_negative_and_missing_values_are_scaled():
    ramp = np.linspace(0, 65535, 256).reshape(16, 16).astype(">u2")
    tiff = Image.frombytes("I;16B", (16, 16), ramp.tobytes())
    assert np.asarray(decode(encoded(tiff, "TIFF")))[..., 0].max() == 255
    below = np.linspace(-500, 500, 256).reshape(16, 16).astype(np.int32)
    image, note = decode_with_note(encoded(Image.fromarray(below), "TIFF"))
    assert (np.asarray(image).min(), np.asarray(image).max()) == (0, 255)
    assert note == "32-bit scaled from its own range"
    odd = np.linspace(-2, 7, 256).reshape(16, 16).astype(np.float32)
    odd[0, :3] = np.nan, np.inf, -np.inf
    image, note = decode_with_note(encoded(Image.fromarray(odd), "TIFF"))
    assert np.asarray(image)[0, :3].max() == 0
    assert note == "float scaled from its range"


def test_that_16_bit_colour_is_scaled_and_said():
    rows = b"".join(
        b"\x00" + b"".join(struct.pack(">HHH", x * 257, 65535, 0) for x in range(256))
        for _ in range(2)
    )

    data = b"\x89PNG\r\n\x1a\n" + png_chunk(
        b"IHDR", struct.pack(">IIBBBBB", 256, 2, 16, 2, 0, 0, 0)
    )
    data += png_chunk(b"IDAT", zlib.compress(rows)) + png_chunk(b"IEND", b"")
    image, note = decode_with_note(data)
    assert np.array_equal(np.asarray(image)[0, :, 0], np.arange(256))
    assert note == "16-bit colour scaled"


def test_that_alpha_is_put_on_white():
    half = Image.new("RGBA", (8, 8), (255, 0, 0, 0))
    half.paste((0, 0, 255, 255), (0, 0, 4, 8))
    for kind in ("PNG", "WEBP"):
        options = {"lossless": True} if kind == "WEBP" else {}
        image, note = decode_with_note(encoded(half, kind, **options))
        assert image.getpixel((6, 4)) == (255, 255, 255)
        assert image.getpixel((1, 4)) == (0, 0, 255)
        assert note == "alpha on white"
    grey = Image.new("LA", (8, 8), (10, 0))
    assert decode_with_note(encoded(grey, "PNG"))[1] == "grey, alpha on white"


def test_that_a_palette_with_a_transparent_colour_is_put_on_white():
    image = Image.new("P", (8, 8), 0)
    image.putpalette([255, 0, 0, 0, 255, 0])
    image.paste(1, (0, 0, 4, 8))
    for kind in ("PNG", "GIF"):
        got, note = decode_with_note(encoded(image, kind, transparency=0))
        assert got.getpixel((6, 4)) == (255, 255, 255)
        assert got.getpixel((1, 4)) == (0, 255, 0)
        assert note == "palette, alpha on white"


@pytest.mark.parametrize("kind", ["JPEG", "TIFF"])
def test_that_cmyk_becomes_rgb(kind):
    image, note = decode_with_note(encoded(Image.new("CMYK", (16, 16), (0, 255, 255, 0)), kind))
    red, green, blue = image.getpixel((8, 8))
    assert red > 240
    assert max(green, blue) < 15
    assert note == "CMYK"


@pytest.mark.parametrize(("mode", "note"), [("L", "grey"), ("1", "black and white")])
def test_that_grey_becomes_rgb(mode, note):
    image, found = decode_with_note(encoded(picture().convert(mode), "PNG"))
    assert (image.mode, found) == ("RGB", note)


@pytest.mark.parametrize(
    ("kind", "note"),
    [
        ("GIF", "animated: first frame"),
        ("WEBP", "animated: first frame"),
        ("PNG", "animated: first frame"),
        ("AVIF", "animated: first frame"),
        ("TIFF", "several pages: first page (of 2)"),
        ("MPO", "several pictures: first picture"),
    ],
)
def test_that_the_first_of_several_pictures_is_read_and_said(kind, note):
    first, second = Image.new("RGB", (16, 16), "red"), Image.new("RGB", (16, 16), "blue")
    data = encoded(first, kind, save_all=True, append_images=[second])
    image, found = decode_with_note(data)
    red, _, blue = image.getpixel((8, 8))
    assert red > 240
    assert blue < 15
    assert note in found


@pytest.mark.parametrize(
    "data",
    [b"", b"hello", b"\xff\xd8\xff", b"BM" + bytes(60), b"II*\x00" + bytes(8), b"\x00" * 999],
)
def test_that_what_is_no_image_is_refused_in_words(data):
    with pytest.raises(UnreadableImage) as error:
        decode(data)
    assert error.value.reason
    assert "<" not in error.value.reason  # no object's address


def test_that_odd_metadata_does_not_refuse_an_image(recwarn):
    blob = b"Exif\x00\x00II*\x00\x08\x00\x00\x00\xff\xff broken"
    assert decode(encoded(picture(), "JPEG", exif=blob)).size == (24, 16)
    assert not recwarn.list


def test_that_a_missing_file_and_a_folder_are_refused(tmp_path):
    with pytest.raises(UnreadableImage, match="not there"):
        load_rgb(tmp_path / "gone.png")
    with pytest.raises(UnreadableImage, match="can't be read"):
        load_rgb(tmp_path)


def test_that_resizing_gives_height_and_width_in_that_order_and_averages():
    board = np.zeros((64, 64, 3), np.uint8)
    board[::2, ::2] = board[1::2, 1::2] = 255
    small = resized(Image.fromarray(board), (4, 8), "bilinear")
    assert small.shape == (4, 8, 3)
    assert small.dtype == np.uint8
    assert np.abs(small.astype(int) - 127).max() <= 2  # a pixel skipped would be 0 or 255


def test_that_a_file_is_the_same_by_bytes_and_by_path(tmp_path):
    path = put(tmp_path / "a.png")
    assert decode(path.read_bytes()).tobytes() == load_rgb(path)[0].tobytes()
    assert Image.open(io.BytesIO(path.read_bytes())).convert("RGB").tobytes() == (
        load_rgb(path)[0].tobytes()
    )
