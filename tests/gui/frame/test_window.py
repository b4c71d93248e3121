"""The frame: opening runs that can't be opened, closing, crashes, settings that are damaged."""

import json
import sys
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from core.recipe import Recipe
from core.run.folder import RunFolder, RunState
from gui.frame.window import MainWindow
from gui.program.crash import CrashDialog, catch_everything
from gui.state.settings import Settings
from gui.theme import Look, theme


@pytest.mark.parametrize(
    ("harm", "words"),
    [
        ("missing", "run"),
        ("recipe", "recipe.toml"),
        ("newer", "newer"),
        ("state", "state.json"),
    ],
)
def test_that_a_run_that_can_not_be_opened_is_said(
    window: MainWindow, tmp_path: Path, harm: str, words: str
) -> None:
    run = RunFolder.create(tmp_path / "run", Recipe())
    if harm == "missing":
        run.recipe_file.unlink()
    elif harm == "recipe":
        run.recipe_file.write_bytes(b"\xff\xfe broken [")
    elif harm == "newer":
        values = json.loads((run.path / "run.json").read_text())
        (run.path / "run.json").write_text(json.dumps({**values, "format": 99}))
    else:
        (run.path / "state.json").write_text("[]")
    assert not window.open_run(run.path)
    told = " ".join(window.notices.texts())
    assert words in told
    assert "Traceback" not in told
    assert window.session.run is None
    window.new_run()
    assert window.shown.key == "data"


@pytest.mark.parametrize(
    ("state", "error_id", "text"),
    [
        (RunState.FAILED, "memory-spent", "Memory ran out. Close other programs."),
        (RunState.PAUSED, "disk-full", "The disk is full. Free some space, then go on."),
        (RunState.FAILED, "trainer-died", "The trainer ended unexpectedly (signal SIGSEGV)."),
    ],
)
def test_that_what_ended_a_run_is_on_its_page(
    window: MainWindow, tmp_path: Path, qtbot: QtBot, state: RunState, error_id: str, text: str
) -> None:
    run = RunFolder.create(tmp_path / "run", Recipe())
    run.write_status(state, text, error_id)
    assert window.open_run(run.path)
    head = window.page("train").head
    assert head.problem.text() == text
    assert head.problem.isVisible()
    qtbot.waitUntil(lambda: window.primary.text() == "&Continue training")
    assert window.primary.isEnabled()


def test_that_a_damaged_log_does_not_matter(window: MainWindow, tmp_path: Path) -> None:
    run = RunFolder.create(tmp_path / "run", Recipe())
    run.events_file.write_bytes(b"\x00\xff{broken\n" * 100 + b'{"kind": "step_done"')
    assert window.open_run(run.path)
    assert window.shown.key == "train"


def test_that_place_size_and_look_are_kept(settings: Settings, qtbot: QtBot) -> None:
    first = MainWindow(settings)
    qtbot.addWidget(first)
    settings.look = Look.DARK
    first.show()
    first.resize(first.width(), first.height() - 40)
    size = first.size()
    first.close()
    again = MainWindow(Settings(settings.file))
    qtbot.addWidget(again)
    # The offscreen platform's screen is narrower than the window may be.
    assert again.height() == size.height()
    assert theme().look is Look.DARK
    settings.look = Look.SYSTEM
    theme().apply(Look.SYSTEM)


def test_that_damaged_settings_are_said(tmp_path: Path, qtbot: QtBot) -> None:
    file = tmp_path / "window.ini"
    file.write_bytes(b"\x00\x01")
    window = MainWindow(Settings(file))
    qtbot.addWidget(window)
    qtbot.waitUntil(lambda: any("settings file was damaged" in t for t in window.notices.texts()))


def test_that_a_bug_shows_words_and_details_and_the_window_goes_on(
    window: MainWindow, qtbot: QtBot, monkeypatch
) -> None:
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)
    catch_everything(window)
    try:
        raise KeyError("nobody foresaw this")
    except KeyError as error:
        sys.excepthook(type(error), error, error.__traceback__)
    qtbot.waitUntil(lambda: window.findChild(CrashDialog) is not None)
    dialog = window.findChild(CrashDialog)
    assert isinstance(dialog, CrashDialog)
    assert "nobody foresaw this" in dialog.details.toPlainText()
    dialog.close()
    window.new_run()
    assert window.shown.key == "data"


def test_that_the_smallest_screen_shows_every_page_without_cutting(
    window: MainWindow, qtbot: QtBot
) -> None:
    window.resize(1280, 720)
    for key in ("library", "data", "model", "plan"):
        window.show_page(key)
        qtbot.waitUntil(lambda: window.width() == 1280 and window.height() == 720)
        assert window.minimumSizeHint().width() <= 1280
        assert window.minimumSizeHint().height() <= 720


def test_that_messages_and_low_screens_push_no_button_away(
    window: MainWindow, qtbot: QtBot
) -> None:
    # 1920x1080 at 200 % has 540 lines, some of them the frame's.
    window.resize(960, 500)
    for number in range(3):
        window.tell("bad", f"Something long went wrong, time {number}. " * 8, "Do this. " * 12)
    for key in ("library", "data", "model", "plan", "compare"):
        window.show_page(key)
        qtbot.waitUntil(lambda: window.size().toTuple() == (960, 500))
        assert window.minimumSizeHint().height() <= 500, key
        foot = window.footer.mapTo(window, window.footer.rect().bottomLeft()).y()
        assert foot <= window.height()
    assert window.notices.height() < 200
    window.notices.clear()
    assert window.notices.height() == 0


def test_that_messages_about_what_was_changed_since_go(
    window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    window.tell("bad", "There is no image in a.", "Choose another folder.")
    window.session.change("x", pretrain={"steps": 31})
    # Told in the same breath: it may be what came of the change.
    assert window.notices.texts()
    monkeypatch.setattr("gui.widgets.notices._STALE_S", 0.0)
    window.session.change("y", pretrain={"steps": 32})
    assert not window.notices.texts()
    window.session.change("z", pretrain={"steps": "banana"})
    assert "banana" in window.notices.texts()[0]
