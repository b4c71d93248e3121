"""Runs written for other trackers: what their own readers find, and that nothing goes elsewhere."""

import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from core.errors import RunError
from core.readers.curves import read_curves
from core.recipe import Recipe
from core.run.event_log import EventLog, read_events, valid_steps
from core.run.events import Outcome, RunEnded, StageResumed, StageStarted, StepDone
from core.run.folder import RunFolder, RunState
from core.system.own_process import child_environment
from core.tracking.follow import follow
from core.tracking.trackers import TRACKERS, refuse_missing
from tests.helpers.trainers import ROOT, finished
from tests.helpers.worlds import UNTUNED, World, new_run

STAGE = "01-further-pretrain"


def step(number: int, loss: float) -> StepDone:
    return StepDone(
        stage=STAGE,
        step=number,
        num_steps=4,
        losses={"loss": loss},
        lr=1e-3,
        images_per_s=100.0,
        stage_left_s=None,
        run_left_s=None,
        memory_gib=0.5,
    )


@pytest.fixture
def run(tmp_path: Path) -> RunFolder:
    """A paused run: after four steps it went on from its second."""
    recipe = Recipe.model_validate(
        {"data": {"labeled": str(tmp_path / "secret-patients")}, "model": {"name": "starter"}}
    )
    made = RunFolder.create(tmp_path / "a run", recipe)
    log = EventLog(made.events_file)
    log.append(StageStarted(stage=STAGE, num_steps=4))
    for number in range(1, 5):
        log.append(step(number, 1.0 / number))
    log.append(StageResumed(stage=STAGE, step=2, num_steps=4))
    log.append(step(3, 0.25))
    made.write_status(RunState.PAUSED, "Paused.")
    return made


def tensorboard_reads(folder: Path) -> Any:
    """What TensorBoard itself finds."""
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    read = EventAccumulator(str(folder))
    read.Reload()
    return read


def tensorboard_losses(folder: Path, stage: str = STAGE) -> list[tuple[int, float]]:
    read = tensorboard_reads(folder / stage)
    if "loss" not in read.Tags()["scalars"]:
        return []  # not written yet
    return [(point.step, point.value) for point in read.Scalars("loss")]


def test_that_tensorboard_shows_each_step_once_though_it_was_done_again(run: RunFolder) -> None:
    folder = follow(run, "tensorboard", wait=False)
    assert tensorboard_losses(folder) == [(1, 1.0), (2, 0.5), (3, 0.25)]


def test_that_it_goes_on_where_it_ended_and_says_the_verdict(run: RunFolder) -> None:
    follow(run, "tensorboard", wait=False)
    log = EventLog(run.events_file)
    log.append(step(4, 0.125))
    log.append(RunEnded(outcome=Outcome.FINISHED, text="It helped."))
    folder = follow(run, "tensorboard", wait=False)
    assert tensorboard_losses(folder) == [(1, 1.0), (2, 0.5), (3, 0.25), (4, 0.125)]
    read = tensorboard_reads(folder / "run")
    assert read.Tensors("verdict")[0].tensor_proto.string_val == [b"It helped."]


@pytest.mark.slow
def test_that_mlflow_keeps_one_run_with_its_settings_over_several_starts(run: RunFolder) -> None:
    follow(run, "mlflow", wait=False)
    EventLog(run.events_file).append(step(4, 0.125))
    folder = follow(run, "mlflow", wait=False)
    # It changes the environment when it is imported: no other test's process may inherit that.
    from mlflow.tracking import MlflowClient

    client = MlflowClient(tracking_uri=folder.as_uri())
    (experiment,) = [each for each in client.search_experiments() if each.name == "redistill"]
    (found,) = client.search_runs([experiment.experiment_id])
    history = client.get_metric_history(found.info.run_id, f"{STAGE}/loss")
    assert [(point.step, point.value) for point in history][-2:] == [(3, 0.25), (4, 0.125)]
    assert found.data.params["model.name"] == "starter"
    assert "secret" not in str(found.data.params)


