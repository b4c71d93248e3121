"""Names in a terminal stand as they are."""

import errno
import os
import subprocess
import sys
from pathlib import Path

import pytest
from rich.table import Table
from typer.testing import CliRunner

from core.cli.in_words import in_words
from core.cli.main import app
from core.cli.show_scan import show_scan
from core.cli.terminal import Console
from core.data.tables.columns import Columns
from core.errors import RunError
from core.text.data.scan import scan_texts
from tests.core.images.data.pictures import put


def test_that_a_class_is_no_code_of_a_picture(capsys):
    table = Table()
    table.add_row("a:b:c")
    Console().print("always saying :b: and a:b: 16.7 %", markup=False)
    Console().print(table)
    shown = capsys.readouterr().out
    assert "always saying :b: and a:b: 16.7 %" in shown
    assert "a:b:c" in shown


def test_that_square_brackets_of_classes_stand_in_the_table_of_a_scan(tmp_path: Path, capsys):
    rows = [f"the words of text number {n},{('[x]', '[bold]y')[n % 2]}" for n in range(20)]
    (tmp_path / "train.csv").write_text("\n".join(["text,label", *rows]))
    found = scan_texts([], tmp_path, columns=Columns(), val_fraction=0, test_fraction=0.2, seed=0)
    show_scan(Console(), found, details=False)
    shown = capsys.readouterr().out
    assert "\\" not in shown.replace(str(tmp_path), "")
    assert "[x]" in shown
    assert "[bold]y" in shown


def redistill(*arguments: str, **more: str) -> "subprocess.CompletedProcess[bytes]":
    known = {name: value for name, value in os.environ.items() if not name.startswith("LC_")}
    command = [sys.executable, "-m", "core.cli.main", *arguments]
    return subprocess.run(command, capture_output=True, env=known | more, check=False)


@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "cp936"])
def test_that_no_letter_ends_a_command_that_the_terminal_cannot_show(tmp_path: Path, encoding):
    for number in range(6):
        put(tmp_path / "data" / ("😀", "Käse", "猫")[number % 3] / f"{number}.png", number)
    done = redistill(
        "scan", str(tmp_path / "data"), PYTHONIOENCODING=encoding, XDG_CACHE_HOME=str(tmp_path)
    )
    assert (done.returncode, done.stderr.strip()) == (0, b"")
    shown = done.stdout.decode(encoding)
    assert "\\U0001f600" in shown
    assert "6 images in 3 class folders" in shown


@pytest.mark.parametrize(
    "arguments", [("scan", ""), ("run", "--unlabeled="), ("models", "--out", "")]
)
def test_that_an_empty_argument_is_refused_and_not_the_folder_that_the_shell_is_in(arguments):
    done = redistill(*arguments)
    assert done.returncode == 2
    assert b"argument-empty" in done.stderr
    assert b"variable of the shell" in done.stderr


@pytest.mark.parametrize(
    ("out", "error_id"),
    [
        (".", "file-not-writable"),
        ("nowhere/manifest.jsonl", "file-not-writable"),
        ("data/manifest.jsonl", "report-inside-data"),
    ],
)
def test_that_a_manifest_that_cannot_be_written_is_refused_before_anything_is_read(
    tmp_path, out, error_id
):
    put(tmp_path / "data/a/1.png", 1)
    with pytest.raises(RunError) as refused:
        CliRunner().invoke(
            app,
            ["scan", str(tmp_path / "data"), "--out", str(tmp_path / out)],
            catch_exceptions=False,
        )
    assert refused.value.id == error_id
    assert [path.name for path in tmp_path.iterdir()] == ["data"]


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EROFS, errno.EACCES])
def test_that_what_the_system_refuses_is_said_in_words(capsys, number):
    with pytest.raises(SystemExit) as ended, in_words():
        raise OSError(number, os.strerror(number), "/somewhere/file")
    assert ended.value.code == 2
    shown = capsys.readouterr().err
    assert "/somewhere/file" in shown
    assert os.strerror(number) in shown
