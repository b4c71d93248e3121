"""Where the run is, in words, with progress and the time it will be done."""

from PySide6.QtWidgets import QFrame, QLabel, QProgressBar, QWidget

from core.language import _, ngettext
from core.language.again import again
from core.readers.work_done import done_on_disk, share_done, works_of
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
    Working,
)
from core.run.folder import RunFolder, RunState, Status
from gui.running.left import SteadyEnd, until
from gui.running.numbers import numbers_of
from gui.running.place_words import PlaceEvent, place_words
from gui.state.watcher import RunWatcher
from gui.theme import theme
from gui.widgets.basics import column, label, row, set_role
from gui.widgets.elided import Elided
from gui.words.numbers import duration, percent

STATES = {
    RunState.NEW: _("Not started yet"),
    RunState.RUNNING: _("Training"),
    RunState.PAUSED: _("Paused"),
    RunState.STOPPED: _("Stopped; what was trained is kept"),
    RunState.FAILED: _("Failed"),
    RunState.FINISHED: _("Finished"),
    RunState.INTERRUPTED: _("Interrupted"),
}
_TONES = {RunState.FAILED: "bad", RunState.FINISHED: "ok"}
_ASKED = {"pause": _("Pausing after this step …"), "stop": _("Stopping after this step …")}
# Of a bar; finer than any screen.
_FULL = 10_000


class Head(QWidget):
    """State, what is wrong, progress of stage and run, numbers.

    Attributes:
        modality: What the run learns from.
        counts_stages: Whether it says which of how many stages; who counts something else does not.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.modality = modality_named(AUTO)
        self.counts_stages = True
        self._end = SteadyEnd()
        layout = column(self, gap=1)
        self.state = label("", "title")
        self.problem_box, self.problem = _problem()
        self.device = Elided("", "muted")
        self.numbers = Elided("")
        layout.addWidget(self.state)
        layout.addWidget(self.problem_box)
        layout.addWidget(self.device)
        self._bars = QWidget()
        bars = row(self._bars, gap=4)
        self.stage_bar, self.stage_words = _bar(_("Progress of the stage"))
        self.run_bar, self.run_words = _bar(_("Progress of the run"))
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
        layout.addWidget(self._bars)
        layout.addWidget(self.numbers)
        self.forget()

    def forget(self) -> None:
        """Another run."""
        self._stages: list[str] = []
        self._works: dict[str, float] = {}
        self._done: set[str] = set()
        self._shares: dict[str, float] = {}
        self._last: PlaceEvent | None = None
        self._waits_for = ""
        self._run: RunFolder | None = None
        self._end.forget()
        self._status: Status | None = None
        for words in (self.stage_words, self.run_words, self.numbers, self.device):
            words.show_text("")
        _fill(self.stage_bar, 0.0)
        _fill(self.run_bar, 0.0)

    def take(self, events: list[Event]) -> None:
        """Take in what happened; shows the state after it."""
        step = None
        for event in events:
            match event:
                case RunStarted():
                    self._begin(event)
                case StepDone():
                    self._last, step, self._waits_for = event, event, ""
                    self._end.take(event.time, event.run_left_s)
                    self._shares[event.stage] = event.step / max(1, event.num_steps)
                case StageStarted() | StageResumed():
                    self._last = event
                    done = event.step if isinstance(event, StageResumed) else 0
                    self._shares[event.stage] = done / max(1, event.num_steps)
                case Progress() | Working():
                    self._last = event
                case StageDone():
                    self._done.add(event.stage)
                    self._last = None
                case Noticed():
                    self._waits_for = again(event.text) if event.id == "disk-full" else ""
                case RunEnded() | CheckpointSaved():
                    self._waits_for = ""
        if step is not None:
            self.numbers.show_text(numbers_of(step, self.modality))
        self._show()

    def _begin(self, event: RunStarted) -> None:
        self._stages, self._last = event.stages, None
        # Asked for with the next look: it is read from the disk.
        self._works = {}
        self._end.forget()
        words = ngettext(
            "On {device}, {precision}.",
            "On {device}, {number} processes, {precision}.",
            event.num_processes,
        )
        self.device.show_text(
            words.format(
                device=again(event.device), number=event.num_processes, precision=event.precision
            )
        )

    def show_watcher(self, watcher: RunWatcher, trouble: str = "") -> None:
        """Show the state of the run, and what hinders it."""
        status = self._status = watcher.status
        if watcher.run != self._run:
            self._run, self._works = watcher.run, {}
        if status is None:
            is_none = watcher.run is None
            words = _("No run is open") if is_none else _("The run can't be read")
            trouble = (
                ""
                if is_none
                else _("{unreadable} This page keeps looking for it.").format(
                    unreadable=watcher.unreadable
                )
            )
        elif watcher.is_starting:
            words, trouble = _("Starting …"), ""
        else:
            words = _ASKED.get(watcher.asked or "", STATES[status.state])
            if status.state is RunState.FINISHED and (spent := watcher.history.took_s):
                words = _("Finished after {time}").format(time=duration(spent))
        self.state.setText(words)
        self._show_problem(status, trouble or ("" if watcher.is_starting else self._waits_for))
        self._show()

    def _show_problem(self, status: Status | None, hindrance: str) -> None:
        text, tone = hindrance, "warn"
        if status is not None and not hindrance:
            is_at_rest = status.state in (RunState.PAUSED, RunState.STOPPED)
            is_bad = status.state in (RunState.FAILED, RunState.INTERRUPTED)
            if is_bad or (is_at_rest and status.error_id is not None):
                text = again(status.text)
                if status.state is RunState.INTERRUPTED:
                    text += _(" Nothing up to the last checkpoint is lost: continue the training.")
                tone = _TONES.get(status.state, "warn")
        self.problem.setText(text)
        self.problem_box.setVisible(bool(text))
        set_role(self.problem_box, tone, "tone")

    def _show(self) -> None:
        is_running = self._status is not None and self._status.state is RunState.RUNNING
        is_finished = self._status is not None and self._status.state is RunState.FINISHED
        # It is said above: full bars and the last step's numbers tell nothing more.
        for part in (self._bars, self.numbers):
            part.setVisible(not is_finished)
        if is_finished:
            return
        self._show_stage(is_running=is_running)
        self._show_run(is_running=is_running)

    def _show_stage(self, *, is_running: bool) -> None:
        words, share = "", None
        if self._last is not None:
            words, share = place_words(self._last, is_running=is_running)
        elif self._stages:
            words = (
                _("Getting ready for the next stage …") if is_running else _("No stage is running")
            )
        self.stage_words.show_text(words)
        if share is None and is_running and words:
            self.stage_bar.setRange(0, 0)  # at work, and nobody knows how long
        else:
            _fill(self.stage_bar, share or 0.0)

    def _show_run(self, *, is_running: bool) -> None:
        if not self._stages:
            self.run_words.show_text(_("Run: getting ready …") if is_running else "")
            return
        if not self._works and self._run is not None:
            self._works = works_of(self._run, self._stages)
            # What was copied from another run is in no event of this one.
            self._done |= done_on_disk(self._run, self._stages)
        share = share_done(self._works, self._done, self._shares)
        words = _("Run: {share}").format(share=percent(share, 0))
        if self.counts_stages:
            number = len(self._stages)
            at = min(len(self._done & set(self._stages)) + 1, number)
            words += _(", stage {at} of {number}").format(at=at, number=number)
        if is_running and (end := self._end.end) is not None:
            words += until(end, 0.0)
        self.run_words.show_text(words)
        _fill(self.run_bar, share)


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