@pytest.mark.slow
def test_that_wandb_gets_a_file_to_send_that_names_no_folder(run: RunFolder) -> None:
    folder = follow(run, "wandb-offline", wait=False)
    (file,) = folder.glob("wandb/offline-run-*/*.wandb")
    records = file.read_bytes()
    assert f"{STAGE}/loss".encode() in records
    assert b"secret" not in records


def test_that_a_trainer_writes_it_while_it_trains(world: World, tmp_path: Path) -> None:
    trained = finished(
        new_run(world, tmp_path / "run", **UNTUNED, runtime__log=["tensorboard"]), world.cache
    )
    folder = trained.path / "log" / "tensorboard"
    expected = valid_steps(read_events(trained.events_file))
    deadline = threading.Event()
    for _ in range(300):
        # Its process ends soon after the trainer.
        if (folder / "written.json").exists() and _has_all(folder, expected):
            break
        deadline.wait(0.1)
    for stage, steps in expected.items():
        found = [number for number, _ in tensorboard_losses(folder, stage)]
        assert found == [done.step for done in steps]
    assert read_curves(trained.path).stages


def _has_all(folder: Path, expected: dict[str, list[StepDone]]) -> bool:
    return all(
        (folder / stage).is_dir() and len(tensorboard_losses(folder, stage)) == len(steps)
        for stage, steps in expected.items()
    )


def test_that_a_missing_library_is_said_with_the_way_to_get_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "wandb", None)
    with pytest.raises(RunError) as refused:
        refuse_missing(["tensorboard", "wandb-offline"])
    assert refused.value.id == "tracker-missing"
    assert "pip install 'redistill[wandb]'" in refused.value.action
    with pytest.raises(RunError, match="neptune is no tracker"):
        refuse_missing(["neptune"])


@pytest.mark.slow
def test_that_a_library_that_fails_is_told_and_harms_no_run(run: RunFolder) -> None:
    folder = run.path / "log" / "mlflow"
    folder.mkdir(parents=True)
    (folder / "written.json").write_text('{"offset": 0, "id": "of-somebody-else"}')
    with pytest.raises(RunError) as told:
        follow(run, "mlflow", wait=False)
    assert told.value.id == "tracker-failed"
    assert run.status().state is RunState.PAUSED


@pytest.fixture
def outside(tmp_path: Path) -> Iterator[tuple[dict[str, str], list[str]]]:
    """An environment in which every way out leads here, and who took it."""
    spy = tmp_path / "spy"
    spy.mkdir()
    (spy / "sitecustomize.py").write_text(
        "import sys\n"
        "def look(event, found):\n"
        "    if event == 'socket.connect' and isinstance(found[1], tuple):\n"
        "        if not str(found[1][0]).startswith(('127.', '::1', 'localhost')):\n"
        f"            open({str(spy / 'seen')!r}, 'a').write(repr(found[1]))\n"
        "sys.addaudithook(look)\n"
    )
    seen: list[str] = []
    server = socket.create_server(("127.0.0.1", 0))

    def accept() -> None:
        while True:
            try:
                connection, _ = server.accept()
            except OSError:
                return
            seen.append(repr(connection.recv(200)))
            connection.close()

    thread = threading.Thread(target=accept, daemon=True)
    thread.start()
    proxy = f"http://127.0.0.1:{server.getsockname()[1]}"
    names = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy")
    yield (
        {"PYTHONPATH": os.pathsep.join((str(spy), str(ROOT))), **dict.fromkeys(names, proxy)},
        seen,
    )
    server.close()
    if (spy / "seen").exists():
        seen.append((spy / "seen").read_text())
    assert seen == []


@pytest.mark.parametrize(
    "name",
    [pytest.param(name, marks=pytest.mark.slow if name == "mlflow" else ()) for name in TRACKERS],
)
def test_that_nothing_goes_over_a_network(
    run: RunFolder, name: str, outside: tuple[dict[str, str], list[str]]
) -> None:
    environment, _ = outside
    command = [sys.executable, "-m", "core.cli.main", "log", str(run.path), "--to", name]
    done = subprocess.run(
        command,
        env=child_environment() | environment,
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    assert "To look at it:" in done.stdout
