"""A run on disk: made only where nothing can be lost, opened only when it is understood."""

import json
import os
from pathlib import Path

import pytest

from core.errors import RunError
from core.recipe import Recipe
from core.run.folder import RunFolder, RunState
from core.run.formats import RUN_FORMAT
from core.system import atomic
from core.system.atomic import write_bytes, write_json
from core.version import __version__

RECIPE = Recipe.model_validate({"seed": 11})


def refusal_of_create(path: Path, recipe: Recipe = RECIPE) -> RunError:
    with pytest.raises(RunError) as caught:
        RunFolder.create(path, recipe)
    return caught.value


def test_that_a_new_run_holds_its_recipe_and_state(tmp_path: Path) -> None:
    run = RunFolder.create(tmp_path / "deep" / "run", RECIPE)
    assert RunFolder.open(run.path).recipe() == RECIPE
    assert run.status().state is RunState.NEW
    assert run.read_json("run.json")["format"] == RUN_FORMAT


def test_that_a_folder_with_other_files_is_refused_and_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("years of work")
    error = refusal_of_create(tmp_path)
    assert error.id == "run-folder-not-empty"
    assert [file.name for file in tmp_path.iterdir()] == ["thesis.txt"]


def test_that_a_run_that_has_begun_is_never_replaced(tmp_path: Path) -> None:
    run = RunFolder.create(tmp_path / "run", RECIPE)
    run.stage("01-further-pretrain").mkdir(parents=True)
    assert refusal_of_create(run.path).id == "run-exists"


def test_that_a_run_that_failed_before_its_first_stage_is_replaced(tmp_path: Path) -> None:
    run = RunFolder.create(tmp_path / "run", RECIPE)
    run.write_status(RunState.FAILED, "No such model.")
    again = RunFolder.create(run.path, Recipe.model_validate({"seed": 12}))
    assert again.recipe().seed == 12
    assert again.status().state is RunState.NEW


@pytest.mark.parametrize("part", ["unlabeled", "labeled"])
def test_that_a_run_inside_the_data_is_refused(tmp_path: Path, part: str) -> None:
    data = tmp_path / "data"
    data.mkdir()
    folder = [str(data)] if part == "unlabeled" else str(data)
    recipe = Recipe.model_validate({"data": {part: folder}})
    assert refusal_of_create(data / "run", recipe).id == "run-inside-data"
    (tmp_path / "link").symlink_to(data)
    assert refusal_of_create(tmp_path / "link" / "run", recipe).id == "run-inside-data"
    assert list(data.iterdir()) == []


def test_that_a_place_below_a_file_is_refused_in_words(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    error = refusal_of_create(tmp_path / "file" / "run")
    assert error.id == "run-not-writable"
    assert "Not a directory" in str(error)


def test_that_only_a_run_folder_is_opened(tmp_path: Path) -> None:
    with pytest.raises(RunError) as caught:
        RunFolder.open(tmp_path)
    assert caught.value.id == "run-not-found"


@pytest.mark.parametrize("part", ["format", "events", "checkpoints"])
def test_that_a_run_of_a_newer_version_is_refused_in_words(tmp_path: Path, part: str) -> None:
    run = RunFolder.create(tmp_path / "run", RECIPE)
    newer = {**run.read_json("run.json"), part: 99, "redistill": "12.0.1"}
    write_json(run.path / "run.json", newer)
    with pytest.raises(RunError) as caught:
        RunFolder.open(run.path)
    assert caught.value.id == "run-newer"
    for said in (
        f"newer Redistill (12.0.1; this is {__version__})",
        "format 99",
        "Update Redistill",
    ):
        assert said in str(caught.value)


def test_that_settings_of_a_newer_version_are_told_from_mistyped_ones(tmp_path: Path) -> None:
    run = RunFolder.create(tmp_path / "run", RECIPE)
    run.recipe_file.write_text("[pretrain]\nwonders = 3\n")
    with pytest.raises(RunError) as caught:
        run.recipe()
    assert caught.value.id == "recipe-invalid"
    write_json(run.path / "run.json", {**run.read_json("run.json"), "redistill": "12.0.1"})
    with pytest.raises(RunError) as caught:
        run.recipe()
    assert caught.value.id == "run-newer"


@pytest.mark.parametrize("said", ["{}", '{"format": "1"}', '{"format": 1, "events": null}'])
def test_that_a_run_without_its_formats_is_damaged_in_words(tmp_path: Path, said: str) -> None:
    run = RunFolder.create(tmp_path / "run", RECIPE)
    (run.path / "run.json").write_text(said)
    with pytest.raises(RunError) as caught:
        RunFolder.open(run.path)
    assert caught.value.id == "run-damaged"


def test_that_whoever_takes_a_run_up_puts_its_version_on_it(tmp_path: Path) -> None:
    run = RunFolder.create(tmp_path / "run", RECIPE)
    write_json(run.path / "run.json", {"format": 1, "redistill": "0.0.1", "created": 5.0})
    run.claim_format()
    now = run.read_json("run.json")
    assert (now["redistill"], now["events"], now["created"]) == (__version__, 1, 5.0)


@pytest.mark.parametrize(
    "text", ["", "{", "[]", '{"state": "unheard of"}', '{"state": "new", "x": 1}', "{}"]
)
def test_that_a_damaged_state_is_a_run_error(tmp_path: Path, text: str) -> None:
    run = RunFolder.create(tmp_path / "run", RECIPE)
    (run.path / "state.json").write_text(text)
    with pytest.raises(RunError) as caught:
        run.status()
    assert caught.value.id == "run-damaged"
    assert "state.json" in str(caught.value)


def test_that_a_running_state_without_a_lock_means_interrupted(tmp_path: Path) -> None:
    run = RunFolder.create(tmp_path / "run", RECIPE)
    run.write_status(RunState.RUNNING, "Training.")
    assert run.status().state is RunState.INTERRUPTED
    with run.lock():
        assert run.status().state is RunState.RUNNING
        assert run.status().pid == os.getpid()
    assert run.status().state is RunState.INTERRUPTED


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="root may write everywhere")
def test_that_a_read_only_folder_is_refused_in_words(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    try:
        assert refusal_of_create(tmp_path / "run").id == "run-not-writable"
    finally:
        tmp_path.chmod(0o700)


def test_that_a_write_that_fails_leaves_nothing_behind_and_the_old_file_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "state.json"
    write_bytes(file, b"old")

    def no_room(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(atomic.os, "fsync", no_room)
    with pytest.raises(OSError, match="No space left"):
        write_bytes(file, b"new")
    assert file.read_bytes() == b"old"
    assert [entry.name for entry in tmp_path.iterdir()] == ["state.json"]


def test_that_json_without_a_meaning_is_never_written(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="JSON"):
        write_json(tmp_path / "x.json", {"loss": float("nan")})
    assert list(tmp_path.iterdir()) == []
    write_json(tmp_path / "x.json", {"name": "größer"})
    assert json.loads((tmp_path / "x.json").read_text(encoding="utf-8")) == {"name": "größer"}
