"""The command line as a user meets it; nothing here trains."""

import io
import json
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import typer.rich_utils
from PIL import Image
from rich.console import Console
from typer.main import get_command
from typer.testing import CliRunner

from core.cli.main import app, run
from core.cli.show import RunView
from core.errors import CATALOGUE, RunError
from core.planning.comparison import compared_recipe
from core.recipe import PRESETS, Recipe, parse_recipe, preset_recipe, read_recipe
from core.run.events import StageDone, StageResumed, StageStarted
from core.run.folder import RunFolder, RunState
from tests.helpers.trainers import _context as fork_context
from tests.helpers.trainers import start_fork_server

HEAVY = ("torch", "timm", "transformers", "datasets", "accelerate", "PySide6", "pyqtgraph")


def said(*arguments: str) -> str:
    """What a command prints; it must succeed."""
    result = CliRunner().invoke(app, list(arguments))
    assert result.exit_code == 0, result.output
    return result.output


def _commands(part: Any, *names: str) -> Iterator[tuple[tuple[str, ...], Any]]:
    if hasattr(part, "commands"):
        for name, inside in part.commands.items():
            yield from _commands(inside, *names, name)
    else:
        yield names, part


def test_that_help_is_shown_whole_and_flows(monkeypatch: pytest.MonkeyPatch) -> None:
    # Typer reads TERMINAL_WIDTH once, when it first shows something.
    monkeypatch.setattr(typer.rich_utils, "MAX_WIDTH", 400)
    commands = list(_commands(get_command(app)))
    assert ("queue", "run") in dict(commands)
    for names, command in commands:
        shown = " ".join(said(*names, "--help").split())
        assert "[[" not in shown, names
        for paragraph in (command.help or "").split("\n\n"):
            assert paragraph in shown, names
        for option in command.params:
            # What looks like markup would be gone.
            words = getattr(option, "help", None) or ""
            assert words.replace("\\[", "[") in shown, (names, words)


