"""The packaged application's bill of materials and licences, of what is installed here."""

import ctypes.util
import hashlib
import importlib.util
import json
import shutil
from importlib.metadata import distribution, distributions
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
import safetensors
from cyclonedx.model.bom import Bom

from core.version import __version__

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="module")
def bill() -> ModuleType:
    file = ROOT / "resources" / "packaging" / "bill.py"
    spec = importlib.util.spec_from_file_location("bill", file)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.slow
def test_that_it_names_what_was_packed_and_nothing_else(bill: ModuleType, tmp_path: Path) -> None:
    sources = [np.__file__, safetensors.__file__, __file__, ""]
    sbom, licences = bill.write(tmp_path, ROOT / "LICENSE", __version__, sources)
    found = json.loads(sbom.read_text("utf-8"))
    assert found["bomFormat"] == "CycloneDX"
    assert found["metadata"]["component"]["version"] == __version__
    named = {each["name"]: each["version"] for each in found["components"]}
    assert named.keys() == {"python", "numpy", "safetensors"}
    assert named["numpy"] == np.__version__
    # Read back by the library: it is what other tools open.
    assert len(Bom.from_json(found).components) == 3
    text = licences.read_text("utf-8")
    assert "Apache License" in text
    assert f"numpy {np.__version__}: " in text
    assert "Redistributions of source code must retain" in text
    assert "Inter" in text
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
    (own,) = (each for each in found["components"] if each["name"] != "python")
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
    text = bill.licences(ROOT / "LICENSE", [], system)
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
    assert len(found["components"]) == len({each.metadata["Name"].lower() for each in every}) + 1
