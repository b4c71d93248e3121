"""Which readings of data somebody has looked at: nothing is trained on a doubtful one unseen."""

from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Signal

from core.data.doubts import doubts_in, mark_of, reading_of_manifest
from gui.state.findings import Findings
from gui.state.settings import Settings


class Readings(QObject):
    """What was guessed and seen; remembered between starts by marks that name no file.

    Signals:
        seen: Something more has been looked at.
    """

    seen = Signal()

    def __init__(self, settings: Settings, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._settings = settings
        # What was on the screen when a person changed a guess, and what that person chose.
        self._shown: list[tuple[str, ...]] = []
        self._chosen: tuple[str, str] = ("", "")

    def unseen(self, findings: Findings | None) -> list[dict[str, Any]]:
        """Guesses that nobody has looked at and that may be wrong."""
        if findings is None:
            return []
        return self._unseen(findings.summary["roots"], findings.summary["guesses"])

    def unseen_of_run(self, manifest: Path) -> list[dict[str, Any]]:
        """The same of the data that a run was trained on, by its manifest."""
        return self._unseen(*reading_of_manifest(manifest))

    def confirm(self, findings: Findings) -> None:
        """A person has looked at a reading."""
        self._see(findings, self.unseen(findings))

    def edit(self, findings: Findings, setting: str, value: str) -> None:
        """A person changes a guess: the others that are shown are seen, before and after."""
        self._shown = [_triple(guess) for guess in doubts_in(findings.summary["guesses"])]
        self._chosen = (setting, value)
        self.confirm(findings)

    def take(self, findings: Findings) -> None:
        """There is a new reading: what is left of the one that was changed is known."""
        left = [
            guess
            for guess in self.unseen(findings)
            if _triple(guess) in self._shown or (guess["setting"], guess["value"]) == self._chosen
        ]
        self._shown, self._chosen = [], ("", "")
        self._see(findings, left)

    def _unseen(self, roots: list[str], guesses: list[Any]) -> list[dict[str, Any]]:
        known = set(self._settings.seen_guesses)
        return [dict(each) for each in doubts_in(guesses) if mark_of(roots, each) not in known]

    def _see(self, findings: Findings, guesses: list[dict[str, Any]]) -> None:
        if guesses:
            roots = findings.summary["roots"]
            self._settings.remember_guesses([mark_of(roots, guess) for guess in guesses])
            self.seen.emit()


def _triple(guess: Any) -> tuple[str, ...]:
    return tuple(str(guess[key]) for key in ("what", "value", "setting"))
