"""From the first start to an export by keyboard alone: nothing is clicked, dropped or focused.

What Tab goes to, Enter and Space press, Alt with a letter, and what is typed into dialogs. Only the
plan is not a newcomer's: a few steps with a tiny model.
"""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QAbstractButton, QApplication, QFileDialog, QMessageBox, QWidget
from pytestqt.qtbot import QtBot

from core.run.folder import RunState
from gui.frame.window import MainWindow
from tests.gui.test_accessible import spoken_name
from tests.gui.test_story import PATIENCE_MS, is_in
from tests.helpers.worlds import World, in_both_worlds, tiny_recipe

pytestmark = [pytest.mark.usefixtures("warm"), pytest.mark.slow, pytest.mark.timeout(600)]
# Said offscreen of dialogs and of what a field proposes.
_quiet = pytest.mark.qt_log_ignore("This plugin does not support")

_NO_KEY = Qt.KeyboardModifier.NoModifier
_ALT = Qt.KeyboardModifier.AltModifier
# A page has fewer controls.
_MOST_TABS = 150
# At a dialog that should be gone, every 50 ms.
_MOST_LOOKS = 200


class Hands:
    """Two hands on a keyboard, in front of a window."""

    def __init__(self, window: MainWindow, qtbot: QtBot) -> None:
        self._window, self._qtbot = window, qtbot
        self._come_back()

    def press(self, key: Qt.Key, modifier: Qt.KeyboardModifier = _NO_KEY) -> None:
        """Press a key wherever the keyboard is."""
        self._qtbot.keyClick(self._at() or self._window, key, modifier)

    def go_to(self, name: str) -> QWidget:
        """Tab until a control of this name has the keyboard."""
        passed = []
        for _tab in range(_MOST_TABS):
            now = self._at()
            if now is not None and _name(now) == name:
                return now
            passed.append(_name(now) if now is not None else "")
            self.press(Qt.Key.Key_Tab)
        raise AssertionError(f"Tab does not come to “{name}”, but to {list(dict.fromkeys(passed))}")

    def choose(self, name: str) -> None:
        """Go to a control and press it."""
        self.go_to(name)
        self.press(Qt.Key.Key_Space)

    def browse(self, zone: str, folder: Path) -> None:
        """Press Enter on a zone, and type a folder into the dialog that comes."""
        self.go_to(zone)
        with self._waiting_for(QFileDialog, lambda: self._type(f"{folder}")):
            self.press(Qt.Key.Key_Return)
        self._come_back()

    def answer(self, letter: str, ask: Callable[[], None]) -> None:
        """Do what asks a question, and answer it with Alt and a letter."""
        key = getattr(Qt.Key, f"Key_{letter}")
        with self._waiting_for(QMessageBox, lambda: self.press(key, _ALT)):
            ask()
        self._come_back()

    def go_on(self, key: str) -> None:
        """Press the letter of the button at the lower right as soon as that can be used."""
        window, qtbot = self._window, self._qtbot
        qtbot.waitUntil(window.primary.isEnabled, timeout=PATIENCE_MS)
        letter = re.search("&([A-Za-z])", window.primary.text())
        assert letter is not None, f"“{window.primary.text()}” on {window.shown.key} has no letter"
        self.press(getattr(Qt.Key, f"Key_{letter[1].upper()}"), _ALT)
        qtbot.waitUntil(lambda: window.shown.key == key, timeout=5_000)

    def _come_back(self) -> None:
        """As a window manager does after a dialog; the offscreen platform has none."""
        self._window.activateWindow()
        self._qtbot.waitUntil(lambda: QApplication.activeWindow() is self._window, timeout=5_000)

    def _type(self, text: str) -> None:
        field = self._at()
        assert field is not None
        self._qtbot.keyClicks(field, text)
        # What the field has proposed meanwhile covers the dialog.
        if (popup := QApplication.activePopupWidget()) is not None:
            self._qtbot.keyClick(popup, Qt.Key.Key_Escape)
        self._qtbot.keyClick(field, Qt.Key.Key_Return)

    def _at(self) -> QWidget | None:
        found = QApplication.focusWidget()
        return found if found is not None and found.isVisible() else None

    def _waiting_for(self, kind: type[QWidget], act: Callable[[], None]) -> "_Answering":
        return _Answering(kind, act)


