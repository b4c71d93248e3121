"""What `redistill scan` guessed of tables, by setting, and what is left out by name."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from core.cli.main import app
from tests.core.images.data.pictures import put


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


def scan(*arguments: object) -> Result:
    return CliRunner().invoke(app, ["scan", *map(str, arguments)])


def facts(*arguments: object) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(scan(*arguments, "--json").stdout)
    return found


def guesses(*arguments: object) -> dict[str, tuple[str, str]]:
    found = facts(*arguments)["guesses"]
    return {guess["setting"]: (guess["what"], guess["value"]) for guess in found}


@pytest.fixture
def german(tmp_path: Path) -> Path:
    """A table as a German spreadsheet writes it, with a column that splits it."""
    rows = [
        f"der größte Spaß war Nummer {n};{('gut', 'schlecht')[n % 2]};{('test', 'train')[n > 3]}"
        for n in range(12)
    ]
    folder = tmp_path / "german"
    folder.mkdir()
    table = "\r\n".join(["Kommentar;label;split", *rows])
    (folder / "alles.csv").write_bytes(table.encode("cp1252"))
    return folder


def test_that_all_that_is_guessed_of_a_table_of_texts_is_listed(german: Path) -> None:
    assert guesses(german) == {
        "data.text_column": ("the text column", "Kommentar"),
        "data.label_column": ("the label column", "label"),
        "data.split_column": ("the split column", "split"),
        "data.encoding": ("the encoding of alles.csv", "cp1252"),
        "data.separator": ("the separator of alles.csv", "semicolon"),
    }


def test_that_what_is_said_is_no_guess(german: Path) -> None:
    said = ["--text-column", "Kommentar", "--label-column", "label", "--split-column", "split"]
    said += ["--encoding", "cp1252", "--set", "data.separator=semicolon"]
    assert guesses(german, *said) == {}


def test_that_a_separator_that_is_said_is_used(german: Path) -> None:
    found = facts(german, "--set", "data.separator=tab", "--set", "data.encoding=cp1252")
    assert found["classes"] == {}
    assert scan(german, "--set", "data.separator=dash").exit_code != 0


def test_that_guesses_of_a_table_of_images_are_listed(tmp_path: Path) -> None:
    for n in range(6):
        put(tmp_path / "set" / "train_images" / f"{n}.png", n)
        put(tmp_path / "set" / "test_images" / f"{n + 10}.png", n + 10)
    rows = [f"{n}.png,{n % 2}" for n in range(6)]
    (tmp_path / "set" / "train.csv").write_text("\n".join(["image_id,label", *rows]))
    found = guesses(tmp_path / "set")
    assert found["data.path_column"] == ("the column of file names", "image_id")
    assert found["data.label_column"] == ("the label column", "label")
    assert found["data.labeled"][1] == "a split without classes"
    printed = scan(tmp_path / "set").stdout
    doubts = "look at these before you train: each of test_images/, train_images/, the column of"
    assert doubts in printed
    assert "guessed: the label column is label; --set data.label_column=… changes it" in printed


def test_that_a_file_taken_for_a_split_by_its_name_is_a_guess(tmp_path: Path) -> None:
    for name in ("reviews_train.csv", "reviews_test.csv"):
        rows = [f"{name} has words number {n},{'ab'[n % 2]}" for n in range(4)]
        (tmp_path / name).write_text("\n".join(["text,label", *rows]))
    found = [(guess["what"], guess["value"]) for guess in facts(tmp_path)["guesses"]]
    assert ("file reviews_test.csv", "the split test") in found


def test_that_folders_that_say_everything_leave_nothing_to_look_at(tmp_path: Path) -> None:
    for n, below in enumerate(("train/a", "train/b", "test/a", "test/b")):
        put(tmp_path / below / f"{n}.png", n)
    assert facts(tmp_path)["guesses"] == []
    assert "look at these" not in scan(tmp_path).stdout


def test_that_images_are_left_out_by_name(tmp_path: Path) -> None:
    for n in range(4):
        put(tmp_path / "set" / "a" / f"{n}.png", n)
        put(tmp_path / "set" / "b" / f"{n}.png", n + 10)
    whole = str(tmp_path / "set" / "b" / "3.png")
    found = facts(tmp_path / "set", "--leave-out", "a/1.png", "--leave-out", whole)
    assert {name: sum(each.values()) for name, each in found["classes"].items()} == {"a": 3, "b": 3}
    reason = "left out by you (data.left_out)"
    assert found["quarantined"] == [
        {"file": "a/1.png", "reason": reason},
        {"file": "b/3.png", "reason": reason},
    ]
    assert "2 files left out by you (data.left_out)" in found["notes"]
    assert not any("can't be used" in note for note in found["notes"])


def test_that_unknown_names_are_said(tmp_path: Path) -> None:
    for n in range(4):
        put(tmp_path / "set" / "ab"[n % 2] / f"{n}.png", n)
    notes = facts(tmp_path / "set", "--set", 'data.left_out=["a/9.png", "a/0.png"]')["notes"]
    assert "1 name in data.left_out not found (first: a/9.png)" in notes


def test_that_of_two_rows_for_one_image_one_can_be_left_out(tmp_path: Path) -> None:
    for n in range(6):
        put(tmp_path / "set" / f"{n}.png", n)
    rows = ["0.png,cat", "0.png,dog", *(f"{n}.png,{('cat', 'dog')[n % 2]}" for n in range(1, 6))]
    (tmp_path / "set" / "labels.csv").write_text("\n".join(["file,label", *rows]))

    def total(*more: str) -> dict[str, int]:
        classes = facts(tmp_path / "set", *more)["classes"]
        return {name: sum(each.values()) for name, each in classes.items()}

    assert total() == {"cat": 2, "dog": 3}
    assert total("--leave-out", "labels.csv:3") == {"cat": 3, "dog": 3}
    assert total("--leave-out", "labels.csv:2") == {"cat": 2, "dog": 4}