def refused(*arguments: str) -> RunError:
    """The error a command ends with."""
    result = CliRunner().invoke(app, list(arguments))
    assert isinstance(result.exception, RunError), result.output
    return result.exception


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two classes of six images, one of them broken."""
    for label, colour in (("red", (200, 30, 30)), ("blue", (30, 30, 200))):
        for index in range(6):
            file = tmp_path / "images" / label / f"{index}.png"
            file.parent.mkdir(parents=True, exist_ok=True)
            Image.new("RGB", (20 + index, 20), colour).save(file)
    broken = tmp_path / "images" / "red" / "broken.png"
    broken.write_bytes((tmp_path / "images" / "red" / "0.png").read_bytes()[:40])
    return tmp_path / "images"


def test_that_scan_says_what_is_in_a_folder_and_what_is_wrong(folder: Path) -> None:
    output = said("scan", str(folder), "--details")
    assert "12 images in 2 class folders" in output
    assert "broken.png" in output


def test_that_scan_writes_nothing_into_the_folder(folder: Path) -> None:
    before = sorted(folder.rglob("*"))
    said("scan", str(folder))
    assert sorted(folder.rglob("*")) == before


def test_that_a_printed_recipe_is_the_preset_when_read_again() -> None:
    for preset in PRESETS:
        assert parse_recipe(said("recipe", "--preset", preset)) == preset_recipe(preset)


def test_that_recipes_for_texts_are_printed() -> None:
    printed = said("recipe", "--preset", "quick", "--kind", "text")
    assert parse_recipe(printed) == preset_recipe("quick", "text")


def test_that_a_recipe_can_be_written_to_a_file(tmp_path: Path) -> None:
    said("recipe", "--preset", "quick", "--out", str(tmp_path / "r.toml"))
    assert read_recipe(tmp_path / "r.toml") == preset_recipe("quick")


def test_that_models_names_every_entry_with_licence_and_size() -> None:
    rows = json.loads(said("models", "--json"))
    assert {"starter", "facebook/vit-mae-base"} <= {row["name"] for row in rows}
    for row in rows:
        assert row["licence"]
        assert row["size_mb"] > 0
        assert row["name"] in said("models")


@pytest.mark.parametrize(
    ("arguments", "error_id", "named"),
    [
        (["run", "--preset", "fast"], "preset-unknown", "quick, balanced, paper"),
        (["run"], "no-data-named", "--unlabeled"),
        (["run", "--set", "pretrain.lr"], "setting-unreadable", "no ="),
        (["run", "--set", "pretrain.stepps=3"], "recipe-invalid", "did you mean steps"),
        (["run", "--set", "distill.rounds=-1"], "recipe-invalid", "distill.rounds"),
        (["run", "missing.toml"], "recipe-unreadable", "missing.toml"),
        (["resume", "nowhere"], "run-not-found", "nowhere"),
        (["status", "nowhere"], "run-not-found", "nowhere"),
        (["scan", "nowhere"], "folder-not-found", "nowhere"),
        (["recipe", "--preset", "x"], "preset-unknown", "quick"),
    ],
)
def test_that_bad_input_is_refused_in_words(
    arguments: list[str], error_id: str, named: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    error = refused(*arguments)
    assert error.id == error_id
    assert named in str(error)
    assert list(tmp_path.iterdir()) == []


def test_that_a_run_folder_inside_the_data_is_refused(folder: Path) -> None:
    error = refused("run", "--labeled", str(folder), "--out", str(folder / "run"))
    assert error.id == "run-inside-data"
    assert not (folder / "run").exists()


def test_that_pausing_what_does_not_run_is_refused(tmp_path: Path) -> None:
    run_folder = RunFolder.create(tmp_path / "run", preset_recipe("quick"))
    error = refused("pause", str(run_folder.path))
    assert error.id == "run-not-running"
    assert run_folder.status().state is RunState.NEW


def test_that_options_win_over_the_recipe_file(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[RunFolder] = []
    monkeypatch.setattr("core.cli.commands_run.train", lambda run, _: started.append(run))
    file = tmp_path / "recipe.toml"
    file.write_text('seed = 3\n[pretrain]\nsteps = 7\nlr = 0.5\n[model]\nname = "a"\n')
    said("run", str(file), "--labeled", str(folder), "--model", "starter",
         "--set", "pretrain.lr=0.25", "--out", str(tmp_path / "run"))  # fmt: skip
    recipe = started[0].recipe()
    assert (recipe.seed, recipe.pretrain.steps, recipe.pretrain.lr) == (3, 7, 0.25)
    assert recipe.model.name == "starter"
    assert recipe.data.labeled == str(folder)


def test_that_a_failure_is_said_without_a_traceback(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "argv", ["redistill", "status", "nowhere"])
    with pytest.raises(SystemExit) as ended:
        run()
    output = capsys.readouterr()
    assert ended.value.code == 2
    assert "run-not-found" in output.err
    assert "Traceback" not in output.err


def test_that_the_command_line_starts_without_the_training_stack() -> None:
    program = (
        "import sys, core.cli.main, core.run.launch, core.processes.trainer; "
        f"print([name for name in {HEAVY!r} if name in sys.modules])"
    )
    found = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert found.stdout.strip() == "[]", found.stderr


def qt_of_a_trainer() -> list[str]:
    """What of Qt is loaded where everything that trains and predicts is."""
    import core.predict.predict
    import core.processes.trainer
    import core.stages.pipeline
    import core.stages.prepare  # noqa: F401

    return [name for name in ("PySide6", "pyqtgraph") if name in sys.modules]


def test_that_core_never_imports_qt_even_when_everything_is_imported() -> None:
    # Of the fork server, which has imported it all.
    start_fork_server()
    with ProcessPoolExecutor(1, mp_context=fork_context) as pool:
        assert pool.submit(qt_of_a_trainer).result(timeout=120) == []


def test_that_every_error_says_what_and_what_to_do() -> None:
    for name, entry in CATALOGUE.items():
        assert entry.what.strip(), name
        assert entry.action.strip().endswith((".", "}")), name


# --- compare ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arms", "words"),
    [
        ("base,marz", "no arm marz"),
        ("base,mars,mars", "named twice"),
        ("mars,r3f", "`base` and at least one other"),
        ("base", "`base` and at least one other"),
    ],
)
def test_that_arms_which_can_not_be_compared_are_refused(
    folder: Path, arms: str, words: str
) -> None:
    error = refused("compare", "--labeled", str(folder), "--arms", arms)
    assert error.id == "compare-arms"
    assert words in error.what


def test_that_a_comparison_without_labels_is_refused(folder: Path) -> None:
    assert refused("compare", "--unlabeled", str(folder)).id == "compare-no-labels"


def test_that_a_comparison_leaves_out_pretraining_that_no_arm_needs() -> None:
    recipe = Recipe.model_validate({"data": {"labeled": "somewhere"}})
    regularised = compared_recipe(recipe, ["base", "mars"], 5, ["cpu", "cuda:1"])
    assert (regularised.pretrain.steps, regularised.distill.rounds) == (0, 0)
    assert regularised.runtime.devices == ("cpu", "cuda:1")
    further = compared_recipe(recipe, ["base", "further"], 5)
    assert (further.pretrain.steps, further.distill.rounds) == (20_000, 0)
    whole = compared_recipe(recipe, ["base", "teacher-initial"], 5)
    assert (whole.pretrain.steps, whole.distill.rounds) == (20_000, 1)
    with pytest.raises(RunError, match=r"needed by distilled"):
        compared_recipe(further, ["base", "distilled"], 5)


def test_that_a_recipe_without_the_newer_sections_is_read(tmp_path: Path) -> None:
    old = tmp_path / "old.toml"
    old.write_text('format = 1\n[finetune]\narms = ["base", "further"]\n', encoding="utf-8")
    recipe = read_recipe(old)
    assert recipe.baselines == Recipe().baselines
    assert recipe.finetune.order == "arms"
    assert recipe.runtime.devices == ()


def test_that_a_terminal_shows_the_table_above_the_bars_while_it_trains() -> None:
    interval = {"value": 0.5, "low": 0.25, "high": 0.75}
    arm = {"accuracy": 0.5, "balanced_accuracy": 0.5, "macro_f1": 0.5, "num_seeds": 1}
    arm |= {"intervals": {"accuracy": interval}, "std": {"accuracy": 0.01}}
    difference = {"value": 0.1, "low": 0.05, "high": 0.15, "is_clear": True}
    results = {
        "interim": {"done": 2, "of": 4},
        "verdict": "So far.",
        "data": {"test_images": 12},
        "arms": {"base": {**arm, "against": {}}, "mars": {**arm, "against": {"base": difference}}},
    }
    console = Console(force_terminal=True, width=120, file=io.StringIO())
    with RunView(console, lambda: results) as view:
        view.show(StageDone(stage="02-finetune-mars-seed-0", summary={}))
    assert isinstance(console.file, io.StringIO)
    output = console.file.getvalue()
    assert "2 of 4 fine-tunings done" in output
    assert "MARS" in output
    assert "+10.0" in output
    assert "+5.0 to +15.0" in output


def test_that_two_devices_at_work_do_not_fill_a_log() -> None:
    console = Console(file=io.StringIO(), width=100)
    with RunView(console) as view:
        for step in range(1, 50):
            for stage in ("01-finetune-base-seed-0", "02-finetune-mars-seed-0"):
                view.show(StageResumed(stage=stage, step=step, num_steps=100))
        view.show(StageStarted(stage="03-finetune-base-seed-1", num_steps=100))
    assert isinstance(console.file, io.StringIO)
    assert len(console.file.getvalue().splitlines()) == 3
