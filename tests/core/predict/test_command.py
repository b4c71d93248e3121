"""`redistill predict`: a device of choice, files, copies, and new files as they come."""

import csv
import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner

from core.cli.main import app
from core.run.folder import RunFolder
from tests.helpers.trainers import ROOT
from tests.helpers.worlds import World


def wait_until(is_so: Callable[[], bool], seconds: float = 120) -> None:
    until = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < until
        time.sleep(0.1)


def test_that_it_says_where_it_computed_beside_the_answers(
    undisturbed: RunFolder, world: World
) -> None:
    files = sorted(map(str, world.labeled.glob("test/*/*.png")))
    done = CliRunner().invoke(
        app, ["predict", str(undisturbed.path), *files, "--json", "--device", "cpu"]
    )
    assert done.exit_code == 0, done.output
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert [line["path"] for line in lines] == files
    assert "Computed on CPU, 1 thread (as asked), float32." in done.stderr


def test_that_files_are_written_with_a_word_on_the_device(
    undisturbed: RunFolder, world: World, tmp_path: Path
) -> None:
    asked = ["predict", str(undisturbed.path), str(world.labeled / "test")]
    done = CliRunner().invoke(app, [*asked, "--out", str(tmp_path / "labels.csv")])
    assert done.exit_code == 0, done.output
    assert "12 images in" in done.stdout
    assert "Computed on CPU, 1 thread" in done.stdout
    assert len((tmp_path / "labels.csv").read_text().splitlines()) == 13


def test_that_a_device_that_is_none_or_not_here_is_refused(
    undisturbed: RunFolder, world: World
) -> None:
    asked = ["predict", str(undisturbed.path), str(world.labeled / "test"), "--device"]
    done = CliRunner().invoke(app, [*asked, "gpu"])
    assert done.exit_code == 2
    assert "auto, cpu, cuda" in done.output
    done = CliRunner().invoke(app, [*asked, "xpu"])
    assert done.exit_code
    assert "There is no device xpu to predict on" in str(done.exception)


@pytest.mark.slow
def test_that_new_files_are_classified_as_they_come_until_ctrl_c(
    undisturbed: RunFolder, world: World, tmp_path: Path
) -> None:
    """A real process: a file that grows waits, a killed watch goes on, Ctrl-C ends it."""
    watched, out = tmp_path / "in", tmp_path / "labels.csv"
    watched.mkdir()
    pictures = [path.read_bytes() for path in sorted(world.labeled.glob("test/*/*.png"))]
    (watched / "first.png").write_bytes(pictures[0])
    command = [sys.executable, "-m", "core.cli.main", "predict", str(undisturbed.path)]
    command += [str(watched), "--out", str(out), "--watch"]

    def start() -> subprocess.Popen[str]:
        return subprocess.Popen(
            command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )

    def names() -> set[str]:
        if not out.exists():
            return set()
        with out.open(encoding="utf-8", newline="") as file:
            return {Path(row["path"]).name for row in csv.DictReader(file) if not row["problem"]}

    killed = start()
    wait_until(lambda: names() == {"first.png"})
    with (watched / "slow.png").open("wb") as growing:
        for start_at in range(0, len(pictures[1]), max(1, len(pictures[1]) // 6)):
            growing.write(pictures[1][start_at : start_at + max(1, len(pictures[1]) // 6)])
            growing.flush()
            time.sleep(0.5)
    wait_until(lambda: names() == {"first.png", "slow.png"})
    killed.kill()
    killed.communicate()
    (watched / "third.png").write_bytes(pictures[2])
    watching = start()
    wait_until(lambda: len(names()) == 3)
    watching.send_signal(signal.SIGINT)
    said, _ = watching.communicate(timeout=60)
    assert watching.returncode == 0, said
    assert "Going on after 2 that were classified before." in said
    assert "3 images in" in said


@pytest.mark.parametrize("more", [[], ["--json"]])
def test_that_a_folder_with_nothing_to_classify_is_refused(
    undisturbed: RunFolder, tmp_path: Path, more: list[str]
) -> None:
    (tmp_path / "data.db").write_bytes(b"SQLite format 3\0")
    done = CliRunner().invoke(app, ["predict", str(undisturbed.path), str(tmp_path), *more])
    assert done.exit_code
    assert "There is nothing to classify in" in str(done.exception)
