"""Runs of every released version: they open, are used and go on, and nothing in them changes."""

import json
from pathlib import Path

import pytest

from core.errors import RunError
from core.readers.judgement import Judgement
from core.readers.outcome import read_outcome
from core.readers.summary import summarise
from core.report.report import write_report
from core.run.events import RunStarted, StageResumed
from core.run.folder import RunFolder, RunState
from core.version import __version__
from tests.fixtures.make_runs import PAUSED_AT, PAUSED_IN, RUNS, settle
from tests.helpers.faces import export, predict
from tests.helpers.trainers import events_of, finished, losses_of, start_fork_server

VERSIONS = sorted(folder.name for folder in RUNS.iterdir())


@pytest.fixture(params=VERSIONS)
def old(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A folder with a finished and a paused run, and their pictures."""
    start_fork_server()
    settle(request.param, tmp_path / "old")
    return tmp_path / "old"


def contents(folder: Path) -> dict[str, bytes]:
    files = (file for file in folder.rglob("*") if file.is_file() and file.suffix != ".lock")
    return {file.relative_to(folder).as_posix(): file.read_bytes() for file in files}


def test_that_there_are_runs_of_this_version() -> None:
    # Missing after the version was raised: `python -m tests.fixtures.make_runs`.
    assert __version__ in VERSIONS


def test_that_a_finished_run_opens_and_is_used_and_nothing_in_it_changes(
    old: Path, tmp_path: Path
) -> None:
    run = RunFolder.open(old / "finished")
    before = contents(run.path)
    summary = summarise(run.path)
    assert (summary.state, summary.error) == (RunState.FINISHED, "")
    outcome = read_outcome(run)
    assert {arm.name for arm in outcome.arms} == {"base", "distilled"}
    # As it was written: then, one training each was judged.
    assert outcome.verdict.startswith("No gain here: ")
    assert outcome.judgement is Judgement.NO_GAIN
    write_report([run.path], tmp_path / "report.html")
    report = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert "distilled" in report
    assert "a bootstrap over the test images" in report
    picture = next((old / "labeled" / "test").rglob("*.png"))
    (answer,) = predict(run, [picture])
    assert sum(share for _, share in answer.probabilities) == pytest.approx(1)
    made = export(run, "timm", out=tmp_path / "timm")
    assert made.folder.is_dir()
    assert contents(run.path) == before


def test_that_a_paused_run_goes_on_to_where_the_other_came_undisturbed(old: Path) -> None:
    run = RunFolder.open(old / "paused")
    assert run.status().state is RunState.PAUSED
    planned = events_of(run, RunStarted)[0].stages
    finished(run, old / "cache")
    assert run.status().state is RunState.FINISHED
    resumed = events_of(run, StageResumed)[-1]
    assert (resumed.stage, resumed.step) == (PAUSED_IN, PAUSED_AT)
    # Names of stages are part of the format: under others, everything would be trained again.
    assert [start.stages for start in events_of(run, RunStarted)] == [planned, planned]
    # Another processor and other libraries compute a little differently.
    undisturbed = losses_of(RunFolder.open(old / "finished"))
    for stage, steps in losses_of(run).items():
        for step, losses in steps.items():
            assert losses == pytest.approx(undisturbed[stage][step], rel=0.01)
    assert run.read_json("run.json")["redistill"] == __version__


def test_that_a_checkpoint_with_other_parameter_groups_is_refused_in_words(old: Path) -> None:
    run = RunFolder.open(old / "paused")
    for record in run.stage(PAUSED_IN).glob("checkpoint-*.json"):
        values = json.loads(record.read_text(encoding="utf-8"))
        record.write_text(json.dumps({**values, "groups": "of another age", "version": "0.0.9"}))
    with pytest.raises(AssertionError, match=r"0\.0\.9.*grouped them in another way"):
        finished(run, old / "cache")
    assert run.status().error_id == "checkpoint-other-groups"


@pytest.mark.parametrize("name", ["finished", "paused"])
def test_that_a_downgrade_is_refused_in_words_and_changes_nothing(old: Path, name: str) -> None:
    path = old / name
    values = json.loads((path / "run.json").read_text(encoding="utf-8"))
    (path / "run.json").write_text(json.dumps({**values, "format": 99, "redistill": "9.0.0"}))
    before = contents(path)
    with pytest.raises(RunError) as caught:
        RunFolder.open(path)
    assert "newer Redistill (9.0.0" in str(caught.value)
    with pytest.raises(AssertionError, match=r"newer Redistill \(9\.0\.0"):
        finished(RunFolder(path), old / "cache")
    assert summarise(path).error == caught.value.what
    kept = {name: data for name, data in contents(path).items() if name != "test-output.txt"}
    assert kept == before
