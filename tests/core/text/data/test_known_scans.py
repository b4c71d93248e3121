"""Many texts are read once, however often they are scanned."""

import os
import time
from pathlib import Path

import pytest

from core.data.manifest import Manifest
from core.text.data.read import Columns
from core.text.data.scan import scan_texts


@pytest.fixture
def kept(cache: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where manifests are kept; the smallest corpus counts as large."""
    monkeypatch.setattr("core.text.data.known_scans._LEAST_BYTES", 1)
    return cache / "text-manifests"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Texts with and without labels that nobody has touched for an hour."""
    made = tmp_path / "texts"
    made.mkdir()
    lines = (f'{{"text": "sample {n}", "label": "{"ab"[n % 2]}"}}\n' for n in range(20))
    (made / "labeled.jsonl").write_text("".join(lines))
    (made / "plain.jsonl").write_text('{"text": "one"}\n{"text": "two"}\nno JSON\n')
    settle(made)
    return made


def settle(folder: Path) -> None:
    """Make all files an hour old."""
    then = time.time() - 3600
    for file in folder.iterdir():
        os.utime(file, (then, then))


def scanned(folder: Path, test_fraction: float = 0.2, column: str | None = None) -> Manifest:
    return scan_texts(
        [folder / "plain.jsonl"],
        folder / "labeled.jsonl",
        columns=Columns(text=column),
        val_fraction=0.0,
        test_fraction=test_fraction,
        seed=1,
    )


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Names of the files that were read."""
    from core.text.data import file_scan

    seen: list[str] = []
    read = file_scan.read_texts

    def watched(file: Path, *rest, **options):
        seen.append(file.name)
        return read(file, *rest, **options)

    monkeypatch.setattr(file_scan, "read_texts", watched)
    return seen


def test_that_the_same_question_is_answered_without_reading(
    kept: Path, folder: Path, reads: list[str]
) -> None:
    first = scanned(folder)
    assert sorted(reads) == ["labeled.jsonl", "plain.jsonl"]
    reads.clear()
    assert scanned(folder) == first
    assert reads == []
    assert len(first.quarantined) == 1


@pytest.mark.parametrize("change", ["content", "option", "column", "damage"])
def test_that_anything_else_is_read_anew(
    kept: Path, folder: Path, reads: list[str], change: str
) -> None:
    scanned(folder)
    reads.clear()
    options: dict = {}
    if change == "content":
        (folder / "plain.jsonl").write_text('{"text": "won"}\n{"text": "too"}\nno JSON\n')
    elif change == "option":
        options = {"test_fraction": 0.5}
    elif change == "column":
        options = {"column": "text"}
    else:
        (file,) = kept.iterdir()
        file.write_bytes(file.read_bytes()[:-20])
    found = scanned(folder, **options)
    assert sorted(reads) == ["labeled.jsonl", "plain.jsonl"]
    assert sum(file.num_texts for file in found.corpora) == 2


def test_that_a_file_that_may_still_be_written_is_not_remembered(
    kept: Path, folder: Path, reads: list[str]
) -> None:
    (folder / "plain.jsonl").touch()
    scanned(folder)
    assert not kept.exists()


def test_that_few_are_kept_and_the_ones_asked_for_last(
    kept: Path, folder: Path, reads: list[str]
) -> None:
    fractions = [number / 100 for number in range(10, 22)]
    for number, fraction in enumerate(fractions):
        scanned(folder, fraction)
        (newest,) = (file for file in kept.iterdir() if file.stat().st_mtime > time.time() - 1800)
        at = time.time() - 3000 + number
        os.utime(newest, (at, at))
    assert len(list(kept.iterdir())) == 8
    reads.clear()
    scanned(folder, fractions[-8])
    assert reads == []
    scanned(folder, fractions[0])
    assert reads != []


def test_that_little_is_not_worth_it(cache: Path, folder: Path) -> None:
    scanned(folder)
    assert not (cache / "text-manifests").exists()
