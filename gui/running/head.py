"""Where the run is, in words, with progress and the time it will be done."""

import time

from PySide6.QtWidgets import QFrame, QLabel, QProgressBar, QWidget

from core.recipe.modality import AUTO, modality_named
from core.run.events import (
    CheckpointSaved,
    Event,
    Noticed,
    Progress,
    RunEnded,
    RunStarted,
    StageDone,
    StageResumed,
    StageStarted,
    StepDone,
)
from core.run.folder import RunState, Status
from gui.running.numbers import numbers_of
from gui.state.watcher import RunWatcher
from gui.theme import theme
from gui.widgets.basics import column, label, row, set_role
from gui.widgets.elided import Elided
from gui.words.numbers import clock_time, duration, stage_title

_STATES = {
    RunState.NEW: "Not started yet",
    RunState.RUNNING: "Training",
    RunState.PAUSED: "Paused",
    RunState.STOPPED: "Stopped; what was trained is kept",
    RunState.FAILED: "Failed",
    RunState.FINISHED: "Finished",
    RunState.INTERRUPTED: "Interrupted",
}
_TONES = {RunState.FAILED: "bad", RunState.FINISHED: "ok"}
_ASKED = {"pause": "Pausing after this step …", "stop": "Stopping after this step …"}
# Of a bar; finer than any screen.
_FULL = 10_000


