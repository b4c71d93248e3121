"""Asks in the background for a map, or for it as a file; one question at a time."""

from collections.abc import Mapping
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

    def ask(self, about: Mapping[str, str], **more: Any) -> None:
        """Ask about a run or data; a question at work is given up.

        Args:
            about: `run` or `recipe`, as the helper has it.
            more: Of the request.
        """
        self.ask_for({**about, "out": str(self.file), **more})
