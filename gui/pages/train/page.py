"""The train page: watch a run, pause it, stop it, go on with it."""

import re
import shutil
from contextlib import suppress

from PySide6.QtCore import Qt, QTimer, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QWidget

from core.errors import RunError
from core.language import _
from core.readers.outcome import read_outcome
from core.run.events import Event, Noticed, StageDone
from core.run.folder import RunState, Status
from gui.outcome.words import headline
from gui.pages.page import Page, Primary, Step, step_of
from gui.pages.train.curves import TrainingCurves
from gui.pages.train.log import LogPanel
from gui.pages.train.log_lines import words_of
from gui.pages.train.previews import Previews
from gui.pages.train.race import RacePanel
from gui.running.commands import Commands
from gui.running.head import STATES, Head
from gui.running.starting import may_start
from gui.state.session import Session
from gui.state.watcher import RunWatcher
from gui.widgets import dialogs
from gui.widgets.basics import column, row
from gui.widgets.notices import announce
from gui.widgets.notify import notify
from gui.widgets.split import Split
from gui.words.modality import modality_of, task_of
from gui.words.sentences import lead_and_rest

_TONES = {RunState.FINISHED: "ok", RunState.FAILED: "bad", RunState.INTERRUPTED: "warn"}
_COMMAND = re.compile(r"`redistill resume [^`]*` goes on\.")
_DISK_MS = 5_000
# With less than that not even the log can be written, so the trainer can't say it itself.
_LEAST_BYTES = 1 << 20
_DISCARDED = _(
    "Everything in {path} is moved to the bin: models, checkpoints, results. Your {examples} stay "
    "where they are."
)
_DISK_FULL = _(
    "The disk of the run is full. Training waits, nothing is lost; it continues by itself as "
    "soon as there is room."
)


