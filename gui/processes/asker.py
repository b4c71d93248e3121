"""Asks a helper in the background; one question at a time, progress in words."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Signal

from core.language import _
from gui.processes.json_process import JsonProcess
from gui.processes.scratch import ScratchFolder


class Asker(QObject):
    """Runs one of our processes on a request in a file.

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

    def __init__(self, module: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._module = module
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

    def ask_for(self, values: Mapping[str, Any]) -> None:
        """Ask; a question at work is given up.

        Args:
            values: The request, as the helper has it.
        """
        request = self.scratch / "request.json"
        request.write_text(json.dumps(values), encoding="utf-8")
        self._process.start(self._module, str(request))

    def stop(self) -> None:
        """End it; what was computed until then is kept for the next time."""
        self._process.stop()

    def shut_down(self) -> None:
        """End it at once."""
        self._process.abandon()

    def _on_said(self, messages: list[dict[str, Any]]) -> None:
        last = messages[-1]
        done, total = int(last.get("done", 0)), int(last.get("total", 0))
        of = _(" of {total:,}").format(total=total) if total else ""
        number = f": {done:,}{of}" if done or total else ""
        self.progressed.emit(f"{last.get('what', '')}{number}", done, total)
