"""A step of the undo stack."""

from collections.abc import Callable

from PySide6.QtGui import QUndoCommand

from core.recipe import Recipe


class DraftChange(QUndoCommand):
    """From one draft to another, each with what it was before it was fitted to a time.

    Args:
        put: Makes such a pair the draft.
        words: What was changed, for the menu.
        before: The pair to go back to.
        after: The pair to go on to.
    """

    def __init__(
        self,
        put: Callable[[Recipe, Recipe], None],
        words: str,
        before: tuple[Recipe, Recipe],
        after: tuple[Recipe, Recipe],
    ) -> None:
        super().__init__(words)
        self._put, self._before, self._after = put, before, after

    def redo(self) -> None:
        """Qt calls this once on pushing, too."""
        self._put(*self._after)

    def undo(self) -> None:
        """Go back."""
        self._put(*self._before)
