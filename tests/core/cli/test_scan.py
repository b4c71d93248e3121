"""`redistill scan`: classes by split, guesses, JSON for programs, errors in JSON too."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from core.cli.main import app
from tests.core.images.data.pictures import put


def scan(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["scan", *arguments])


def facts(*arguments: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(scan(*arguments, "--json").stdout)
    return found


def pictures(folder: Path, counts: dict[str, int]) -> Path:
    seed = 0
    for below, count in counts.items():
        for number in range(count):
            seed += 1
            put(folder / below / f"{number}.png", seed=seed)
    return folder


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


@pytest.mark.parametrize(
    ("counts", "classes", "unlabeled"),
    [
        ({"train": 5, "valid": 2, "test": 2}, {}, 9),
        ({"train_images": 4, "test_images": 2}, {}, 6),
        (
            {"training_set/training_set/cats": 3, "training_set/training_set/dogs": 3}
            | {"test_set/test_set/cats": 1, "test_set/test_set/dogs": 2},
            {"cats": [3, 0, 1], "dogs": [3, 0, 2]},
            0,
        ),
        (
            {
                "train/train/cats": 3,
                "train/train/dogs": 3,
                "test/test/cats": 1,
                "test/test/dogs": 2,
            },
            {"cats": [3, 0, 1], "dogs": [3, 0, 2]},
            0,
        ),
        (
            {"cats/train": 3, "cats/test": 1, "dogs/train": 3, "dogs/test": 2},
            {"cats": [3, 0, 1], "dogs": [3, 0, 2]},
            0,
        ),
        (
            {"seg_train/seg_train/a": 3, "seg_train/seg_train/b": 2, "seg_test/seg_test/a": 1}
            | {"seg_test/seg_test/b": 1, "seg_pred/seg_pred": 4},
            {"a": [3, 0, 1], "b": [2, 0, 1]},
            4,
        ),
        (
            {"train/Ka\u0308se": 3, "train/tea": 3, "test/K\u00e4se": 2, "test/tea": 1},
            {"K\u00e4se": [3, 0, 2], "tea": [3, 0, 1]},
            0,
        ),
    ],
)
def test_that_folders_mean_what_people_mean(tmp_path, counts, classes, unlabeled) -> None:
    found = facts(str(pictures(tmp_path / "set", counts)))
    splits = ("train", "val", "test")
    assert {n: [each[s] for s in splits] for n, each in found["classes"].items()} == classes
    assert (found["kind"], found["unlabeled"]) == ("images", unlabeled)
    assert list(found) == [
        *("kind", "classes", "unlabeled", "quarantined", "passed_over", "notes", "guesses"),
        *("leaks", "num_leaks"),
    ]


def test_that_json_names_bad_files_and_guesses(tmp_path: Path) -> None:
    folder = pictures(tmp_path / "set", {"cats": 5, "dogs": 5})
    (folder / "cats" / "bad.png").write_bytes(b"no picture")
    (folder / "about me.txt").write_text("words")
    found = facts(str(folder))
    (bad,) = found["quarantined"]
    assert bad["file"] == "cats/bad.png"
    assert bad["reason"]
    assert found["passed_over"] == {"not an image": 1}
    assert {guess["setting"] for guess in found["guesses"]} == {"data.kind", "data.test_fraction"}
    assert any("about me.txt" in note for note in found["notes"])


def test_that_errors_are_json_too(tmp_path: Path) -> None:
    result = scan(str(tmp_path / "nowhere"), "--json")
    assert result.exit_code == 2
    said = json.loads(result.stdout)
    assert said["error"] == "folder-not-found"
    assert "nowhere" in said["message"]


def test_that_the_kind_can_be_said(tmp_path: Path) -> None:
    folder = pictures(tmp_path / "set", {"a": 2, "b": 2})
    for name in ("a", "b"):
        for number in range(9):
            (folder / name / f"text {number}.txt").write_text(f"{name} has text number {number}")
    assert facts(str(folder))["kind"] == "text"
    assert facts(str(folder), "--kind", "images")["kind"] == "images"
    assert scan(str(folder), "--kind", "sounds").exit_code != 0


def test_that_classes_are_printed_by_split(tmp_path: Path) -> None:
    counts = {"train/cats": 3, "train/dogs": 3, "test/cats": 2, "test/birds": 1}
    printed = scan(str(pictures(tmp_path / "set", counts))).stdout
    rows = [line.split() for line in printed.splitlines()]
    assert ["3", "classes", "train", "val", "test"] in rows
    assert ["cats", "3", "0", "2"] in rows
    assert "without train images: birds" in printed
    assert "without test images: dogs" in printed


def test_that_of_many_classes_the_largest_and_smallest_are_printed(tmp_path: Path) -> None:
    counts = {f"class{number:02}": 2 + (number == 29) for number in range(30)}
    folder = pictures(tmp_path / "set", counts)
    printed = scan(str(folder)).stdout
    assert "30 classes" in printed
    assert "class29" in printed
    assert "14 more" in printed
    assert "guessed: the test split is 20 % of each class, drawn by us; --set" in printed
