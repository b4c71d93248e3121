"""The compare page: arms side by side over seeds, as a run that resumes one by one."""

import shlex
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QStackedWidget, QWidget

from core.errors import RunError
from core.language import _
from core.planning.comparison import is_comparison
from core.readers.comparison_progress import read_done
from core.readers.outcome import read_outcome
from core.recipe.command import as_compare_command
from core.run.events import Event
from core.run.folder import RunFolder, RunState
from core.run.plan import fine_tuning_of
from gui.outcome.background import Background
from gui.outcome.reading import when_written
from gui.pages.compare.board import Board
from gui.pages.compare.setup import ComparisonSetup
from gui.pages.compare.starter import ComparisonStarter
from gui.pages.page import Page, Primary, Step, step_of
from gui.state.session import Session
from gui.state.watcher import RunWatcher
from gui.widgets.basics import column
from gui.widgets.notices import announce
from gui.words.numbers import stage_title

_SHOW_MS = 250


class ComparePage(Page):
    """Plans a comparison, and shows the one that is open."""

    key = "compare"

    def __init__(
        self, session: Session, watcher: RunWatcher, parent: QWidget | None = None
    ) -> None:
        super().__init__(session, watcher, parent)
        self._wants_new = False
        self._seen: tuple[Path, int] | None = None
        self._background = Background(self)
        self.setup, self.board = ComparisonSetup(session, watcher), Board(watcher)
        self.starter = ComparisonStarter(session, watcher, self)
        self.stack = QStackedWidget()
        for part in (self.setup, self.board):
            self.stack.addWidget(part)
        column(self).addWidget(self.stack)
        # Events come ten times a second; a grid that changes as often can't be read.
        self._later = QTimer(self, interval=_SHOW_MS, singleShot=True)
        self._later.timeout.connect(self._show_board)
        self._connect()
        self._on_watching()
        self.board.take(watcher.history.tale())

    @property
    def is_busy(self) -> bool:
        """Whether something is being read or copied."""
        busy = self._background.is_busy or self.starter.is_busy
        return busy or self._later.isActive()

    @property
    def comparison(self) -> RunFolder | None:
        """The open run, if it is a comparison and no other one is being planned."""
        return self._session.run if self.stack.currentWidget() is self.board else None

    def step(self) -> Step:
        """That of the comparison that is open."""
        if self.board.progress is None:
            return Step.OPEN
        if self._watcher.is_training:
            return Step.BUSY
        return step_of(self._watcher.status)

    def primary(self) -> Primary:
        """Start, go on, or see the results."""
        return self._primary_of_board() if self.comparison is not None else self._primary_of_setup()

    def on_primary(self) -> None:
        """Start, go on, or see the results."""
        if self.comparison is None:
            self._start()
        elif self._watcher.is_training or self._state is RunState.FINISHED:
            self.go_to.emit("results")
        else:
            self.starter.go_on()

    def on_shown(self) -> None:
        """Measure and propose a name, or look at the results again."""
        if self.comparison is not None:
            self._read()
        else:
            self.setup.refresh()
        self.changed.emit()

    def shut_down(self) -> None:
        """End what works in the background."""
        self._later.stop()
        for part in (self._background, self.starter, self.setup):
            part.shut_down()

    def _connect(self) -> None:
        session, watcher = self._session, self._watcher
        session.draft_changed.connect(self._on_draft)
        session.findings_changed.connect(self._on_draft)
        session.devices_changed.connect(self._on_draft)
        watcher.watching.connect(self._on_watching)
        watcher.events_arrived.connect(self._on_events)
        watcher.status_changed.connect(lambda _: self._on_status())
        self.board.go_on_asked.connect(self.starter.go_on)
        self.board.new_asked.connect(lambda: self._plan_new(wanted=True))
        self.setup.back_asked.connect(lambda: self._plan_new(wanted=False))
        self.board.more.asked.connect(self.starter.add_seeds)
        for part in (self.board, self.setup):
            part.copy_asked.connect(self._copy)
        self.setup.changed.connect(self.changed)
        self.setup.notice.connect(self.notice)
        self.setup.unseen.asked.connect(lambda: self.go_to.emit("data"))
        self.starter.changed.connect(self._on_status)
        self.starter.failed.connect(lambda what, action: self.notice.emit("bad", what, action))

    @property
    def _state(self) -> RunState | None:
        status = self._watcher.status
        return status.state if status is not None else None

    def _primary_of_board(self) -> Primary:
        has_results = self._seen is not None
        if self._watcher.is_training:
            hint = _("Those there are so far.") if has_results else _("The comparison is training.")
            return Primary(_("See the res&ults"), is_enabled=has_results, hint=hint)
        if self._state is None:
            return Primary(
                _("See the res&ults"), is_enabled=False, hint=_("The run can't be read.")
            )
        if self._state is RunState.FINISHED:
            return Primary(_("See the res&ults"), hint=_("Per class, confusions and mistakes."))
        if self._state is RunState.NEW:
            return Primary(_("&Start the comparison"))
        return Primary(_("&Continue the comparison"), hint=_("From the last checkpoint."))

    def _primary_of_setup(self) -> Primary:
        problem = self.setup.problem()
        if self.starter.is_busy:
            problem = _("What {source} has trained is being copied.").format(
                source=self.starter.source
            )
        hint = problem
        if not problem and any(light.tone == "bad" for light in self.setup.table.lights):
            hint = _("This may not fit: check memory and disk.")
        return Primary(_("&Start the comparison"), is_enabled=not problem, hint=hint)

    def _on_watching(self) -> None:
        """Another run is followed, from its first event on, or none."""
        self._wants_new = False
        recipe = self._session.run_recipe if self._watcher.run is not None else None
        is_one = recipe is not None and is_comparison(recipe)
        self.board.forget(recipe if is_one else None)
        if is_one and recipe is not None:
            self.setup.arms.choose(recipe.finetune.arms)
        self._seen = None
        self._background.forget()
        self._choose_side()

    def _choose_side(self) -> None:
        is_one = self.board.progress is not None
        shows_board = is_one and not self._wants_new
        self.stack.setCurrentWidget(self.board if shows_board else self.setup)
        self.setup.back.setVisible(is_one)
        if shows_board:
            self._read()
            self._show_board()
        else:
            self._on_draft()
        self.changed.emit()

    def _plan_new(self, *, wanted: bool) -> None:
        self._wants_new = wanted
        self._choose_side()
        (self.setup.seeds if wanted else self.board.grid).setFocus()

    def _on_events(self, events: Sequence[Event]) -> None:
        completed = self.board.take(events)
        tuned = [stage for stage in completed if fine_tuning_of(stage)]
        if tuned:
            self._read()
            if self._watcher.is_training and self.isVisible():
                announce(self, _("{stage} is done").format(stage=stage_title(tuned[-1])))
        if self.board.progress is not None and not self._later.isActive():
            self._later.start()

    def _on_status(self) -> None:
        if self.comparison is not None:
            self._read()
        self._show_board()
        if self.comparison is None:
            self.setup.show_costs()

    def _show_board(self) -> None:
        self.board.refresh()
        self.changed.emit()

    def _read(self) -> None:
        """Look what is complete, and whether there are other results, on disk."""
        run, progress = self._session.run, self.board.progress
        if run is None or progress is None:
            return
        known = frozenset(progress.done)
        self._background.do("done", lambda: read_done(run, known), self._on_done, lambda _: None)
        seen = when_written(run)
        if seen is not None and seen != self._seen:
            self._seen = seen
            self._background.do(
                "outcome",
                lambda: read_outcome(run),
                self.board.findings.show_outcome,
                self.board.findings.show_error,
            )

    def _on_done(self, done: dict[str, float | None]) -> None:
        if self.board.progress is not None:
            self.board.progress.learn(done)
            self._show_board()

    def _on_draft(self) -> None:
        self.setup.devices.offer(self._session.devices)
        self.setup.show_draft(self._session.draft)
        if self.comparison is None:
            self.setup.refresh()
        self.changed.emit()

    def _start(self) -> None:
        if self.setup.unseen.holds_back:
            return
        try:
            asked = self.setup.asked()
        except RunError as error:
            self._tell(error)
            return
        taken = self.setup.costs.taken(asked)
        run = RunFolder(self.setup.destination.path)
        self.starter.start(run, asked, taken[0] if taken is not None else None)

    def _copy(self) -> None:
        run = self.comparison
        try:
            recipe = run.recipe() if run is not None else self.setup.asked()
        except RunError as error:
            self._tell(error)
            return
        out = run.path if run is not None else self.setup.destination.path
        QGuiApplication.clipboard().setText(shlex.join(as_compare_command(recipe, str(out))))
        self.notice.emit("ok", _("The command is on the clipboard."), "")

    def _tell(self, error: RunError) -> None:
        self.notice.emit("bad", error.what, error.action)


PAGE = ComparePage