class TrainPage(Page):
    """Shows the run that the watcher follows."""

    key = "train"

    def __init__(
        self, session: Session, watcher: RunWatcher, parent: QWidget | None = None
    ) -> None:
        super().__init__(session, watcher, parent)
        self._was_training = False
        self._trouble = ""
        self._build()
        watcher.watching.connect(self._on_watching)
        watcher.events_arrived.connect(self._on_events)
        watcher.history_changed.connect(self._on_history)
        watcher.reading.connect(self.curves.show_reading)
        watcher.status_changed.connect(self._on_status)
        self.curves.notice.connect(self.notice)
        self.commands.discard_asked.connect(self._discard)
        self.commands.go_on_asked.connect(self._go_on)
        self.commands.kept_asked.connect(self._show_kept)
        self._disk = QTimer(self, interval=_DISK_MS)
        self._disk.timeout.connect(self._look_at_disk)
        self._disk.start()
        self._refresh()

    def step(self) -> Step:
        """Busy while it trains."""
        if self._watcher.is_training:
            return Step.BUSY
        return step_of(self._watcher.status)

    def primary(self) -> Primary:
        """Results when there are any, else go on."""
        status = self._watcher.status
        if self._watcher.is_training:
            return Primary(_("See the res&ults"), is_enabled=False, hint=_("The run is training."))
        if status is None:
            return Primary(
                _("See the res&ults"), is_enabled=False, hint=_("The run can't be read.")
            )
        if status.state is RunState.FINISHED:
            return Primary(_("See the res&ults"))
        if status.state is RunState.NEW:
            return Primary(_("&Start training"))
        return Primary(_("&Continue training"), hint=_("From the last checkpoint."))

    def on_primary(self) -> None:
        """See results, or go on."""
        status = self._watcher.status
        if status is not None and status.state is RunState.FINISHED:
            self.go_to.emit("results")
        else:
            self._go_on()

    def _go_on(self) -> None:
        run = self._watcher.run
        if run is not None and may_start(self, self._session.settings, run.path):
            self._watcher.start()

    def _build(self) -> None:
        layout = column(self, margin=4, gap=2)
        top = row(gap=4)
        self.head = Head()
        self.commands = Commands(self._watcher)
        top.addWidget(self.head, 1)
        top.addWidget(self.commands)
        layout.addLayout(top)
        self.curves = TrainingCurves()
        self.previews = Previews()
        self.log = LogPanel()
        beside = Split(Qt.Orientation.Vertical, (self.previews, 3), (self.log, 2))
        self.race = RacePanel()
        shown = Split(Qt.Orientation.Vertical, (self.race, 4), (self.curves, 5))
        layout.addWidget(Split(Qt.Orientation.Horizontal, (shown, 11), (beside, 4)), 1)

    def _on_watching(self) -> None:
        run = self._watcher.run
        self._was_training, self._trouble = False, ""
        self.head.forget()
        # A run is on what its own recipe says, whatever is planned meanwhile.
        self.head.modality = modality_of(run)
        self.log.watch(run.path if run is not None else None)
        self.curves.show_history(self._watcher.history)
        self._name_metric()
        self.curves.show_reading(None)
        self.previews.watch(run)
        self.race.forget()
        self.curves.show()

    def _on_events(self, events: list[Event]) -> None:
        self.head.take(events)
        self.log.take(events)
        self.previews.take(events)
        self.race.take(events)
        # Meanwhile there are no curves.
        self.curves.setVisible(not self.race.is_racing)
        if not self._watcher.is_training:
            return
        for event in events[-20:]:
            if isinstance(event, StageDone):
                announce(self, words_of(event))
            elif isinstance(event, Noticed) and event.id == "disk-full":
                self._tell_of_disk(event.text)

    def _on_history(self) -> None:
        self._name_metric()
        self.curves.show_reading(None)
        self.curves.show_history(self._watcher.history)
        self.head.show_watcher(self._watcher, self._trouble)

    def _name_metric(self) -> None:
        task = task_of(self._watcher.run)
        for head in self.curves.heads.values():
            head.show_task(task)
        self.curves.tools.show_task(task)

    def _on_status(self, status: Status | None) -> None:
        training = self._watcher.is_training
        ended, self._was_training = self._was_training and not training, training
        self._refresh()
        if ended and status is not None:
            self._say_end(status)

    def _say_end(self, status: Status) -> None:
        name = self._watcher.run.path.name if self._watcher.run is not None else ""
        # The command is for a terminal; here there is a button.
        text = _COMMAND.sub(_("Continue goes on from there."), status.text)
        if status.state is RunState.FINISHED:
            text = self._answer() or lead_and_rest(text)[0]
        state = STATES[status.state]
        announce(self, f"{name}: {state}. {text}")
        title = _("Redistill: {name}").format(name=name)
        wanted = self._session.settings.notifies
        notify(self.window(), title, f"{state}. {text}", wanted=wanted)
        tone = _TONES.get(status.state, "info")
        self.notice.emit(tone, f"{name}: {state}.", text)

    def _answer(self) -> str:
        """As Results begin with it, which have the rest; empty where they can't be read."""
        run = self._watcher.run
        with suppress(RunError):
            return headline(read_outcome(run)) if run is not None else ""
        return ""

    def _show_kept(self) -> None:
        run = self._watcher.run
        if run is None:
            return
        if run.results_file.exists():
            self.go_to.emit("results")
        elif not QDesktopServices.openUrl(QUrl.fromLocalFile(str(run.stages))):
            what = _("What was trained so far is in {stages}.").format(stages=run.stages)
            self.notice.emit("info", _("No file manager could be opened."), what)

    def _refresh(self) -> None:
        self.head.show_watcher(self._watcher, self._trouble)
        self.commands.refresh()
        self.curves.show_training(self._watcher.is_training)
        self.changed.emit()

    def _look_at_disk(self) -> None:
        run = self._watcher.run
        if run is None or not self._watcher.is_training:
            before, self._trouble = self._trouble, ""
        else:
            try:
                is_full = shutil.disk_usage(run.path).free < _LEAST_BYTES
            except OSError:
                is_full = False  # the folder is gone: the watcher says so
            before, self._trouble = self._trouble, _DISK_FULL if is_full else ""
        if before != self._trouble:
            self._refresh()
            if self._trouble:
                self._tell_of_disk(self._trouble)

    def _tell_of_disk(self, text: str) -> None:
        announce(self, text)
        wanted = self._session.settings.notifies
        notify(self.window(), _("Redistill: the disk is full"), text, wanted=wanted)

    def _discard(self) -> None:
        run = self._watcher.run
        if run is None:
            return
        answer = dialogs.ask(
            self,
            _("Discard {name}?").format(name=run.path.name),
            self.head.modality.words(_DISCARDED, path=run.path),
            {"discard": _("&Discard"), "cancel": _("&Cancel")},
            "cancel",
        )
        if answer != "discard" or self._watcher.run is not run:
            return
        gone = self._watcher.discard()
        self._session.settings.forget_run(run.path)
        self._session.close_run()
        if gone:
            self.notice.emit("ok", _("{name} is in the bin.").format(name=run.path.name), "")
        else:
            self.notice.emit(
                "bad",
                _("{path} could not be removed.").format(path=run.path),
                _("Delete it in the file manager."),
            )
        self.go_to.emit("library")


PAGE = TrainPage
