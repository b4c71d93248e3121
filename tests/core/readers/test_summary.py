"""A summary tells what is in a run folder, and never fails."""

import json
import time
from pathlib import Path

import pytest

from core.readers.summary import summarise
from core.run.event_log import EventLog
from core.run.folder import RunState
from tests.gui.pages.library.runs import STAGES, add_pictures, finish, make_run, step_done


@pytest.mark.parametrize(
    "state", [RunState.PAUSED, RunState.STOPPED, RunState.FAILED, RunState.INTERRUPTED]
)
def test_that_an_unfinished_run_tells_its_state_and_share(tmp_path: Path, state: RunState) -> None:
    run = make_run(tmp_path / "run", state, step=50)
    summary = summarise(run.path)
    assert summary.state is state
    # Half of the first of two stages; a step of self-distillation is more work than one of it.
    assert summary.share is not None
    assert 0.05 < summary.share < 0.25
    assert summary.num_bytes > 1000
    assert summary.changed == pytest.approx(time.time(), abs=60)
    assert not summary.error


def test_that_a_new_run_has_done_nothing(tmp_path: Path) -> None:
    summary = summarise(make_run(tmp_path / "run").path)
    assert (summary.state, summary.share, summary.best) == (RunState.NEW, 0.0, None)


def test_that_a_finished_run_tells_its_best_arm_with_its_interval(tmp_path: Path) -> None:
    summary = summarise(finish(make_run(tmp_path / "run", RunState.RUNNING, step=100)).path)
    assert summary.share == 1.0
    assert summary.best is not None
    assert summary.best.arm == "distilled"
    assert (summary.best.value, summary.best.low) == (0.75, 0.65)


def test_that_the_score_of_a_run_is_that_of_the_arm_which_results_begin_with(
    tmp_path: Path,
) -> None:
    run = finish(make_run(tmp_path / "run", RunState.RUNNING, step=100))
    values = json.loads(run.results_file.read_text())
    frozen = json.loads(json.dumps(values["arms"]["base"]))
    chosen = {"arm": "frozen", "chosen_on": "test", "num_examples": 12, "words": "Take it."}
    values |= {"frozen": {"frozen": frozen}, "recommended": chosen}
    run.results_file.write_text(json.dumps(values))
    best = summarise(run.path).best
    assert best is not None
    assert best.arm == "frozen"
    assert best.value == frozen["accuracy"]


def test_that_a_finished_stage_counts_whole(tmp_path: Path) -> None:
    run = make_run(tmp_path / "run", RunState.PAUSED, step=100)
    before = summarise(run.path).share
    (run.stage(STAGES[0])).mkdir(parents=True)
    (run.stage(STAGES[0]) / "summary.json").write_text("{}")
    assert summarise(run.path).share == before


def test_that_steps_done_again_after_a_resume_do_not_count(tmp_path: Path) -> None:
    run = make_run(tmp_path / "run", RunState.PAUSED, step=90)
    EventLog(run.events_file).append(step_done(10, None))
    share = summarise(run.path).share
    assert share is not None
    assert share < 0.1


def test_that_a_running_run_tells_when_it_ends(tmp_path: Path) -> None:
    run = make_run(tmp_path / "run", RunState.RUNNING, step=50, left_s=600.0)
    lock = run.lock()
    try:
        summary = summarise(run.path)
    finally:
        lock.release()
    assert summary.state is RunState.RUNNING
    assert summary.ends_at == pytest.approx(time.time() + 600, abs=60)


def test_that_a_missing_run_says_so(tmp_path: Path) -> None:
    summary = summarise(tmp_path / "gone")
    assert summary.is_missing
    assert "not there any more" in summary.error


@pytest.mark.parametrize("file", ["state.json", "run.json", "recipe.toml"])
def test_that_a_damaged_run_says_which_file(tmp_path: Path, file: str) -> None:
    run = make_run(tmp_path / "run", RunState.PAUSED, step=50)
    (run.path / file).write_text("{ torn")
    summary = summarise(run.path)
    assert file in summary.error
    assert summary.state is None
    assert summary.action


def test_that_a_run_of_a_newer_version_says_so(tmp_path: Path) -> None:
    run = make_run(tmp_path / "run")
    (run.path / "run.json").write_text('{"format": 99}')
    assert "newer" in summarise(run.path).error


def test_that_damaged_results_cost_only_the_score(tmp_path: Path) -> None:
    run = finish(make_run(tmp_path / "run"))
    run.results_file.write_text('{"arms": {"base": {"accuracy": "?"}}}')
    summary = summarise(run.path)
    assert summary.best is None
    assert not summary.error


def test_that_pictures_lie_apart_and_exist(tmp_path: Path) -> None:
    run = make_run(tmp_path / "run")
    add_pictures(run, tmp_path / "images", 8)
    (tmp_path / "images" / "2.png").unlink()
    assert [path.name for path in summarise(run.path).pictures] == ["0.png", "4.png", "6.png"]


def test_that_a_torn_manifest_gives_no_pictures(tmp_path: Path) -> None:
    run = make_run(tmp_path / "run")
    run.manifest_file.write_text('{"roots": ["/x"]}\n["image", "a.png"\n')
    assert summarise(run.path).pictures == ()
