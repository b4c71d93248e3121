"""Where a run is, in words: the same everywhere, and between the steps too."""

from pathlib import Path

from pytestqt.qtbot import QtBot

from core.readers.summary import summarise
from core.run.events import RunStarted, StageDone, Working
from core.run.folder import RunState, Status
from gui.running.head import Head
from tests.gui.pages.library.runs import STAGES, make_run, step_done

STARTED = RunStarted(stages=STAGES, device="CPU", precision="float32", num_processes=1)


def test_that_the_list_of_runs_and_the_page_of_one_say_the_same(
    tmp_path: Path, qtbot: QtBot
) -> None:
    run = make_run(tmp_path / "run", RunState.PAUSED, step=40)
    # Copied from another run: no event tells of it.
    run.stage(STAGES[0]).mkdir(parents=True, exist_ok=True)
    (run.stage(STAGES[0]) / "summary.json").write_text("{}")
    listed = summarise(run.path).share
    assert listed is not None
    head = Head()
    qtbot.addWidget(head)
    head._run = run
    head.take([STARTED, step_done(40, None)])
    assert f"Run: {100 * listed:.0f} %, stage 2 of 2" in head.run_words.whole


def test_that_what_is_done_between_the_steps_is_said(qtbot: QtBot) -> None:
    head = Head()
    qtbot.addWidget(head)
    head._status = Status(RunState.RUNNING)
    head.take([STARTED, step_done(100, 0.0)])
    assert head.stage_words.whole == "Further pre-training: all 100 steps done, saving …"
    head.take([Working(stage=STAGES[0], what="probing the encoder")])
    assert head.stage_words.whole == "Further pre-training: probing the encoder …"
    assert head.stage_bar.maximum() == 0
    head.take([StageDone(stage=STAGES[0], summary={})])
    assert head.stage_words.whole == "Getting ready for the next stage …"
    head.take([Working(stage="results", what="writing the results")])
    assert head.stage_words.whole == "Writing the results …"
    assert " left)" not in head.run_words.whole
