"""Exports one model at a time, in a process of its own."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Signal

from core.system import process_names
from gui.processes.json_process import JsonProcess


@dataclass(frozen=True)
class Wish:
    """What shall be exported.

    Attributes:
        run: The run folder.
        format: Name of the format.
        out: The folder to make.
        arm: Of which arm; None for the recommended one.
        precision: Of the weights; None for the format's own.
    """

    run: Path
    format: str
    out: Path
    arm: str | None = None
    precision: str | None = None

    def arguments(self) -> list[str]:
        """As the helper takes them."""
        words = [str(self.run), "--format", self.format, "--out", str(self.out), "--json"]
        words += ["--arm", self.arm] if self.arm else []
        return words + (["--precision", self.precision] if self.precision else [])


class Exporter(QObject):
    """Runs `core.processes.export`.

    Signals:
        progressed: Words, done, total.
        exported: The wish and the last message: `folder`, `parity`.
        failed: What, action.
        ended: In whatever way.
    """

    progressed = Signal(str, int, int)
    exported = Signal(object, dict)
    failed = Signal(str, str)
    ended = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.wish: Wish | None = None
        self._process = JsonProcess(self)
        self._process.said.connect(self._on_said)
        self._process.done.connect(lambda message: self.exported.emit(self.wish, message))
        self._process.failed.connect(lambda _, what, action: self.failed.emit(what, action))
        self._process.ended.connect(self.ended)

    @property
    def is_busy(self) -> bool:
        """Whether it exports now."""
        return self._process.is_busy

    def start(self, wish: Wish) -> None:
        """Export."""
        self.wish = wish
        self._process.start(process_names.EXPORT, *wish.arguments())

    def stop(self) -> None:
        """Give it up; nothing is left behind."""
        self._process.stop()

    def shut_down(self) -> None:
        """End at once."""
        self._process.abandon()

    def _on_said(self, messages: list[dict[str, Any]]) -> None:
        last = messages[-1]
        self.progressed.emit(str(last.get("what", "")), int(last["done"]), int(last["total"]))
