"""The process that classifies many examples, and where it keeps them between two sittings."""

import contextlib
import hashlib
import json
import os
import shutil
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Signal

from core.language.again import again
from core.system import process_names
from core.system.cache_folder import cache_folder
from gui.processes.json_process import JsonProcess

# Of what was predicted here and not looked at since.
_KEPT_S = 14 * 24 * 3600
# Until so much is known, the time left would be a guess.
_LEAST_S = 2.0


@dataclass
class Job:
    """What is to be classified, by what, and what is to be written.

    Attributes:
        run: Whose classifier.
        stage: The name of the classifier's folder.
        paths: Files and folders.
        unknown: How often candidates are to hold the true class; None for none.
        watch: Whether to go on with new files.
        targets: By `table`, `embeddings` and `sort_into`: where to write.
    """

    run: Path
    stage: str
    paths: list[Path]
    unknown: float | None = None
    watch: bool = False
    targets: dict[str, Path] = field(default_factory=dict)

    @property
    def parts(self) -> Path:
        """Where rows are kept."""
        known = [self.run, self.stage, str(self.unknown), *self.paths]
        text = "\n".join(map(str, known)).encode("utf-8", "surrogatepass")
        return _kept_in() / hashlib.sha256(text).hexdigest()[:16]

    def to_json(self) -> str:
        """As the process takes it."""
        asked: dict[str, Any] = {
            "stage": self.stage,
            "paths": [str(path) for path in self.paths],
            "unknown": self.unknown,
            "watch": self.watch,
            "parts": str(self.parts),
        }
        return json.dumps(asked | {name: str(path) for name, path in self.targets.items()})


class Batch(QObject):
    """One process at a time; ended and started again it goes on where it was.

    Attributes:
        at: How many of how many are done.

    Signals:
        found: Rows that were found, those of an earlier sitting first.
        moved: How many of how many are done.
        told: Something in words.
        done: The last message of a process that came to its end.
        failed: What, action.
        ended: After any end.
    """

    found = Signal(list)
    moved = Signal(int, int)
    told = Signal(str)
    done = Signal(dict)
    failed = Signal(str, str)
    ended = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._began: tuple[float, int] | None = None
        self.at = (0, 0)
        self._process = JsonProcess(self)
        self._process.said.connect(self._on_said)
        self._process.done.connect(self.done)
        self._process.failed.connect(lambda _, what, action: self.failed.emit(what, action))
        self._process.ended.connect(self.ended)

    @property
    def is_busy(self) -> bool:
        """Whether it is at work, or ending."""
        return self._process.is_busy

    @property
    def left_s(self) -> float | None:
        """Seconds that are left at the speed so far; None while that is not known."""
        if self._began is None:
            return None
        began, first = self._began
        took, (done, total) = time.monotonic() - began, self.at
        if took < _LEAST_S or done <= first:
            return None
        return took / (done - first) * (total - done)

    def start(self, job: Job) -> None:
        """Classify, from where an earlier sitting ended."""
        forget_old()
        self._began, self.at = None, (0, 0)
        self._process.start(process_names.PREDICT_FILES, str(job.run), job.to_json())

    def pause(self) -> None:
        """End, and keep what was found."""
        self._process.stop()

    def abandon(self) -> None:
        """End at once, without a word."""
        self._process.abandon()

    def _on_said(self, messages: Sequence[dict[str, Any]]) -> None:
        rows: list[dict[str, Any]] = []
        for message in messages:
            match message["kind"]:
                case "rows":
                    rows += message["rows"]
                case "told":
                    self.told.emit(again(str(message["words"])))
                case "progress":
                    self.at = (int(message["done"]), int(message["total"]))
                    self._began = self._began or (time.monotonic(), self.at[0])
        if rows:
            self.found.emit(rows)
        if self._began is not None:
            self.moved.emit(*self.at)


def forget_old() -> None:
    """Remove what was kept for a sitting that nobody came back to."""
    with contextlib.suppress(OSError):
        for folder in _kept_in().iterdir():
            if time.time() - max(_last_change(folder), folder.stat().st_mtime) > _KEPT_S:
                shutil.rmtree(folder, ignore_errors=True)


def _last_change(folder: Path) -> float:
    return max((entry.stat().st_mtime for entry in os.scandir(folder)), default=0.0)


def _kept_in() -> Path:
    return cache_folder() / "predictions"
