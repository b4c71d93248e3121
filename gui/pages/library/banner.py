"""What was going on when the window was closed: "Run X stopped at 61 %: continue?"."""

from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QWidget

from core.language import _
from core.readers.summary import RunSummary
from core.run.folder import RunState
from gui.pages.library.states import progress_words
from gui.widgets.basics import button, label, row, set_role
from gui.widgets.notices import announce
from gui.widgets.sign import Sign
from gui.words.numbers import percent

_ASKED_ABOUT = {RunState.PAUSED, RunState.INTERRUPTED}


class Banner(QFrame):
    """Signals: `wanted` with `continue` or `watch` and the path of the run."""

    wanted = Signal(str, object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "notice")
        self.setAccessibleName(_("Unfinished run"))
        self.summary: RunSummary | None = None
        self._put_off: set[tuple[Path, float]] = set()
        self._sign = Sign(quarters=5)
        self.words = label("", "heading")
        self.action = button("", self._use, icon_name="play")
        self.not_now = button(_("No&t now"), self._put_it_off, role="quiet")
        line = row(self, margin=2, gap=2)
        line.addWidget(self._sign)
        line.addWidget(self.words, 1)
        line.addWidget(self.not_now)
        line.addWidget(self.action)
        self.hide()

    def offer(self, summaries: list[RunSummary]) -> None:
        """Offer the run that matters most: one that trains, else the latest unfinished one."""
        chosen = _most_recent(summaries, {RunState.RUNNING}, set()) or _most_recent(
            summaries, _ASKED_ABOUT, self._put_off
        )
        is_new = chosen is not None and (self.summary is None or _key(chosen) != _key(self.summary))
        self.summary = chosen
        self.setVisible(chosen is not None)
        if chosen is None:
            return
        is_training = chosen.state is RunState.RUNNING
        self._sign.show_icon("train" if is_training else "play", "accent")
        set_role(self, "" if is_training else "warn", "tone")
        self.words.setText(_words(chosen))
        self.action.setText(_("&Watch") if is_training else _("&Continue"))
        self.not_now.setVisible(not is_training)
        if is_new and not is_training:
            announce(self, self.words.text())

    def _use(self) -> None:
        if self.summary is not None:
            is_training = self.summary.state is RunState.RUNNING
            self.wanted.emit("watch" if is_training else "continue", self.summary.path)

    def _put_it_off(self) -> None:
        if self.summary is not None:
            self._put_off.add(_key(self.summary))
        self.summary = None
        self.hide()


def _words(summary: RunSummary) -> str:
    if summary.state is RunState.RUNNING:
        return _("Run {name} is training: {progress}").format(
            name=summary.name, progress=progress_words(summary)
        )
    share = percent(summary.share or 0.0, 0)
    return _("Run {name} stopped at {share}: continue?").format(name=summary.name, share=share)


def _most_recent(
    summaries: list[RunSummary], states: set[RunState], without: set[tuple[Path, float]]
) -> RunSummary | None:
    found = [
        summary for summary in summaries if summary.state in states and _key(summary) not in without
    ]
    return max(found, key=lambda summary: summary.changed, default=None)


def _key(summary: RunSummary) -> tuple[Path, float]:
    """A run that went on meanwhile is worth another question."""
    return summary.path, summary.changed
