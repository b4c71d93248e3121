"""The race on the train page: who is in, who is out, and why."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from core.recipe import preset_recipe
from core.run.events import RaceMoved, RunStarted, StageDone
from core.run.folder import RunFolder, RunState
from gui.pages.train.page import TrainPage
from gui.state.session import Session
from gui.state.watcher import RunWatcher

STARTED = RunStarted(stages=["01-race"], device="a test", precision="float32", num_processes=1)
MOVED = RaceMoved(
    stage="01-race",
    words="After round 1 of 2, contrastive goes on.",
    rounds=["10 steps", "20 steps"],
    entries=[
        {"name": "frozen", "title": "frozen", "state": "waiting", "why": "", "scores": [0.6]},
        {"name": "a", "title": "contrastive", "state": "in", "why": "best", "scores": [0.7, None]},
        {"name": "b", "title": "<masked>", "state": "out", "why": "it fell", "scores": [0.5]},
    ],
)


@pytest.fixture
def page(
    session: Session, watcher: RunWatcher, qtbot: QtBot, tmp_path: Path
) -> Iterator[TrainPage]:
    """The page with a run that races elsewhere."""
    made = TrainPage(session, watcher)
    qtbot.addWidget(made)
    made.resize(1200, 700)
    made.show()
    run = RunFolder.create(tmp_path / "running", preset_recipe("best"))
    with run.lock():
        run.write_status(RunState.RUNNING, "Training.")
        watcher.watch(run)
        yield made


def test_that_a_race_is_shown_in_lines_and_words_until_there_are_curves(
    page: TrainPage, watcher: RunWatcher
) -> None:
    watcher.events_arrived.emit([STARTED])
    assert page.race.isHidden()
    watcher.events_arrived.emit([MOVED])
    assert not page.race.isHidden()
    assert page.curves.isHidden()
    said = page.race.list.toPlainText()
    # The best first, whatever is in a title.
    assert said.index("2. in, contrastive: best.") < said.index("3. out, <masked>: it fell.")
    assert "contrastive: in, 70.0, none" in page.race.lines.accessibleDescription()
    assert page.race.words.text() == MOVED.words
    page.race.lines.grab()
    watcher.events_arrived.emit([StageDone(stage="01-race", summary={})])
    assert not page.curves.isHidden()
    assert not page.race.isHidden()


def test_that_another_run_shows_no_race(
    page: TrainPage, watcher: RunWatcher, tmp_path: Path
) -> None:
    watcher.events_arrived.emit([STARTED, MOVED])
    other = RunFolder.create(tmp_path / "other", preset_recipe("quick"))
    watcher.watch(other)
    assert page.race.isHidden()
    assert not page.curves.isHidden()
