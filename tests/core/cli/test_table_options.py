"""Columns and encoding of tables, named on the command line."""

import inspect
import json
from collections.abc import Callable
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from core.cli.commands_compare import compare
from core.cli.commands_queue import add
from core.cli.commands_run import run_command
from core.cli.main import app
from core.cli.options_to_recipe import recipe_from_options
from tests.core.images.data.pictures import put


def said(*arguments: str) -> str:
    result = CliRunner().invoke(app, ["scan", *arguments])
    assert result.exit_code == 0, result.output
    return result.output


def test_that_scan_takes_the_columns_of_a_table_of_images(tmp_path: Path) -> None:
    for n in range(4):
        put(tmp_path / f"{n}.png", n)
    rows = [f"{n};{'好差'[n % 2]};{('train', 'test')[n > 1]}\n" for n in range(4)]
    (tmp_path / "table.csv").write_bytes(("nr;mark;part\n" + "".join(rows)).encode("gb18030"))
    options = ["--path-column", "nr", "--label-column", "mark", "--split-column", "part"]
    found = said(str(tmp_path), *options, "--encoding", "gb18030")
    assert "4 images in 2 classes, labels in table.csv: 2 train, 2 test" in found
    assert "its columns are separated by semicolons" in found
    assert "read as GB18030 (data.encoding)" in found


def test_that_scan_takes_the_columns_of_a_table_of_texts(tmp_path: Path) -> None:
    lines = [f"{n},words number {n},more words here {n},{'ab'[n % 2]},{n % 2}" for n in range(8)]
    (tmp_path / "t.csv").write_text("nr,title,notes,mark,is_test\n" + "\n".join(lines))
    found = said(str(tmp_path), "--text-column", "title", "--label-column", "mark")
    assert "the text is column title (data.text_column), the label is column mark" in found
    assert "8 labeled texts (4 train, 0 val, 4 test)" in found


@pytest.mark.parametrize(
    ("path", "label"),
    [("Bild", "Klasse"), ("图片", "类别"), ("画像", "ラベル"), ("Image", "Cate\u0301gorie")],
)
def test_that_columns_are_known_in_other_languages(tmp_path: Path, path: str, label: str) -> None:
    for n in range(4):
        put(tmp_path / f"{n}.png", n)
    rows = "".join(f"{n}.png,k{n % 2}\n" for n in range(4))
    (tmp_path / "a.csv").write_text(f"{path},{label}\n{rows}", encoding="utf-8")
    assert "4 images in 2 classes, labels in a.csv" in said(str(tmp_path))


@pytest.mark.parametrize("key", ["path_column", "text_column", "split_column", "encoding"])
def test_that_a_run_keeps_what_was_named_in_its_recipe(tmp_path: Path, key: str) -> None:
    put(tmp_path / "1.png")
    recipe = recipe_from_options(
        None,
        unlabeled=[tmp_path],
        labeled=None,
        model=None,
        preset=None,
        tables={"label_column": None, key: "cp1252"},
        settings=[],
    )
    assert getattr(recipe.data, key) == "cp1252"
    assert recipe.data.label_column is None


def test_that_scan_lists_copies_and_takes_what_is_to_be_left_out(tmp_path: Path) -> None:
    for split, numbers, kind in (("train", range(6), "PNG"), ("test", range(4, 9), "BMP")):
        for n in numbers:
            put(tmp_path / split / "ab"[n % 2] / f"{n}.{kind.lower()}", n, kind)
    found = json.loads(CliRunner().invoke(app, ["scan", str(tmp_path), "--json"]).stdout)
    assert found["num_leaks"] == 2
    assert found["leaks"][0] == {
        "kind": "exact",
        "of": "test/a/4.bmp",
        "copy": "train/a/4.png",
        "splits": ["test", "train"],
        "labels": ["a", "a"],
        "left_out": True,
    }
    shown = said(str(tmp_path), "--details", "--leave-out-copies", "none")
    assert "2 training images identical to test images" in shown
    assert "used all the same (data.leave_out_copies)" in shown
    assert "identical: train/a/4.png (train) = test/a/4.bmp (test)" in shown
    refused = CliRunner().invoke(app, ["scan", str(tmp_path), "--group-pattern", "(", "--json"])
    assert refused.exit_code == 2
    assert json.loads(refused.stdout)["error"] == "recipe-invalid"


def test_that_scan_takes_groups(tmp_path: Path) -> None:
    for n in range(16):
        put(tmp_path / "ab"[n % 2] / f"video{n // 4}-{n}.png", n)
    assert "4 groups" in said(str(tmp_path), "--group-pattern", r"(video\d+)-")


@pytest.mark.parametrize("command", ["scan", "run", "compare"])
def test_that_what_reads_data_has_all_options_of_data(command: str) -> None:
    known = typer.main.get_group(app).commands[command]
    options = {name for parameter in known.params for name in parameter.opts}
    assert options >= {
        *("--kind", "--path-column", "--text-column", "--label-column", "--split-column"),
        *("--group-column", "--group-pattern", "--leave-out-copies", "--encoding", "--leave-out"),
        "--set",
    }


def test_that_whatever_makes_a_run_takes_the_options_of_one() -> None:
    def options(command: Callable[..., None]) -> set[str]:
        return set(inspect.signature(command).parameters)

    # A comparison shares its processes out itself, and does not race.
    assert options(run_command) <= options(add)
    assert options(run_command) - {"processes", "minutes"} <= options(compare)
