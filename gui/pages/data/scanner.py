"""Scanning in the background: one at a time, the newest wish wins."""

import json
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, QRunnable, QThreadPool, Signal

from core.language import _
from core.recipe import Recipe
from core.system import process_names
from gui.processes.json_process import JsonProcess
from gui.processes.scratch import ScratchFolder
from gui.state.findings import Findings
from gui.words.numbers import duration

# Before that a guess of the time left would jump about.
_SETTLED_S = 1.0


class Scanner(QObject):
    """Runs `core.processes.scan`.

    Signals:
        recognised: A list of what dropped paths are (see the helper).
        progressed: Words, done, total (0 while it is not known).
        found: The `Findings` of a complete scan.
        failed: What, action.
        ended: The scan ended, in whatever way.
    """

    recognised = Signal(list)
    progressed = Signal(str, int, int)
    found = Signal(object)
    failed = Signal(str, str)
    ended = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._folder = ScratchFolder()
        self._number = 0
        self._what, self._since = "", 0.0
        self._loader: _Loader | None = None
        self._scanning = JsonProcess(self)
        self._scanning.said.connect(self._on_said)
        self._scanning.done.connect(self._on_scanned)
        self._scanning.failed.connect(self._on_failed)
        self._scanning.ended.connect(self.ended)
        self._recognising = JsonProcess(self)
        self._recognising.said.connect(self._on_said)
        self._recognising.done.connect(lambda message: self.recognised.emit(message["found"]))
        self._recognising.failed.connect(self._on_failed)
        self._recognising.ended.connect(self.ended)

    @property
    def is_busy(self) -> bool:
        """Whether it is at work."""
        return self._scanning.is_busy or self._recognising.is_busy or self._loader is not None

    def recognise(self, paths: Sequence[Path]) -> None:
        """Find out what dropped paths are; archives are unpacked."""
        request = self._request({"recognise": [str(path) for path in paths]})
        self._recognising.start(process_names.SCAN, str(request))

    def scan(self, recipe: Recipe) -> None:
        """Scan the data of a recipe; a scan at work is given up."""
        self._loader = None
        data = recipe.data
        request = self._request(
            {
                **data.model_dump(mode="json"),
                "seed": recipe.seed,
                "out": str(self._folder.path / f"scan-{self._number}"),
            }
        )
        self._what, self._since = "", time.monotonic()
        self._scanning.start(process_names.SCAN, str(request))

    def stop(self) -> None:
        """End what is at work; what was checked until then is remembered."""
        self._scanning.stop()
        self._recognising.stop()

    def shut_down(self) -> None:
        """End everything at once."""
        self._scanning.abandon()
        self._recognising.abandon()

    def _request(self, values: dict[str, Any]) -> Path:
        self._number += 1
        file = self._folder.path / f"request-{self._number}.json"
        file.write_text(json.dumps(values), encoding="utf-8")
        return file

    def _on_said(self, messages: list[dict[str, Any]]) -> None:
        last = messages[-1]
        what, done, total = str(last.get("what", "")), int(last["done"]), int(last["total"])
        now = time.monotonic()
        if what != self._what:
            self._what, self._since = what, now
        words = f"{what}: {done:,}" + (_(" of {total:,}").format(total=total) if total else "")
        spent = now - self._since
        if total and done and spent > _SETTLED_S:
            words += _(", {time} left").format(time=duration(spent / done * (total - done)))
        self.progressed.emit(words, done, total)

    def _on_scanned(self, message: dict[str, Any]) -> None:
        # Arrays of a hundred thousand examples take a moment to read: not on the window's thread.
        loader = _Loader(Path(message["out"]))
        loader.news.loaded.connect(self._on_loaded)
        self._loader = loader
        QThreadPool.globalInstance().start(loader)

    def _on_loaded(self, folder: str, findings: object) -> None:
        if self._loader is None or str(self._loader.folder) != folder:
            return
        self._loader = None
        if isinstance(findings, Findings):
            self.found.emit(findings)
        else:
            self.failed.emit(
                _("The result of the scan can't be read: {findings}.").format(findings=findings),
                _("Scan again."),
            )

    def _on_failed(self, error_id: str, what: str, action: str) -> None:
        del error_id
        self.failed.emit(what, action)


class _News(QObject):
    loaded = Signal(str, object)


class _Loader(QRunnable):
    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.setAutoDelete(False)
        self.folder = folder
        self.news = _News()

    def run(self) -> None:
        found: object
        try:
            found = Findings.read(self.folder)
        except (OSError, ValueError, KeyError) as error:
            found = str(error)
        self.news.loaded.emit(str(self.folder), found)