class _Answering:
    """Acts in a dialog once that is there: the key that brings it returns only after its end."""

    def __init__(self, kind: type[QWidget], act: Callable[[], None]) -> None:
        self._kind, self._act = kind, act
        self._problem: Exception | None = None
        self._done = False
        self._looks = 0
        self._timer = QTimer(interval=50)
        self._timer.timeout.connect(self._look)

    def __enter__(self) -> None:
        self._timer.start()

    def __exit__(self, *failed: object) -> None:
        self._timer.stop()
        if self._problem is not None:
            raise self._problem
        assert self._done, "nothing was asked"

    def _look(self) -> None:
        dialog = QApplication.activeModalWidget()
        at = QApplication.focusWidget()
        # It is there before the keyboard is.
        if not isinstance(dialog, self._kind) or at is None or not dialog.isAncestorOf(at):
            return
        self._looks += 1
        try:
            if not self._done:
                self._done = True
                self._act()
            elif self._looks > _MOST_LOOKS:
                raise TimeoutError("the dialog stays")
        except Exception as error:  # noqa: BLE001  (the dialog would stay for ever)
            self._problem = error
            dialog.close()


def _name(widget: QWidget) -> str:
    """Of a button what stands on it; else what a screen reader calls it."""
    text = widget.text() if isinstance(widget, QAbstractButton) else ""
    return (spoken_name(widget) or text).replace("&", "")


@pytest.fixture
def hands(window: MainWindow, world: World, qtbot: QtBot, monkeypatch) -> Iterator[Hands]:
    monkeypatch.setenv("REDISTILL_CACHE", str(world.cache))
    yield Hands(window, qtbot)
    window.page("library").sample.shut_down()


@_quiet
@in_both_worlds
def test_that_a_model_is_trained_and_exported_by_keyboard_alone(
    hands: Hands, window: MainWindow, world: World, qtbot: QtBot
) -> None:
    nouns = {"images": "images", "text": "texts"}[world.kind]
    assert window.shown.key == "library"
    hands.choose(f"My {nouns}")
    qtbot.waitUntil(lambda: window.shown.key == "data", timeout=5_000)
    hands.browse(f"Unlabeled {nouns}", world.unlabeled)
    qtbot.waitUntil(lambda: window.session.findings is not None, timeout=PATIENCE_MS)
    hands.browse(f"Labeled {nouns}", world.labeled)
    qtbot.waitUntil(lambda: window.session.draft.data.labeled is not None, timeout=PATIENCE_MS)
    qtbot.waitUntil(lambda: window.session.findings is not None, timeout=PATIENCE_MS)
    hands.go_on("model")
    recipe = tiny_recipe(world, distill__rounds=1)
    window.session.replace("Tiny", recipe.model_copy(update={"data": window.session.draft.data}))
    qtbot.waitUntil(lambda: window.session.findings is not None, timeout=PATIENCE_MS)
    hands.go_on("plan")
    hands.go_on("train")
    qtbot.waitUntil(lambda: is_in(window.watcher, RunState.FINISHED), timeout=PATIENCE_MS)
    hands.go_on("results")
    hands.go_on("export")
    page = window.page("export")
    hands.choose(spoken_name(page.cards[page.formats.whom.format].export))
    run = window.session.run
    assert run is not None
    qtbot.waitUntil(lambda: any(run.exports.glob("*/parity.json")), timeout=2 * PATIENCE_MS)


@_quiet
def test_that_the_sample_is_begun_and_paused_by_keyboard_alone(
    hands: Hands, window: MainWindow, qtbot: QtBot
) -> None:
    """Its training takes minutes; what follows it is the same as of any run."""
    hands.go_to("Show me the sample")
    hands.answer("D", lambda: hands.press(Qt.Key.Key_Space))
    qtbot.waitUntil(lambda: window.shown.key == "train", timeout=PATIENCE_MS)
    qtbot.waitUntil(lambda: is_in(window.watcher, RunState.RUNNING), timeout=PATIENCE_MS)
    hands.choose("Pause")
    qtbot.waitUntil(lambda: is_in(window.watcher, RunState.PAUSED), timeout=PATIENCE_MS)
