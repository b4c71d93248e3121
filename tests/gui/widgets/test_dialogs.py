"""Questions that can't wait: what they say stays true while nobody answers."""

from pathlib import Path

import pytest
from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QApplication, QFileDialog, QMessageBox, QWidget
from pytestqt.qtbot import QtBot

from gui.widgets import dialogs
from gui.widgets.dialogs import ask_on_close


class _Run(QObject):
    changed = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.is_training = True

    def end(self) -> None:
        self.is_training = False
        self.changed.emit(None)


def test_that_the_question_on_closing_says_so_when_the_run_has_ended(qtbot: QtBot) -> None:
    window, run = QWidget(), _Run()
    qtbot.addWidget(window)
    said: list[str] = []

    def look() -> None:
        box = QApplication.activeModalWidget()
        assert isinstance(box, QMessageBox)
        said.append(box.text())
        run.end()
        said.append(box.text())
        shown = [each for each in box.buttons() if not each.isHidden()]
        said.extend(each.text() for each in shown)
        next(each for each in shown if "lose" in each.text()).click()

    QTimer.singleShot(0, window, look)
    answer = ask_on_close(window, lambda: run.is_training, run.changed)
    assert answer == "keep"
    assert said == [
        "A run is training.",
        "The run does not train any more.",
        "C&lose",
        "&Cancel",
    ]
    run.changed.emit(None)  # it listens no more


def test_that_a_first_choice_begins_at_home_and_not_where_the_program_lies(
    monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    parent = QWidget()
    qtbot.addWidget(parent)
    begun: list[str] = []
    for name in ("getExistingDirectory", "getOpenFileName"):
        answer = "" if name == "getExistingDirectory" else ("", "")
        monkeypatch.setattr(
            QFileDialog,
            name,
            lambda *given, answer=answer: begun.append(given[2]) or answer,
        )
    assert dialogs.choose_folder(parent, "A folder") is None
    assert dialogs.choose_file(parent, "A file", "") is None
    assert begun == [str(Path.home())] * 2