class Head(QWidget):
    """State, what is wrong, progress of stage and run, numbers.

    Attributes:
        modality: What the run learns from.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.modality = modality_named(AUTO)
        layout = column(self, gap=1)
        self.state = label("", "title")
        self.problem_box, self.problem = _problem()
        self.device = Elided("", "muted")
        self.numbers = Elided("")
        layout.addWidget(self.state)
        layout.addWidget(self.problem_box)
        layout.addWidget(self.device)
        bars = row(gap=4)
        self.stage_bar, self.stage_words = _bar("Progress of the stage")
        self.run_bar, self.run_words = _bar("Progress of the run")
        # Widgets, not layouts: what is hidden takes no room.
        self.stage_part, run_part = QWidget(), QWidget()
        for part, bar, words in (
            (self.stage_part, self.stage_bar, self.stage_words),
            (run_part, self.run_bar, self.run_words),
        ):
            inside = column(part, gap=0)
            inside.addWidget(words)
            inside.addWidget(bar)
            bars.addWidget(part, 1)
        layout.addLayout(bars)
        layout.addWidget(self.numbers)
        self.forget()

    def forget(self) -> None:
        """Another run."""
        self._stages: list[str] = []
        self._done: set[str] = set()
        self._last: StepDone | Progress | StageStarted | StageResumed | None = None
        self._waits_for = ""
        self._spent_s = 0.0
        self._status: Status | None = None
        for words in (self.stage_words, self.run_words, self.numbers, self.device):
            words.show_text("")
        _fill(self.stage_bar, 0.0)
        _fill(self.run_bar, 0.0)

    def take(self, events: list[Event], spent_s: float) -> None:
        """Take in what happened, after so many seconds of training; shows the state after it."""
        step = None
        for event in events:
            match event:
                case RunStarted():
                    self._stages, self._last = event.stages, None
                    processes = f", {event.num_processes} processes"
                    more = processes if event.num_processes > 1 else ""
                    self.device.show_text(f"On {event.device}{more}, {event.precision}.")
                case StepDone():
                    self._last, step, self._waits_for = event, event, ""
                case Progress() | StageStarted() | StageResumed():
                    self._last = event
                case StageDone():
                    self._done.add(event.stage)
                    self._last = None
                case RunEnded():
                    self._waits_for = ""
                case Noticed():
                    self._waits_for = event.text if event.id == "disk-full" else ""
                case CheckpointSaved():
                    self._waits_for = ""
                case _:
                    pass
        if step is not None:
            self.numbers.show_text(numbers_of(step, self.modality))
        self._spent_s = spent_s
        self._show()

    def show_watcher(self, watcher: RunWatcher, trouble: str = "") -> None:
        """Show the state of the run, and what hinders it."""
        status = self._status = watcher.status
        if status is None:
            is_none = watcher.run is None
            words = "No run is open" if is_none else "The run can't be read"
            trouble = "" if is_none else f"{watcher.unreadable} This page keeps looking for it."
        elif watcher.is_starting:
            words, trouble = "Starting …", ""
        else:
            words = _ASKED.get(watcher.asked or "", _STATES[status.state])
        self.state.setText(words)
        self._show_problem(status, trouble or ("" if watcher.is_starting else self._waits_for))
        self._show()

    def _show_problem(self, status: Status | None, hindrance: str) -> None:
        text, tone = hindrance, "warn"
        if status is not None and not hindrance:
            is_at_rest = status.state in (RunState.PAUSED, RunState.STOPPED)
            is_bad = status.state in (RunState.FAILED, RunState.INTERRUPTED)
            if is_bad or (is_at_rest and status.error_id is not None):
                text = status.text
                if status.state is RunState.INTERRUPTED:
                    text += " Nothing up to the last checkpoint is lost: continue the training."
                tone = _TONES.get(status.state, "warn")
        self.problem.setText(text)
        self.problem_box.setVisible(bool(text))
        set_role(self.problem_box, tone, "tone")

    def _show(self) -> None:
        is_running = self._status is not None and self._status.state is RunState.RUNNING
        if self._status is not None and self._status.state is RunState.FINISHED:
            self.stage_words.show_text("All stages are done")
            self.run_words.show_text("Run: done")
            _fill(self.stage_bar, 1.0)
            _fill(self.run_bar, 1.0)
            return
        self._show_stage(is_running=is_running)
        self._show_run(is_running=is_running)

    def _show_stage(self, *, is_running: bool) -> None:
        last, left = self._last, None
        match last:
            case StepDone():
                title, done, total = stage_title(last.stage), last.step, last.num_steps
                left = last.stage_left_s
            case StageStarted() | StageResumed():
                title, total = stage_title(last.stage), last.num_steps
                done = last.step if isinstance(last, StageResumed) else 0
            case Progress():
                title, done, total = last.what[:1].upper() + last.what[1:], last.done, last.total
                left = last.left_s
            case _:
                self.stage_words.show_text("No stage is running" if self._stages else "")
                _fill(self.stage_bar, 0.0)
                return
        step = "" if isinstance(last, Progress) else "step "
        of = f" of {total:,}" if total else ""
        when = until(last.time, left) if is_running else ""
        self.stage_words.show_text(f"{title}: {step}{done:,}{of}{when}")
        if total or not is_running:
            _fill(self.stage_bar, done / max(1, total))
        else:
            self.stage_bar.setRange(0, 0)  # at work, and nobody knows how long

    def _show_run(self, *, is_running: bool) -> None:
        if not self._stages:
            self.run_words.show_text("Run: getting ready" if is_running else "")
            return
        last, number = self._last, len(self._stages)
        num_done = len(self._done & set(self._stages))
        share, left = num_done / number, None
        if isinstance(last, StepDone):
            left = last.run_left_s
            share += last.step / max(1, last.num_steps) / number
            if left is not None:
                share = self._spent_s / max(1e-9, self._spent_s + left)
        words = f"Run: stage {min(num_done + 1, number)} of {number}"
        if is_running and last is not None:
            words += until(last.time, left)
        self.run_words.show_text(words)
        _fill(self.run_bar, share)


def until(since: float, left_s: float | None) -> str:
    """`, about 16:40 (12 min left)`, said at `since` to be `left_s` away; empty if not known."""
    if left_s is None:
        return ""
    left = since + left_s - time.time()
    # A clock that was set, a log from elsewhere: better nothing than nonsense.
    if not -3600 < left < 1e9:
        return ""
    left = max(0.0, left)
    return f", about {clock_time(left)} ({duration(left)} left)"


def _problem() -> tuple[QFrame, QLabel]:
    box = QFrame()
    box.setProperty("role", "notice")
    words = label("")
    column(box, margin=2).addWidget(words)
    box.hide()
    return box, words


def _fill(bar: QProgressBar, share: float) -> None:
    bar.setRange(0, _FULL)
    bar.setValue(round(_FULL * min(1.0, max(0.0, share))))


def _bar(name: str) -> tuple[QProgressBar, Elided]:
    bar = QProgressBar()
    bar.setTextVisible(False)
    bar.setAccessibleName(name)
    bar.setMinimumWidth(theme().line_height * 8)
    return bar, Elided("")
