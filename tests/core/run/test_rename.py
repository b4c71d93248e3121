"""A run gets another name, or keeps its own where its files say it."""

from pathlib import Path

import pytest

from core.errors import RunError
from core.recipe import Recipe
from core.run.folder import RunFolder
from core.run.notes import MOST_LETTERS, read_notes, write_notes
from core.run.rename import rename_run


def refused(run: RunFolder, name: str) -> str:
    with pytest.raises(RunError) as caught:
        rename_run(run, name)
    assert run.path.is_dir()
    return caught.value.id


def test_that_a_renamed_run_is_the_same_run(tmp_path: Path) -> None:
    run = RunFolder.create(tmp_path / "one", Recipe())
    renamed = rename_run(run, " two ")
    assert renamed.path == tmp_path / "two"
    assert not run.path.exists()
    assert RunFolder.open(renamed.path).recipe() == Recipe()
    assert rename_run(renamed, "two") == renamed


def test_that_what_can_not_be_renamed_says_why(tmp_path: Path) -> None:
    run = RunFolder.create(tmp_path / "one", Recipe())
    (tmp_path / "two").mkdir()
    assert refused(run, "two") == "run-exists"
    for name in ("", "..", "a/b", "a\\b", "a?", "a."):
        assert refused(run, name) == "run-name"
    with run.lock():
        assert refused(run, "three") == "run-locked"
    own = Recipe.model_validate({"data": {"unlabeled": [str(tmp_path / "own" / "digits")]}})
    assert refused(RunFolder.create(tmp_path / "own", own), "three") == "run-keeps-name"


def test_that_notes_are_kept_as_plain_text(tmp_path: Path) -> None:
    assert read_notes(tmp_path / "nowhere") == ""
    write_notes(tmp_path, "  Zeile 1\nZeile 2 \n")
    assert (tmp_path / "notes.txt").read_text(encoding="utf-8") == "Zeile 1\nZeile 2\n"
    assert read_notes(tmp_path) == "Zeile 1\nZeile 2"
    write_notes(tmp_path, "x" * 2 * MOST_LETTERS)
    assert len(read_notes(tmp_path)) == MOST_LETTERS
    write_notes(tmp_path, "")
    assert not (tmp_path / "notes.txt").exists()
