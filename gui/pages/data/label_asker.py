"""Asks in the background which labels to doubt, or what to label next; one question at a time."""

from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject

from core.recipe import Recipe, dump_recipe
from core.system import process_names
from gui.processes.asker import Asker


class LabelAsker(Asker):
    """Runs `core.processes.labels`."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(process_names.LABELS, parent)

    def ask(self, recipe: Recipe, out: Path, **more: Any) -> None:
        """Ask about the data and the model of a recipe; a question at work is given up.

        Args:
            recipe: What is looked at.
            out: The table that the helper writes.
            more: Of the request, as the helper has it.
        """
        self.ask_for({"recipe": dump_recipe(recipe), "out": str(out), **more})
