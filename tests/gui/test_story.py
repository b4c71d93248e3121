"""The whole story on real images: drop a folder, choose, plan, train, believe, take away."""

from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from core.run.events import StepDone
from core.run.folder import RunFolder, RunState
from gui.frame.window import MainWindow
from gui.pages.page import Step
from gui.state.watcher import RunWatcher
from tests.helpers.trainers import Trainer, events_of
from tests.helpers.worlds import World, new_run, tiny_recipe

pytestmark = pytest.mark.usefixtures("warm")

PATIENCE_MS = 120_000


def drop(target: QWidget, *paths: Path) -> None:
    """Drop files on a widget, with the events that Qt sends."""
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    place = target.rect().center()
    button, key = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    entered = QDragEnterEvent(place, Qt.DropAction.CopyAction, data, button, key)
    QApplication.sendEvent(target, entered)
    assert entered.isAccepted()
    dropped = QDropEvent(QPointF(place), Qt.DropAction.CopyAction, data, button, key)
    QApplication.sendEvent(target, dropped)


def use_primary(window: MainWindow, qtbot: QtBot, key: str) -> None:
    """Wait for the primary button, use it, and be on the next page."""
    qtbot.waitUntil(window.primary.isEnabled, timeout=PATIENCE_MS)
    qtbot.mouseClick(window.primary, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: window.shown.key == key, timeout=5000)


def is_in(watcher: RunWatcher, state: RunState) -> bool:
    """Whether the watched run is in a state, and no trainer about to start."""
    return watcher.status is not None and watcher.status.state is state and not watcher.is_starting


@pytest.fixture
def planned(window: MainWindow, world: World, qtbot: QtBot, monkeypatch) -> MainWindow:
    """A window with dropped data and a tiny plan, on the Plan page."""
    monkeypatch.setenv("REDISTILL_CACHE", str(world.cache))
    window.new_run()
    page = window.page("data")
    drop(page, world.unlabeled, world.labeled)
    qtbot.waitUntil(lambda: window.session.findings is not None, timeout=PATIENCE_MS)
    recipe = tiny_recipe(world, distill__rounds=1)
    window.session.replace("Tiny", recipe.model_copy(update={"data": window.session.draft.data}))
    use_primary(window, qtbot, "model")
    use_primary(window, qtbot, "plan")
    qtbot.waitUntil(lambda: window.rail.step_of("plan") is not Step.BUSY, timeout=PATIENCE_MS)
    # Another seed may split the data otherwise: they are scanned once more.
    qtbot.waitUntil(lambda: window.session.findings is not None, timeout=PATIENCE_MS)
    return window


def test_that_a_dropped_folder_becomes_an_exported_model(
    planned: MainWindow, world: World, qtbot: QtBot
) -> None:
    window = planned
    data = window.session.draft.data
    assert data.unlabeled == (str(world.unlabeled),)
    assert data.labeled == str(world.labeled)
    assert window.session.findings is not None
    assert "train" in window.session.findings.summary["notes"][0]
    use_primary(window, qtbot, "train")
    run = window.session.run
    assert run is not None
    assert run.path.parent == window.settings.runs_folder
    qtbot.waitUntil(lambda: window.rail.step_of("train") is Step.BUSY)
    qtbot.waitUntil(lambda: is_in(window.watcher, RunState.FINISHED), timeout=PATIENCE_MS)
    qtbot.waitUntil(lambda: window.rail.step_of("train") is Step.DONE)
    use_primary(window, qtbot, "results")
    use_primary(window, qtbot, "export")
    window.page("export").formats.others.click()
    card = window.page("export").cards["timm"]
    # Laid out when the event loop comes to it.
    qtbot.waitUntil(lambda: card.export.height() > 0)
    qtbot.mouseClick(card.export, Qt.MouseButton.LeftButton)
    folder = run.exports / "timm"
    qtbot.waitUntil((folder / "parity.json").exists, timeout=PATIENCE_MS)
    qtbot.waitUntil(lambda: window.rail.step_of("export") is Step.DONE, timeout=PATIENCE_MS)
    assert (folder / "model.safetensors").is_file()
    assert "Checked on 12 images: the same class on 12 of them" in card.outcome.text()
    assert len(list(world.unlabeled.iterdir())) == 24


@pytest.mark.slow
def test_that_a_run_outlives_its_window_and_a_kill(
    window: MainWindow, world: World, qtbot: QtBot, monkeypatch
) -> None:
    monkeypatch.setenv("REDISTILL_CACHE", str(world.cache))
    run = new_run(world, window.settings.runs_folder / "long", pretrain__steps=100_000)
    assert window.open_run(run.path)
    watcher = window.watcher
    watcher.start()
    qtbot.waitUntil(lambda: bool(events_of(run, StepDone)), timeout=PATIENCE_MS)
    monkeypatch.setattr("gui.widgets.dialogs.ask_on_close", lambda *_: "cancel")
    assert not window.close()
    monkeypatch.setattr("gui.widgets.dialogs.ask_on_close", lambda *_: "keep")
    assert window.close()
    assert RunFolder.open(run.path).status().state is RunState.RUNNING
    # The next start of the application finds it.
    again = MainWindow(window.settings)
    qtbot.addWidget(again)
    again.show()
    assert again.open_run(run.path)
    qtbot.waitUntil(lambda: is_in(again.watcher, RunState.RUNNING), timeout=5000)
    again.watcher.pause()
    qtbot.waitUntil(lambda: is_in(again.watcher, RunState.PAUSED), timeout=PATIENCE_MS)
    # From elsewhere, which is faster; that the window does it is shown in state/test_watcher.py.
    trainer = Trainer(run, world.cache)
    qtbot.waitUntil(lambda: is_in(again.watcher, RunState.RUNNING), timeout=PATIENCE_MS)
    assert RunFolder.open(run.path).status().pid == trainer.pid
    trainer.kill()
    qtbot.waitUntil(lambda: is_in(again.watcher, RunState.INTERRUPTED), timeout=PATIENCE_MS)
    qtbot.waitUntil(lambda: again.rail.step_of("train") is Step.ATTENTION)
    assert again.primary.isEnabled()
    assert again.primary.text() == "&Continue training"
    assert watcher.run is None
