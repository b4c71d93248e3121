"""Asks in the background for the map of a run, or for it as a file; one question at a time."""

from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject

from core.system import process_names
from gui.processes.asker import Asker


class MapAsker(Asker):
    """Runs `core.processes.map`."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(process_names.MAP, parent)

    @property
    def file(self) -> Path:
        """The map that was asked for last."""
        return self.scratch / "map.parquet"

    def ask(self, run: Path, **more: Any) -> None:
        """Ask about a run; a question at work is given up.

        Args:
            run: Its folder.
            more: Of the request, as the helper has it.
        """
        self.ask_for({"run": str(run), "out": str(self.file), **more})
