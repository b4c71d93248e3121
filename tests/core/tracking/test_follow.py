"""Runs written for other trackers: what their own readers find, and that nothing goes elsewhere."""

import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from core.errors import RunError
from core.readers.curves import read_curves
from core.recipe import Recipe
from core.run.event_log import EventLog, read_events, valid_steps
from core.run.events import (
    Outcome,
    ProbeDone,
    RunEnded,
    StageResumed,
    StageStarted,
    StepDone,
    Validated,
)
from core.run.files import RESULTS
from core.run.folder import RunFolder, RunState
from core.system.atomic import write_json
from core.system.own_process import child_environment
from core.tracking.follow import follow
from core.tracking.tracker import Opening, Tracker
from core.tracking.trackers import TRACKERS, TrackerKind, refuse_missing
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


def probe(number: int) -> ProbeDone:
    return ProbeDone(
        stage=STAGE, step=number, knn=0.5, linear=0.5, is_best=True, distance_from_initial=0.0
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


def test_that_a_stage_that_a_kill_let_begin_anew_is_shown_once(tmp_path: Path) -> None:
    run = RunFolder.create(tmp_path / "run", Recipe())
    log = EventLog(run.events_file)
    # Killed before its first checkpoint, while nobody and while somebody follows.
    for last in (3, 4, 5):
        log.append(StageStarted(stage=STAGE, num_steps=5))
        log.append(probe(0))
        for number in range(1, last + 1):
            log.append(step(number, 1.0 / number))
        if last != 3:
            folder = follow(run, "tensorboard", wait=False)
    assert [number for number, _ in tensorboard_losses(folder)] == [1, 2, 3, 4, 5]
    read = tensorboard_reads(folder / STAGE)
    assert [point.step for point in read.Scalars("probe/linear")] == [0]
    assert [done.step for done in valid_steps(read_events(run.events_file))[STAGE]] == [
        1,
        2,
        3,
        4,
        5,
    ]


class Heard(Tracker):
    """A tracker that can take nothing back, as most can't."""

    def __init__(self, opening: Opening) -> None:
        self.steps: list[int] = []

    def numbers(self, stage: str, step: int, time: float, values: Mapping[str, float]) -> None:
        self.steps.append(step)

    def text(self, name: str, text: str, time: float) -> None: ...

    def flush(self) -> None: ...

    def close(self, *, is_finished: bool) -> None: ...


def test_that_what_is_done_again_is_told_once_to_those_that_take_nothing_back(
    run: RunFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard: list[Heard] = []

    def opened(kind: TrackerKind, opening: Opening) -> Heard:
        heard.append(Heard(opening))
        return heard[-1]

    monkeypatch.setattr(TrackerKind, "open", opened)
    follow(run, "tensorboard", wait=False)
    log = EventLog(run.events_file)
    log.append(StageResumed(stage=STAGE, step=2, num_steps=4))
    for number in (3, 4):
        log.append(step(number, 1.0 / number))
    log.append(step(5, 0.2))
    follow(run, "tensorboard", wait=False)
    assert [each.steps for each in heard] == [[1, 2, 3, 4], [5]]


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        (
            {"mean_average_precision": 0.5, "micro_f1": 0.25, "macro_f1": 0.125},
            {"mean_average_precision": 0.5, "micro_f1": 0.25, "macro_f1": 0.125},
        ),
        (
            {
                "r2": -0.5,
                "mean_absolute_error": 4.0,
                "intervals": {"r2": {"value": -0.5, "low": -1.0, "high": 0.25}},
            },
            {"r2": -0.5, "mean_absolute_error": 4.0, "r2_low": -1.0, "r2_high": 0.25},
        ),
    ],
)
def test_that_results_of_every_task_are_written(
    run: RunFolder, row: dict[str, Any], expected: dict[str, float]
) -> None:
    write_json(run.path / RESULTS, {"arms": {"base": row}})
    log = EventLog(run.events_file)
    metric = next(iter(row))
    log.append(Validated(stage=STAGE, step=4, accuracy=0.5, num_examples=8, metric=metric))
    log.append(RunEnded(outcome=Outcome.FINISHED, text="It helped."))
    folder = follow(run, "tensorboard", wait=False)
    read = tensorboard_reads(folder / "results")
    found = {tag: read.Scalars(tag)[0].value for tag in read.Tags()["scalars"]}
    assert found == {f"base/{name}": value for name, value in expected.items()}
    # Called what it is.
    assert f"validation/{metric}" in tensorboard_reads(folder / STAGE).Tags()["scalars"]


def test_that_a_run_that_is_started_over_is_written_from_its_beginning(tmp_path: Path) -> None:
    run = RunFolder.create(tmp_path / "run", Recipe())
    EventLog(run.events_file).append(step(1, 0.5))
    follow(run, "tensorboard", wait=False)
    run = RunFolder.create(tmp_path / "run", Recipe())
    log = EventLog(run.events_file)
    for number in range(1, 4):
        log.append(step(number, 1.0 / number))
    folder = follow(run, "tensorboard", wait=False)
    assert [number for number, _ in tensorboard_losses(folder)] == [1, 2, 3]


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
    # It can't take anything back, so what is done again, which is the same, is not told again.
    assert [(point.step, point.value) for point in history] == [
        (number, pytest.approx(1.0 / number)) for number in range(1, 5)
    ]
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
