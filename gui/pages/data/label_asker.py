"""Asks in the background which labels to doubt, or what to label next; one question at a time."""

import json
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Signal

from core.recipe import Recipe, dump_recipe
from core.system import process_names
from gui.processes.json_process import JsonProcess
from gui.processes.scratch import ScratchFolder


class LabelAsker(QObject):
    """Runs `core.processes.labels`.

    Signals:
        progressed: Words, done, total (0 while it is not known).
        answered: What the helper's last message carries.
        failed: What, action.
        ended: It ended, in whatever way.
    """

    progressed = Signal(str, int, int)
    answered = Signal(dict)
    failed = Signal(str, str)
    ended = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._folder = ScratchFolder()
        self._process = JsonProcess(self)
        self._process.said.connect(self._on_said)
        self._process.done.connect(self.answered)
        self._process.failed.connect(lambda _, what, action: self.failed.emit(what, action))
        self._process.ended.connect(self.ended)

    @property
    def is_busy(self) -> bool:
        """Whether it is at work."""
        return self._process.is_busy

    @property
    def scratch(self) -> Path:
        """A folder for what need not stay."""
        return self._folder.path

    def ask(self, recipe: Recipe, out: Path, **more: Any) -> None:
        """Ask about the data and the model of a recipe; a question at work is given up.

        Args:
            recipe: What is looked at.
            out: The table that the helper writes.
            more: Of the request, as the helper has it.
        """
        request = self._folder.path / "request.json"
        values = {"recipe": dump_recipe(recipe), "out": str(out), **more}
        request.write_text(json.dumps(values), encoding="utf-8")
        self._process.start(process_names.LABELS, str(request))

    def stop(self) -> None:
        """End it; what was computed until then is kept for the next time."""
        self._process.stop()

    def shut_down(self) -> None:
        """End it at once."""
        self._process.abandon()

    def _on_said(self, messages: list[dict[str, Any]]) -> None:
        last = messages[-1]
        done, total = int(last.get("done", 0)), int(last.get("total", 0))
        words = f"{last.get('what', '')}: {done:,}" + (f" of {total:,}" if total else "")
        self.progressed.emit(words, done, total)
