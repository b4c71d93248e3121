"""Keys that do something on a part of a page, wherever in it the focus is."""

from collections.abc import Callable, Mapping

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QWidget


class LetterKeys(QObject):
    """Takes single keys of some widgets before they do; fields for words are not among these.

    Args:
        keys: What each key does, by its letter.
        widgets: Whose keys are taken; what they leave to their parent may be one of these.
        parent: Owns this.
        can_undo: Whether there is something that U takes back. Then the keys of undo (Ctrl+Z) do
            it, too; else they are left to the window.
    """

    def __init__(
        self,
        keys: Mapping[str, Callable[[], object]],
        widgets: tuple[QWidget, ...],
        parent: QObject,
        can_undo: Callable[[], bool] = lambda: False,
    ) -> None:
        super().__init__(parent)
        self._keys, self._can_undo = dict(keys), can_undo
        for widget in widgets:
            widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Do what a key is for."""
        del watched
        if not isinstance(event, QKeyEvent) or event.type() not in {
            QEvent.Type.KeyPress,
            QEvent.Type.ShortcutOverride,
        }:
            return False
        if event.matches(QKeySequence.StandardKey.Undo) and self._can_undo():
            if event.type() is QEvent.Type.KeyPress:
                self._keys["U"]()
            event.accept()
            return True
        if event.type() is not QEvent.Type.KeyPress:
            return False
        held = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        do = self._keys.get(event.text().upper())
        if do is None or held not in {
            Qt.KeyboardModifier.NoModifier,
            Qt.KeyboardModifier.ShiftModifier,
        }:
            return False
        do()
        return True
