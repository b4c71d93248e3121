"""Tonight's runs on the Start page: order, keys, what can't be done, a real process."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt, QTime
from pytestqt.qtbot import QtBot

from core.queue.items import RunQueue, Turn
from core.queue.until import local_time, next_time
from core.recipe import Recipe
from core.run.folder import RunFolder, RunState
from gui.pages.library.changes import RunChanges
from gui.pages.library.queue_list import QueueList
from gui.state.session import Session
from gui.state.settings import Settings


@pytest.fixture
def queue(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> RunQueue:
    monkeypatch.setenv("REDISTILL_DATA", str(tmp_path / "data"))
    return RunQueue()


@pytest.fixture
def shown(queue: RunQueue, tmp_path: Path, qtbot: QtBot):
    """Makes the list with three runs in it."""
    for name in ("a", "b", "c"):
        recipe = Recipe.model_validate({"data": {"labeled": str(tmp_path / "nothing")}})
        queue.add(RunFolder.create(tmp_path / name, recipe))
    made = QueueList()
    qtbot.addWidget(made)
    made.resize(800, 400)
    made.show()
    made.on_shown()
    yield made
    made.on_hidden()


def names(queue: RunQueue) -> list[str]:
    return [item.run.name for item in queue.read().items]


def texts(shown: QueueList) -> list[str]:
    return [shown.list.item(at).text() for at in range(shown.list.count())]


def test_that_an_empty_list_takes_no_room(queue: RunQueue, qtbot: QtBot) -> None:
    made = QueueList()
    qtbot.addWidget(made)
    made.refresh()
    assert made.isHidden()


def test_that_runs_are_moved_and_taken_off_by_keys(
    shown: QueueList, queue: RunQueue, qtbot: QtBot
) -> None:
    assert texts(shown) == ["a: waits", "b: waits", "c: waits"]
    told: list[str] = []
    shown.notice.connect(lambda tone, what, action: told.append(what))
    shown.list.setCurrentRow(2)
    qtbot.keyClick(shown.list, Qt.Key.Key_Up, Qt.KeyboardModifier.AltModifier)
    assert names(queue) == ["a", "c", "b"]
    # The run in hand stays in hand.
    qtbot.keyClick(shown.list, Qt.Key.Key_Up, Qt.KeyboardModifier.AltModifier)
    assert names(queue) == ["c", "a", "b"]
    qtbot.keyClick(shown.list, Qt.Key.Key_Down)
    qtbot.keyClick(shown.list, Qt.Key.Key_Delete)
    assert names(queue) == ["c", "b"]
    assert told == ["a is off the list."]
    shown.add(queue.read().items[0].run.with_name("a"))
    assert names(queue) == ["c", "b", "a"]


def test_that_its_order_and_what_was_taken_off_come_back(
    shown: QueueList, queue: RunQueue, tmp_path: Path, qtbot: QtBot
) -> None:
    session = Session(Settings())
    shown.done.connect(RunChanges(session, shown).keep)
    shown.list.setCurrentRow(0)
    shown.down.click()
    assert names(queue) == ["b", "a", "c"]
    shown.off.click()
    assert names(queue) == ["b", "c"]
    queue.ended(queue.read().items[0].number, Turn.FAILED, "There is no room.")
    shown.refresh()
    before = queue.read().items
    shown.clear.click()
    assert names(queue) == ["c"]
    words = []
    while session.undo.canUndo():
        words.append(session.undo.undoText())
        session.undo.undo()
        qtbot.wait(1)
    assert words == ["Clear what is done", "Take a off the list", "Move a"]
    assert names(queue) == ["a", "b", "c"]
    # With its outcome, and its number.
    assert before[0] in queue.read().items
    session.undo.redo()
    qtbot.waitUntil(lambda: names(queue) == ["b", "a", "c"])
    assert texts(shown)[1] == "a: waits"


def test_that_it_follows_what_others_do(shown: QueueList, queue: RunQueue) -> None:
    first, second, _ = queue.read().items
    queue.ended(first.number, Turn.FAILED, "There is no room.")
    RunFolder.open(second.run).write_status(RunState.RUNNING, "Training.")
    with RunFolder.open(second.run).lock(), queue.working():
        shown.refresh()
        assert texts(shown) == ["a: failed. There is no room.", "b: is training", "c: waits"]
        assert shown.pause.isVisible()
        assert not shown.begin.isVisible()
        assert shown.words.text().startswith("One after the other, 1 still to come.")
        shown.stops.setChecked(True)
        shown.until.setTime(QTime(6, 15))
        shown.until.editingFinished.emit()
        assert "T06:15:00" in queue.read().until
        assert "Until 06:15 t" in shown.words.text()
        shown.list.setCurrentRow(1)
        assert not shown.off.isEnabled()
        shown.pause.click()
        assert queue.read().is_paused
    shown.clear.click()
    assert names(queue) == ["b", "c"]


def test_that_a_time_to_stop_from_a_terminal_stays(shown: QueueList, queue: RunQueue) -> None:
    with queue.working():
        moment = next_time("07:15", local_time())
        assert moment is not None
        queue.stop_at(moment.isoformat())
        shown.refresh()
        assert shown.stops.isChecked()
        assert shown.until.time() == QTime(7, 15)
        # Qt says so of a field that is left as it was.
        shown.until.editingFinished.emit()
        assert queue.read().until == moment.isoformat()
        shown.stops.click()
        assert queue.read().until == ""
        shown.refresh()
        assert not shown.stops.isChecked()


def test_that_a_list_that_can_t_be_read_is_said_once(shown: QueueList, queue: RunQueue) -> None:
    told: list[str] = []
    shown.notice.connect(lambda tone, what, action: told.append(what))
    queue.file.write_text("no list")
    shown.refresh()
    shown.refresh()
    assert len(told) == 1
    assert "can't be read" in told[0]
    assert shown.isHidden()


@pytest.mark.slow
def test_that_a_process_works_on_it_until_all_is_done(
    shown: QueueList, queue: RunQueue, qtbot: QtBot
) -> None:
    queue.remove(["b", "c"])
    shown.begin.click()
    assert shown.words.text() == "Beginning …"
    assert not shown.begin.isEnabled()
    # Its data are not there: it fails soon, and the process ends.
    qtbot.waitUntil(lambda: texts(shown)[0].startswith("a: failed"), timeout=120_000)
    qtbot.waitUntil(lambda: not queue.is_worked_on(), timeout=20_000)
