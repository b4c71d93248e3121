"""The packaged application's bill of materials and licences, of what is installed here."""

import ctypes.util
import hashlib
import importlib
import json
import re
import shutil
from importlib.metadata import distribution, distributions, requires
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
import safetensors
from cyclonedx.model.bom import Bom

from core.version import __version__

ROOT = Path(__file__).resolve().parents[1]
_OF_DEVELOPERS = ("tensorboard", "mlflow-skinny", "wandb")


@pytest.fixture(scope="module")
def bill() -> ModuleType:
    with pytest.MonkeyPatch.context() as patched:
        patched.syspath_prepend(ROOT / "resources" / "packaging")
        return importlib.import_module("bill")


@pytest.mark.slow
def test_that_it_names_what_was_packed_and_nothing_else(bill: ModuleType, tmp_path: Path) -> None:
    sources = [np.__file__, safetensors.__file__, __file__, ""]
    sbom, licences = bill.write(tmp_path, ROOT / "LICENSE", __version__, sources)
    found = json.loads(sbom.read_text("utf-8"))
    assert found["bomFormat"] == "CycloneDX"
    assert found["metadata"]["component"]["version"] == __version__
    named = {each["name"]: each["version"] for each in found["components"]}
    assert named.keys() == {"python", "numpy", "safetensors", "inter"}
    assert named["numpy"] == np.__version__
    # Read back by the library: it is what other tools open.
    assert len(Bom.from_json(found).components) == 4  # type: ignore[attr-defined]
    text = licences.read_text("utf-8")
    assert "Apache License" in text
    assert f"numpy {np.__version__}: " in text
    assert "Redistributions of source code must retain" in text
    assert "\ninter 4.1: OFL-1.1\n" in text
    assert "SIL OPEN FONT LICENSE" in text
    assert "pytest" not in text


def test_that_libraries_of_no_package_are_named_by_what_is_in_them(
    bill: ModuleType, tmp_path: Path
) -> None:
    library, data = tmp_path / "libown.so.1", tmp_path / "notes.txt"
    for file in (library, data):
        file.write_bytes(b"content")
    parts, others = bill.packed([str(library), str(data), "lib/liblink.so.1", json.__file__], [])
    assert (parts, others) == ([], [library])
    found = json.loads(bill.bill("redistill", __version__, [], bill.of_system(others)))
    (own,) = (each for each in found["components"] if each["name"].startswith("lib"))
    assert own["name"] == "libown.so.1"
    digest = hashlib.sha256(b"content").hexdigest()
    assert own["hashes"] == [{"alg": "SHA-256", "content": digest}]


@pytest.mark.skipif(shutil.which("dpkg-query") is None, reason="needs Debian's list of packages")
def test_that_what_comes_from_the_system_is_named_with_its_licence(
    bill: ModuleType, tmp_path: Path
) -> None:
    name = ctypes.util.find_library("z")
    assert name is not None
    library = next(Path("/usr/lib").rglob(name)).resolve()
    _, others = bill.packed([str(library)], [])
    system = bill.of_system(others)
    assert [part.name for part in system] == ["zlib1g"]
    found = json.loads(bill.bill("redistill", __version__, [], system))
    (own,) = (each for each in found["components"] if each["name"] == "zlib1g")
    assert own["version"]
    assert own["purl"].startswith("pkg:deb/")
    assert library.name in own["description"]
    text = bill.licences(ROOT / "LICENSE", [], [(f"zlib1g {own['version']}", system[0].licence)])
    assert f"zlib1g {own['version']}\n" in text
    assert "Jean-loup Gailly" in text


def test_that_each_library_that_is_always_packed_says_its_licence(bill: ModuleType) -> None:
    for name in ("torch", "timm", "transformers", "PySide6-Essentials", "peft", "cleanlab"):
        said = bill.licence_of(distribution(name))
        assert said
        assert "not said" not in said, name


def test_that_everything_installed_here_can_be_billed(bill: ModuleType) -> None:
    """Whatever its authors wrote: an SPDX expression, a name, classifiers, nothing."""
    every = [each for each in distributions() if each.metadata["Name"]]
    found = json.loads(bill.bill("redistill", __version__, every))
    assert len(found["components"]) == len({each.metadata["Name"].lower() for each in every}) + 2


def test_that_a_library_without_a_text_has_that_of_its_licence(bill: ModuleType) -> None:
    """Qt's wheels have none; the LGPL wants its own and the GPL's to come with the program."""
    text = bill.licences(ROOT / "LICENSE", [distribution("PySide6-Essentials")])
    (head, *_), qt = text.split("\nPySide6"), text.partition("\nPySide6")[2]
    assert "LESSER" not in head
    assert "GNU LESSER GENERAL PUBLIC LICENSE" in qt
    assert "GNU GENERAL PUBLIC LICENSE" in qt
    # This one's stands at the head of its module.
    text = bill.licences(ROOT / "LICENSE", [distribution("nvidia-ml-py")])
    assert "NVIDIA Corporation" in text.partition("\nnvidia-ml-py")[2]


def test_that_every_library_has_a_text(bill: ModuleType) -> None:
    names = [re.split(r"[ <>=;\[]", each)[0] for each in requires("redistill") or ()]
    for part in map(distribution, {each for each in names if each not in _OF_DEVELOPERS}):
        text = bill.licences(ROOT / "LICENSE", [part])
        assert "Its files hold no text" not in text, part.metadata["Name"]


@pytest.mark.parametrize(("name", "inside"), [("pillow", "raqm"), ("tokenizers", "regex")])
def test_that_what_was_compiled_into_a_library_is_named(
    bill: ModuleType, name: str, inside: str
) -> None:
    found = json.loads(bill.bill("redistill", __version__, [distribution(name)]))
    (part,) = (each for each in found["components"] if each["name"] == name)
    named = {each["name"]: each for each in part["components"]}
    assert named[inside]["version"]
    assert name not in named
    # Pillow can be built with it, and is not.
    assert "libimagequant" not in named
    assert "file:" not in json.dumps(found)  # folders of whoever built it


def test_that_libraries_which_a_wheel_brings_along_are_named(bill: ModuleType) -> None:
    part = distribution("pillow")
    own = [part.locate_file(each) for each in part.files or () if each.parts[0] == "pillow.libs"]
    if not own:
        pytest.skip("this Pillow brings none along")
    taken, other = map(str, own[:2])
    (found,) = bill.brought([taken], [part, distribution("numpy")])
    assert (found.name, found.version) == (Path(taken).name, "")
    assert found.name != Path(other).name
    text = bill.licences(ROOT / "LICENSE", [], [(found.name, found.licence)])
    assert "among those of pillow" in text


def test_that_texts_which_debian_names_are_there(bill: ModuleType) -> None:
    if not Path("/usr/share/common-licenses/LGPL-2.1").is_file():
        pytest.skip("needs Debian's common licences")
    said = "in /usr/share/common-licenses/LGPL-2.1."
    text = bill.licences(ROOT / "LICENSE", [], [("libown 1", said)])
    assert "Version 2.1, February 1999" in text.partition("\nLGPL-2.1: named above")[2]
