"""Curves as arrays: what counts, what is done again, and a million points."""

import json
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from core.readers.history import History
from core.run.event_json import to_json
from core.run.event_log import EventTail, read_events, valid_steps
from core.run.events import Outcome, ProbeDone, RunEnded, StageResumed, StageStarted, StepDone
from core.run.folder import RunFolder
from core.system import process_names
from gui.pages.train.series import PLOTS, CurveReader


def step(stage: str, number: int, num_steps: int = 100, **losses: float) -> StepDone:
    """A report of one step."""
    return StepDone(
        stage=stage,
        step=number,
        num_steps=num_steps,
        losses=losses or {"loss": 1 / number, "masked": 1 / number},
        lr=1e-4,
        images_per_s=50.0,
        stage_left_s=None,
        run_left_s=None,
        memory_gib=1.0,
    )


def test_that_steps_done_again_replace_what_was_there() -> None:
    history = History()
    history.extend([StageStarted(stage="a", num_steps=100)])
    history.extend(step("a", number) for number in range(1, 51))
    probe = ProbeDone(
        stage="a", step=40, knn=0.5, linear=0.6, is_best=True, distance_from_initial=1.0
    )
    history.extend([probe, StageResumed(stage="a", step=30, num_steps=100)])
    history.extend([step("a", 31, loss=9.0, masked=9.0)])
    stage = history.stages["a"]
    assert stage.steps.steps.tolist() == list(range(1, 32))
    assert stage.steps.column("masked")[-1] == 9.0
    assert np.isnan(stage.steps.column("distill")).all()
    # The same under the name that all objectives share.
    assert stage.steps.column("objective")[-1] == 9.0
    assert len(stage.probes) == 0


def test_that_a_history_is_what_the_log_says(undisturbed: RunFolder, tmp_path: Path) -> None:
    history = History()
    history.extend(read_events(undisturbed.events_file))
    wanted = valid_steps(read_events(undisturbed.events_file))
    assert list(history.stages) == list(wanted)
    for name, steps in wanted.items():
        table = history.stages[name].steps
        assert table.steps.tolist() == [event.step for event in steps]
        assert table.column("loss").tolist() == [event.losses["loss"] for event in steps]
    history.save(tmp_path / "h.npz")
    again = History.load(tmp_path / "h.npz")
    assert list(again.stages) == list(history.stages)
    for name, stage in again.stages.items():
        assert np.array_equal(stage.steps.rows, history.stages[name].steps.rows, equal_nan=True)
    again.extend([step("99-later", 1)])
    assert len(again) == len(history) + 1


def test_that_what_a_run_took_is_known_when_all_of_it_is_read() -> None:
    history = History()
    history.extend([StageStarted(stage="a", num_steps=100, time=10.0)])
    history.extend([RunEnded(outcome=Outcome.PAUSED, text="", time=70.0)])
    assert (history.spent_s, history.took_s) == (60.0, 0.0)
    history.extend([RunEnded(outcome=Outcome.FINISHED, text="", time=100.0)])
    assert history.took_s == 90.0


def test_that_the_helper_reads_a_torn_log_and_says_where_it_ends(
    undisturbed: RunFolder, tmp_path: Path
) -> None:
    run = tmp_path / "run"
    run.mkdir()
    whole = undisturbed.events_file.read_bytes()
    (run / "events.jsonl").write_bytes(b"\x00garbage\n" + whole + b'{"kind": "step_do')
    arguments = [sys.executable, "-m", process_names.HISTORY, str(run), str(tmp_path / "h.npz")]
    with subprocess.Popen(arguments, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as helper:
        assert helper.stdout is not None
        # Its input stays open until it has ended: else it would stop half-way.
        last = json.loads(helper.stdout.readlines()[-1])
    assert last["kind"] == "done"
    tail = EventTail(run / "events.jsonl", last["offset"])
    assert tail.read() == []
    history = History.load(tmp_path / "h.npz")
    assert len(history) == len([line for line in whole.splitlines() if b'"step_done"' in line])


def test_that_few_points_are_drawn_of_many_and_no_spike_is_lost() -> None:
    history = History()
    history.extend([StageStarted(stage="01-further-pretrain", num_steps=200_000)])
    values = np.linspace(1, 0.5, 200_000)
    values[123_456] = 7.0
    table = history.stages["01-further-pretrain"].steps
    for number, value in enumerate(values.tolist(), 1):
        table.append(number, {"objective": value})
    reader = CurveReader(PLOTS[0].curves[0])
    x, y = reader.points(history, 0, 200_000)
    assert len(x) < 5_000
    assert np.nanmax(y) == 7.0
    assert x[np.nanargmax(y)] == 123_457
    near_x, near_y = reader.points(history, 123_400, 123_500)
    assert len(near_x) < 120
    assert np.nanmax(near_y) == 7.0


@pytest.mark.slow
def test_that_a_million_events_are_read_loaded_and_drawn_in_time(tmp_path: Path) -> None:
    run = tmp_path / "run"
    run.mkdir()
    with (run / "events.jsonl").open("w") as out:
        out.write(to_json(StageStarted(stage="01-further-pretrain", num_steps=1_000_000)) + "\n")
        line = to_json(step("01-further-pretrain", 1, 1_000_000))
        out.writelines(
            line.replace('"step": 1,', f'"step": {number},') + "\n"
            for number in range(1, 1_000_001)
        )
    process = subprocess.Popen(
        [sys.executable, "-m", process_names.HISTORY, str(run), str(tmp_path / "h.npz")],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
    )
    assert process.wait(300) == 0
    assert process.stdin is not None
    process.stdin.close()
    history = History.load(tmp_path / "h.npz")
    assert len(history) == 1_000_000
    reader = CurveReader(PLOTS[0].curves[0])
    reader.points(history, 0, 1_000_000)
    start = time.perf_counter()
    reader.points(history, 0, 1_000_000)
    assert time.perf_counter() - start < 0.1
