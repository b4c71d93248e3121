"""The only place with modal questions: those that can't wait and can't be undone."""

from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QInputDialog, QMessageBox, QPushButton, QWidget

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
    box.exec()
    clicked = box.clickedButton()
    return buttons.get(clicked, safe) if isinstance(clicked, QPushButton) else safe


def ask_on_close(parent: QWidget) -> str:
    """`keep`, `stop` or `cancel`."""
    return ask(
        parent,
        "A run is training.",
        "It can continue in the background and is found again at the next start. Or it saves a "
        "checkpoint and stops; it can be continued at any time.",
        {"keep": "&Keep training", "stop": "&Save and stop", "cancel": "&Cancel"},
        "cancel",
    )


def choose_folder(parent: QWidget, title: str, start: Path | None = None) -> Path | None:
    """A folder of the user's choice."""
    chosen = QFileDialog.getExistingDirectory(parent, title, str(start or ""))
    return Path(chosen) if chosen else None


def choose_file(parent: QWidget, title: str, kinds: str, start: Path | None = None) -> Path | None:
    """An existing file of the user's choice."""
    chosen, _ = QFileDialog.getOpenFileName(parent, title, str(start or ""), kinds)
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
