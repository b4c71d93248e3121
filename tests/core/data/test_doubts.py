"""Which guesses a person has to see, and how that is remembered."""

from pathlib import Path

import pytest

from core.data.doubts import is_doubt, mark_of, reading_of_manifest
from core.data.manifest import Guess, Leak, Manifest
from core.data.manifest_file import read_manifest, write_manifest


@pytest.mark.parametrize(
    ("setting", "value", "expected"),
    [
        ("data.kind", "text", True),
        ("data.labeled", "unlabeled", True),
        ("data.encoding", "cp1252", True),
        ("data.path_column", "image_id", True),
        ("data.label_column", "none", True),
        ("data.split_column", "split", True),
        ("data.label_column", "label", False),
        ("data.text_column", "Text", False),
        ("data.separator", "semicolon", False),
        ("data.test_fraction", "20 %", False),
    ],
)
def test_that_what_may_be_another_reading_is_a_doubt(setting, value, expected) -> None:
    assert is_doubt({"what": "x", "value": value, "setting": setting}) is expected


def test_that_a_mark_is_of_one_guess_about_some_folders_and_names_nothing() -> None:
    guess = {"what": "the label column", "value": "mark", "setting": "data.label_column"}
    marks = {
        mark_of(["/home/anna/data"], guess),
        mark_of(["/home/anna/other"], guess),
        mark_of(["/home/anna/data"], {**guess, "value": "grade"}),
        mark_of(["/home/anna/data"], {**guess, "what": "the label column of a.csv"}),
    }
    assert len(marks) == 4
    assert mark_of(["/home/anna/data"], dict(guess)) in marks
    assert not any("anna" in mark or "mark" in mark for mark in marks)


def test_that_a_runs_reading_is_in_the_first_line_of_its_manifest(tmp_path: Path) -> None:
    guess = Guess("the encoding of a.csv", "cp1252", "data.encoding")
    write_manifest(Manifest(("/data",), (), (), (), guesses=(guess,)), tmp_path / "m.jsonl")
    words = {"what": guess.what, "value": guess.value, "setting": guess.setting}
    assert reading_of_manifest(tmp_path / "m.jsonl") == (["/data"], [words])
    (tmp_path / "m.jsonl").write_text("{}")
    assert reading_of_manifest(tmp_path / "m.jsonl") == ([], [])
    assert reading_of_manifest(tmp_path / "none.jsonl") == ([], [])


def test_that_the_files_of_a_conflict_are_kept(tmp_path: Path) -> None:
    leaks = (
        Leak("labels", ("a.csv:1", "a.csv:2"), ("x", "y"), ("1.png", "1.png")),
        Leak("splits", ("a", "b"), ("train", "test")),
    )
    write_manifest(Manifest((), (), (), (), leaks=leaks), tmp_path / "m.jsonl")
    assert read_manifest(tmp_path / "m.jsonl").leaks == leaks
