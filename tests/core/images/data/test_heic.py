import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from core.images.data.decode import UnreadableImage, decode, decode_with_note
from core.images.data.scan import scan
from tests.core.images.data.odd_files import heic
from tests.core.images.data.pictures import encoded, picture

ROOT = Path(__file__).resolve().parents[4]


def test_that_a_heic_is_read_and_said():
    image, note = decode_with_note(heic(picture()))
    off = np.abs(np.asarray(image).astype(int) - np.asarray(picture()).astype(int))
    assert (image.mode, image.size, note) == ("RGB", (24, 16), "HEIC")
    assert off.mean() < 3


@pytest.mark.parametrize("has_box", [True, False])
@pytest.mark.parametrize("orientation", [3, 6, 8])
def test_that_the_orientation_is_honoured_once(orientation, has_box):
    upright = Image.new("RGB", (64, 32), "black")
    upright.paste("red", (0, 0, 32, 16))
    turn = {3: Image.Transpose.ROTATE_180, 6: Image.Transpose.ROTATE_90}
    turned = upright.transpose(turn.get(orientation, Image.Transpose.ROTATE_270))
    data = heic(turned, orientation=orientation)
    assert b"irot" in data
    if not has_box:
        data = data.replace(b"irot", b"free")
    image, note = decode_with_note(data)
    assert image.size == (64, 32)
    assert np.abs(np.asarray(image).astype(int) - np.asarray(upright).astype(int)).mean() < 4
    assert note == "HEIC, rotated by EXIF"


def test_that_alpha_is_put_on_white():
    image, note = decode_with_note(heic(Image.new("RGBA", (16, 16), (255, 0, 0, 0))))
    assert min(image.getpixel((8, 8))) > 250
    assert note == "HEIC, alpha on white"


@pytest.mark.parametrize("kind", ["HEIC", "AVIF"])
def test_that_a_cut_file_is_refused_and_a_bomb_too(kind):
    image = picture(size=(64, 48))
    data = heic(image) if kind == "HEIC" else encoded(image, "AVIF")
    for length in range(1, len(data), 37):
        with pytest.raises(UnreadableImage):
            decode(data[:length])
    with pytest.raises(UnreadableImage, match="more than can be trusted"):
        decode(data, max_pixels=1000)


def test_that_jpeg_xl_is_refused_by_name_whatever_its_suffix(tmp_path):
    (tmp_path / "a.png").write_bytes(b"\x00\x00\x00\x0cJXL \r\n\x87\n" + bytes(50))
    (tmp_path / "b").write_bytes(b"\xff\x0a" + bytes(50))
    (tmp_path / "c.jpg").write_bytes(encoded(picture(), "JPEG"))
    reasons = {bad.reason for bad in scan([tmp_path], None).quarantined}
    assert reasons == {"JPEG XL files are not read; convert it to PNG or JPEG"}


@pytest.mark.slow
def test_that_a_scan_finds_phone_pictures_by_content_in_worker_processes(tmp_path):
    for index in range(70):
        (tmp_path / f"IMG_{index}.{'HEIC' if index % 2 else 'jpg'}").write_bytes(
            heic(picture(index))
        )
    (tmp_path / "no suffix").write_bytes(heic(picture(100)))
    (tmp_path / "small.avif").write_bytes(encoded(picture(101), "AVIF"))
    (tmp_path / "film.mp4").write_bytes(
        b"\x00\x00\x00\x18ftypisom\x00\x00\x02\x00isommp42" + bytes(9)
    )
    code = (
        "import sys, json; from pathlib import Path; from core.images.data.scan import scan; "
        "from core.data.manifest_words import describe; "
        "manifest = scan([Path(sys.argv[1])], None, workers=2, cache=Path(sys.argv[2])); "
        "print(json.dumps([describe(manifest), len(manifest.quarantined), "
        "'pi_heif' in sys.modules]))"
    )
    command = [sys.executable, "-c", code, str(tmp_path), str(tmp_path.with_name("cache"))]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    words, num_quarantined, is_loaded = json.loads(done.stdout)
    assert (num_quarantined, is_loaded) == (0, False)
    assert {"71 images: HEIC", "1 image: AVIF"} <= set(words)


def test_that_damaged_files_are_refused_and_never_end_the_process():
    code = (
        "import random; from core.images.data.decode import UnreadableImage, decode\n"
        "from tests.core.images.data.odd_files import heic\n"
        "from tests.core.images.data.pictures import picture\n"
        "data, rng = heic(picture(), orientation=6), random.Random(1)\n"
        "for _ in range(500):\n"
        "    damaged = bytearray(data)\n"
        "    damaged[rng.randrange(900) % len(data)] = rng.randrange(256)\n"
        "    try: decode(bytes(damaged))\n"
        "    except UnreadableImage as error: assert error.reason\n"
    )
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True, timeout=200)


def test_that_of_several_pictures_the_main_one_is_read_and_said():
    red, blue = Image.new("RGB", (64, 64), "red"), Image.new("RGB", (64, 64), "blue")
    data = heic(red, save_all=True, append_images=[blue], primary_index=1)
    image, note = decode_with_note(data)
    assert image.getpixel((8, 8))[2] > 240
    assert note == "HEIC, several pictures: main picture"
