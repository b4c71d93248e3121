"""The only place with modal questions: those that can't wait and can't be undone."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import SignalInstance
from PySide6.QtWidgets import QFileDialog, QInputDialog, QMessageBox, QPushButton, QWidget

from core.language import _
from gui.widgets.plain import plain


def ask(parent: QWidget, title: str, text: str, answers: dict[str, str], safe: str) -> str:
    """Ask a question; returns the key of the answer.

    Args:
        parent: Over which window.
        title: The question, short.
        text: What each answer means.
        answers: Key to text of the button, in order.
        safe: The answer of Escape, and of Enter.
    """
    box, buttons = _question(parent, title, text, answers, safe)
    return _answer(box, buttons, safe)


def ask_on_close(parent: QWidget, is_training: Callable[[], bool], changed: SignalInstance) -> str:
    """`keep`, `stop` or `cancel`; says so if the run ends while nobody answers.

    Args:
        parent: Over which window.
        is_training: Whether the run still trains.
        changed: Sent when that may be otherwise.
    """
    box, buttons = _question(
        parent,
        _("A run is training."),
        _(
            "It can continue in the background and is found again at the next start. Or it saves a "
            "checkpoint and stops; it can be continued at any time."
        ),
        {"keep": _("&Keep training"), "stop": _("&Save and stop"), "cancel": _("&Cancel")},
        "cancel",
    )
    texts = dict(zip(buttons.values(), buttons, strict=True))

    def look() -> None:
        if not is_training():
            box.setText(_("The run does not train any more."))
            box.setInformativeText(_("The window can be closed; the run is found again."))
            texts["keep"].setText(_("C&lose"))
            texts["stop"].hide()

    changed.connect(look)
    try:
        return _answer(box, buttons, "cancel")
    finally:
        changed.disconnect(look)


def _question(
    parent: QWidget, title: str, text: str, answers: dict[str, str], safe: str
) -> tuple[QMessageBox, dict[QPushButton, str]]:
    box = QMessageBox(parent)
    box.setWindowTitle("Redistill")
    box.setText(plain(title))
    box.setInformativeText(plain(text))
    box.setIcon(QMessageBox.Icon.Question)
    buttons: dict[QPushButton, str] = {}
    for key, words in answers.items():
        made = box.addButton(words, QMessageBox.ButtonRole.ActionRole)
        buttons[made] = key
        if key == safe:
            box.setDefaultButton(made)
            box.setEscapeButton(made)
    return box, buttons


def _answer(box: QMessageBox, buttons: dict[QPushButton, str], safe: str) -> str:
    box.exec()
    clicked = box.clickedButton()
    return buttons.get(clicked, safe) if isinstance(clicked, QPushButton) else safe


def choose_folder(parent: QWidget, title: str, start: Path | None = None) -> Path | None:
    """A folder of the user's choice."""
    chosen = QFileDialog.getExistingDirectory(parent, title, str(start or Path.home()))
    return Path(chosen) if chosen else None


def choose_file(parent: QWidget, title: str, kinds: str, start: Path | None = None) -> Path | None:
    """An existing file of the user's choice."""
    chosen, _ = QFileDialog.getOpenFileName(parent, title, str(start or Path.home()), kinds)
    return Path(chosen) if chosen else None


def choose_new_file(parent: QWidget, title: str, kinds: str, start: Path) -> Path | None:
    """A file to write."""
    chosen, _ = QFileDialog.getSaveFileName(parent, title, str(start), kinds)
    return Path(chosen) if chosen else None


def ask_line(parent: QWidget, title: str, question: str, text: str) -> str | None:
    """A line of text, at first `text`; None where nothing was answered."""
    answer, is_given = QInputDialog.getText(parent, title, question, text=text)
    return answer if is_given else None


def ask_text(parent: QWidget, title: str, question: str, text: str) -> str | None:
    """Several lines of text, at first `text`; None where nothing was answered."""
    answer, is_given = QInputDialog.getMultiLineText(parent, title, question, text)
    return answer if is_given else None
