from pathlib import Path

import numpy as np
from PIL import Image

from core.data.manifest import Example, Manifest
from core.images.data.decode import load_rgb
from core.images.export.examples import images_to_check
from tests.core.images.data.odd_files import dicom, heic
from tests.helpers.worlds import TINY


def test_that_files_few_programs_read_are_checked_as_8_bit_copies(tmp_path: Path) -> None:
    folder = tmp_path / "images"
    folder.mkdir()
    values = np.linspace(0, 4000, 81).astype(np.uint16).reshape(9, 9)
    (folder / "a.dcm").write_bytes(dicom(values, WindowCenter=2000, WindowWidth=1000))
    (folder / "b.heic").write_bytes(heic(Image.new("RGB", (16, 16), "red"), orientation=6))
    Image.new("RGB", (16, 16), "red").save(folder / "c.avif")
    Image.new("RGB", (9, 9)).save(folder / "d.png")
    names = ("a.dcm", "b.heic", "c.avif", "d.png")
    images = tuple(Example(n, 0, 1, 0, n, (9, 9), "", "a", "test") for n in names)
    manifest = Manifest((str(folder),), (), images, ("a",))
    chosen = images_to_check(manifest, TINY.preprocessing, tmp_path, lambda *_: None)
    assert chosen.num_converted == 3
    assert chosen.given[3] == str(folder / "d.png")
    for given, name in zip(chosen.given, names, strict=True):
        assert Path(given).suffix == ".png"
        assert np.array_equal(np.asarray(Image.open(given)), np.asarray(load_rgb(folder / name)[0]))
