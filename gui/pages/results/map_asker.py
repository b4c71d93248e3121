"""Asks in the background for the map of a run, or for it as a file; one question at a time."""

import json
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Signal

from core.system import process_names
from gui.processes.json_process import JsonProcess
from gui.processes.scratch import ScratchFolder


class MapAsker(QObject):
    """Runs `core.processes.map`.

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
    def file(self) -> Path:
        """The map that was asked for last."""
        return self._folder.path / "map.parquet"

    def ask(self, run: Path, **more: Any) -> None:
        """Ask about a run; a question at work is given up.

        Args:
            run: Its folder.
            more: Of the request, as the helper has it.
        """
        request = self._folder.path / "request.json"
        values = {"run": str(run), "out": str(self.file), **more}
        request.write_text(json.dumps(values), encoding="utf-8")
        self._process.start(process_names.MAP, str(request))

    def stop(self) -> None:
        """End it; what was computed until then is kept for the next time."""
        self._process.stop()

    def shut_down(self) -> None:
        """End it at once."""
        self._process.abandon()

    def _on_said(self, messages: list[dict[str, Any]]) -> None:
        last = messages[-1]
        done, total = int(last.get("done", 0)), int(last.get("total", 0))
        words = str(last.get("what", "")) + (f": {done:,} of {total:,}" if total else "")
        self.progressed.emit(words, done, total)
