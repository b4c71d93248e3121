"""`redistill predict` on a device of choice."""

import json
from pathlib import Path

from typer.testing import CliRunner

from core.cli.main import app
from core.run.folder import RunFolder
from tests.helpers.worlds import World


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
