"""The demo on texts: what is taken of docstrings, and that nothing leaks into the test split."""

import json
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path

import pytest

from core.data.doubts import doubts_in
from core.demo import texts as demo_texts
from core.demo.demo import write_demo
from core.demo.docstrings import Package, docstrings_of, is_held_out, likeness, modules_of, prose
from core.demo.texts import (
    LABELED_PER_CLASS,
    PACKAGES,
    TEST_PER_CLASS,
    VALIDATION_PER_CLASS,
    paragraphs_of,
    write_docstrings,
)
from core.errors import RunError
from core.run.folder import RunFolder, RunState
from core.system import process_names
from core.text.data.read import Columns
from core.text.data.scan import scan_texts

DOCSTRING = """Add two matrices of the same shape, element by element.

    Parameters
    ----------
    first : the first of the matrices that are added, :class:`~matrix.Matrix`

    >>> add(one, other)  # this is an example that nobody reads as prose

    The result is `None` when **both** of the matrices are empty.

    +---+---+
    | a | b | a table is no prose, however many words stand in it
"""


_LABELED = ("labeled/train.jsonl", "labeled/val.jsonl", "labeled/test.jsonl")


@pytest.fixture(scope="module")
def texts(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("docstrings")
    write_docstrings(folder)
    return folder


def rows(file: Path) -> list[dict[str, str]]:
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]


def test_that_only_running_text_is_taken_of_a_docstring() -> None:
    assert prose(DOCSTRING) == (
        "Add two matrices of the same shape, element by element.",
        "The result is None when both of the matrices are empty.",
    )
    assert prose(":meth:`fit` and :class:`Tree <a.b.Tree>` are what most people need.") == (
        "fit and Tree are what most people need.",
    )
    assert prose("") == ()


def test_that_a_file_that_is_no_python_gives_nothing(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_bytes(b"\xff\xfe\x00")
    (tmp_path / "b.py").write_text("def broken(:\n", encoding="utf-8")
    assert not [*docstrings_of("a", tmp_path / "a.py"), *docstrings_of("b", tmp_path / "b.py")]
    assert modules_of(Package("no_such_package", "no-such-package", "MIT")) == []


def test_that_reading_docstrings_imports_no_package() -> None:
    code = (
        "import sys; from core.demo.docstrings import *; "
        "name, file = modules_of(Package('torch', 'torch', 'BSD-3-Clause'))[0]; "
        "list(docstrings_of(name, file)); assert 'torch' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


@pytest.mark.slow
def test_that_no_text_stands_in_two_splits(texts: Path) -> None:
    files = (*_LABELED, "unlabeled.jsonl")
    keys = [likeness(row["text"]) for name in files for row in rows(texts / name)]
    assert len(keys) == len(set(keys))
    manifest = scan_texts(
        [texts / "unlabeled.jsonl"],
        texts / "labeled",
        columns=Columns(),
        val_fraction=0.0,
        test_fraction=0.2,
        seed=0,
    )
    assert not manifest.duplicates
    assert not manifest.quarantined
    # The sample starts at once: nobody is asked how it is meant.
    assert doubts_in(map(asdict, manifest.guesses)) == []


def test_that_the_test_split_has_modules_of_its_own(texts: Path) -> None:
    test = {row["text"] for row in rows(texts / "labeled/test.jsonl")}
    parts = ("labeled/train.jsonl", "labeled/val.jsonl", "unlabeled.jsonl")
    others = {row["text"] for part in parts for row in rows(texts / part)}
    for paragraph in paragraphs_of(PACKAGES[0]):
        assert paragraph.text not in (others if is_held_out(paragraph.module) else test)


def test_that_labels_are_few_even_and_not_in_the_texts(texts: Path) -> None:
    train, val, test = (rows(texts / part) for part in _LABELED)
    names = [package.name for package in PACKAGES]
    labels = [row["label"] for row in train]
    assert labels == [name for name in names for _ in range(LABELED_PER_CLASS)]
    held_out = [row["label"] for row in val]
    assert held_out == [name for name in names for _ in range(VALIDATION_PER_CLASS)]
    for name in names:
        assert TEST_PER_CLASS / 2 < sum(row["label"] == name for row in test) <= TEST_PER_CLASS
    for row in train + val + test:
        assert not [name for name in (*names, "scikit") if name in row["text"].lower()]


@pytest.mark.slow
def test_that_the_same_texts_are_written_again(texts: Path, tmp_path: Path) -> None:
    recipe, said = write_demo(tmp_path, "text")
    assert "6 packages" in said
    for file in (*_LABELED, "unlabeled.jsonl"):
        assert (tmp_path / "docstrings" / file).read_bytes() == (texts / file).read_bytes()
    assert recipe.data.kind == "text"
    assert (recipe.model.name, recipe.runtime.offline) == ("starter-text", True)


@pytest.mark.slow
def test_that_a_packaged_demo_takes_the_texts_that_were_written_for_it(
    texts: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = write_docstrings(tmp_path / "sources")
    monkeypatch.setattr(demo_texts, "BUNDLED", tmp_path / "sources")
    assert write_docstrings(tmp_path / "packaged") == number
    for file in ("unlabeled.jsonl", *_LABELED):
        assert (tmp_path / "packaged" / file).read_bytes() == (texts / file).read_bytes()


def test_that_packages_without_docstrings_are_said(tmp_path: Path) -> None:
    code = (
        "from core.demo import texts as demo_texts; from core.demo.docstrings import Package\n"
        "from pathlib import Path\n"
        "demo_texts.PACKAGES = (Package('safetensors', 'safetensors', 'Apache-2.0'),)\n"
        "demo_texts.write_docstrings(Path('x'))"
    )
    ended = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert RunError.__name__ in ended.stderr
    assert "documentation of safetensors" in ended.stderr


@pytest.mark.slow
def test_that_a_window_gets_the_sample_on_texts(tmp_path: Path) -> None:
    command = [sys.executable, "-m", process_names.SAMPLE, str(tmp_path / "run"), "text"]
    # It stops when the window that holds the other end is gone.
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as helper:
        assert helper.stdout is not None
        said = [json.loads(line) for line in helper.stdout]
    run = RunFolder.open(Path(said[-1]["run"]))
    assert run.status().state is RunState.NEW
    assert said[0]["what"] == "Reading documentation"
    assert run.recipe().data.labeled == str(tmp_path / "run" / "docstrings" / "labeled")
