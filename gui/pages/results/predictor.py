"""Asks the process that classifies single examples; it stays alive between questions."""

import json
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Signal

from core.system import process_names
from gui.processes.json_process import JsonProcess


class Predictor(QObject):
    """One process for one run; started before the first question, because it needs seconds.

    Signals:
        answered: A message `prediction` of the helper.
        explained: A message `deciding` of the helper.
        changed: It became ready, or ended.
        failed: What, action; questions not answered yet are lost.
    """

    answered = Signal(dict)
    explained = Signal(dict)
    changed = Signal()
    failed = Signal(str, str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._run: Path | None = None
        self.is_ready = False
        self._open_questions = 0
        self._process = JsonProcess(self)
        self._process.said.connect(self._on_said)
        self._process.failed.connect(self._on_failed)
        self._process.ended.connect(self._on_ended)

    @property
    def is_busy(self) -> bool:
        """Whether an answer is waited for."""
        return self._open_questions > 0

    @property
    def is_running(self) -> bool:
        """Whether there is a process."""
        return self._process.is_busy

    def prepare(self, run: Path) -> None:
        """Start the process for a run, unless it is there."""
        if self._run == run and self._process.is_busy:
            return
        self.stop()
        self._run = run
        self._process.start(process_names.PREDICT, str(run))

    def ask(self, run: Path, image: Path, stage: str, *, unknown: float | None = None) -> None:
        """Ask what the classifier of a stage says of an image or a text file.

        Args:
            run: Whose classifier.
            image: The file.
            stage: The name of the classifier's folder.
            unknown: How often candidates are to hold the true class; None for none.
        """
        self._ask(run, {"path": str(image), "stage": stage, "unknown": unknown})

    def ask_text(self, run: Path, text: str, stage: str, *, unknown: float | None = None) -> None:
        """Ask what the classifier of a stage says of a text; see `ask`."""
        self._ask(run, {"text": text, "stage": stage, "unknown": unknown})

    def ask_why(self, run: Path, path: Path | None, text: str, stage: str) -> None:
        """Ask which parts of a file, or else of a text, decided."""
        about = {"path": str(path)} if path is not None else {"text": text}
        self._ask(run, {**about, "stage": stage, "why": True})

    def stop(self) -> None:
        """End the process."""
        self._process.abandon()
        self._run, self.is_ready, self._open_questions = None, False, 0

    def _ask(self, run: Path, question: dict[str, Any]) -> None:
        self.prepare(run)
        self._open_questions += 1
        self._process.write(json.dumps(question))

    def _on_said(self, messages: list[dict[str, Any]]) -> None:
        for message in messages:
            if message["kind"] == "ready":
                self.is_ready = True
                self.changed.emit()
            elif message["kind"] == "prediction":
                self._open_questions = max(0, self._open_questions - 1)
                self.answered.emit(message)
            elif message["kind"] == "deciding":
                self._open_questions = max(0, self._open_questions - 1)
                self.explained.emit(message)

    def _on_failed(self, error_id: str, what: str, action: str) -> None:
        del error_id
        self._open_questions = 0
        self.failed.emit(what, action)

    def _on_ended(self) -> None:
        self.is_ready, self._open_questions = False, 0
        self.changed.emit()
