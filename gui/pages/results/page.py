"""The results page: the answer in a sentence, then everything behind it."""

from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QStackedWidget, QWidget

from core.data.labeled_rows import LabeledRows
from core.errors import RunError
from core.language import _
from core.readers.lead import Lead
from core.readers.outcome import RunOutcome, read_outcome
from core.recipe.arms import BASE
from core.run.folder import RunFolder
from gui.outcome.background import Background
from gui.outcome.reading import Found, find_answers, when_written
from gui.outcome.words import headline
from gui.pages.page import Page, Primary, Step
from gui.pages.results.chooser import Chooser
from gui.pages.results.confusion import Confusion
from gui.pages.results.curves import LearningCurves
from gui.pages.results.how_sure import HowSure
from gui.pages.results.map_tab import MapTab
from gui.pages.results.mistakes import Mistakes
from gui.pages.results.overview import Overview
from gui.pages.results.per_class import PerClass
from gui.pages.results.predicted import Predicted
from gui.pages.results.report_saver import ReportSaver
from gui.pages.results.shown_tabs import show_tabs
from gui.pages.results.states import NoResults
from gui.pages.results.try_it import TryIt
from gui.pages.results.use_it import UseIt
from gui.state.session import Session
from gui.state.watcher import RunWatcher
from gui.widgets.basics import column, label, row
from gui.widgets.sign import Sign
from gui.widgets.tabs import Tabs

_GAINS = {Lead.GAIN, Lead.GAIN_NOT_NEEDED}  # No gain is an answer like any other, not an alarm.
_GAIN, _NEUTRAL, _EXPORT = ("tick", "ok"), ("info", "muted"), _("E&xport …")


class ResultsPage(Page):
    """Shows the results of the open run as soon as there are any."""

    key = "results"

    def __init__(
        self, session: Session, watcher: RunWatcher, parent: QWidget | None = None
    ) -> None:
        super().__init__(session, watcher, parent)
        self._background = Background(self)
        self.outcome: RunOutcome | None = None
        self._error: RunError | None = None
        self._images: LabeledRows | None = None
        self._seen: tuple[Path, int] | None = None
        self._answered: tuple[Path, bool] | None = None
        self._is_due = False
        self.per_class, self.confusion = PerClass(), Confusion()
        self.overview = Overview(self.per_class, self.confusion)
        self.mistakes, self.how_sure = Mistakes(), HowSure()
        self.curves, self.try_it, self.use_it = LearningCurves(), TryIt(), UseIt()
        self._first: QWidget = self.overview
        self.map, self.predicted = MapTab(), Predicted()
        self._build()
        self._connect()
        self.refresh()

    @property
    def is_busy(self) -> bool:
        """Whether something is being read."""
        return self._background.is_busy or self._is_due

    def step(self) -> Step:
        """Done when there are results."""
        if self._error is not None:
            return Step.ATTENTION
        return Step.DONE if self.outcome is not None else Step.OPEN

    def primary(self) -> Primary:
        """On to the export, when there is something to export."""
        if self.outcome is None:
            return Primary(_EXPORT, is_enabled=False, hint=_("There are no results yet."))
        if not self.outcome.classifiers and not self.outcome.has_encoder:
            return Primary(_EXPORT, is_enabled=False, hint=_("The run has nothing to export."))
        return Primary(_EXPORT, hint=_("Files that other programs open."))

    def on_primary(self) -> None:
        """Go on."""
        self.go_to.emit("export")

    def on_shown(self) -> None:
        """The run may have progressed or been deleted."""
        self.refresh()
        self._on_tab()

    def show_part(self, name: str) -> None:
        """`use`: where folders are classified; once the results are read, if they are not."""
        assert name == "use", name
        self.tabs.setCurrentWidget(self.use_it)
        self._first = self.use_it if self.outcome is None else self.overview

    def on_hidden(self) -> None:
        """Nobody tries examples now."""
        self.try_it.on_hidden()

    def shut_down(self) -> None:
        """Read no more."""
        self._background.shut_down()
        shown = (self.confusion, self.mistakes, self.map, self.try_it, self.use_it)
        for part in (*shown, self.curves, self.report):
            part.shut_down()

    def refresh(self, *, again: bool = False) -> None:
        """Look whether there are (other) results, and read them.

        Args:
            again: Even if they are known.
        """
        run = self._session.run
        seen = when_written(run) if run is not None else None
        if seen is not None and seen == self._seen and not again:
            return
        self._forget()
        self._seen = seen
        if run is None:
            self.no_results.show_state(None)
        elif not run.path.exists():
            self._on_error(RunError("run-gone", path=run.path))
        elif seen is None:
            self._show_state(run)
        else:
            self.no_results.show_reading()
            read = partial(read_outcome, run)
            self._background.do("outcome", read, self._on_outcome, self._on_error)
        self.changed.emit()

    def _build(self) -> None:
        self.no_results = NoResults()
        self._head = QWidget()
        head = column(self._head, gap=2)
        self.sign = Sign("info", "muted", 6)
        self.sentence = label("", "title")
        self.sentence.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.chooser = Chooser()
        line = row(gap=2)
        line.addWidget(self.sign, 0, Qt.AlignmentFlag.AlignTop)
        line.addWidget(self.sentence, 1)
        self.report = ReportSaver()
        line.addWidget(self.report, 0, Qt.AlignmentFlag.AlignTop)
        head.addLayout(line)
        head.addWidget(self.chooser)
        self.tabs = Tabs()
        self.tabs.setAccessibleName(_("Results"))
        for part, name in (
            (self.overview, _("&Overview")),
            (self.per_class, _("Per &class")),
            (self.predicted, _("&Predicted")),
            (self.confusion, _("Con&fusion")),
            (self.mistakes, _("&Mistakes")),
            (self.how_sure, _("&How sure")),
            (self.map, _("M&ap")),
            (self.curves, _("&Learning curves")),
            (self.try_it, _("&Try it")),
            (self.use_it, _("Use &it")),
        ):
            self.tabs.addTab(part, name)
        head.addWidget(self.tabs, 1)
        self.stack = QStackedWidget()
        self.stack.addWidget(self.no_results)
        self.stack.addWidget(self._head)
        column(self, margin=4).addWidget(self.stack)

    def _connect(self) -> None:
        self._session.run_changed.connect(lambda: self.refresh(again=True))
        # The answer comes first.
        self._session.begun.connect(lambda: self.tabs.setCurrentIndex(0))
        self._watcher.status_changed.connect(lambda _: self.refresh())
        self.no_results.go_to_training.connect(lambda: self.go_to.emit("train"))
        self.no_results.look_again.connect(lambda: self.refresh(again=True))
        self.chooser.chosen.connect(self._show_classifier)
        self.report.notice.connect(self.notice)
        self.map.notice.connect(self.notice)
        self.per_class.wanted.connect(self._show_mistakes_of)
        for part in (self.confusion, self.mistakes):
            part.examples.looked_at.connect(self._look_closer)
        self.tabs.currentChanged.connect(lambda _: self._on_tab())

    def _forget(self) -> None:
        self._background.forget()
        self.outcome = self._error = self._images = None
        for part in (self.map, self.curves, self.try_it, self.use_it):
            part.forget()
        self.stack.setCurrentWidget(self.no_results)

    def _show_state(self, run: RunFolder) -> None:
        self._answered = None
        try:
            self.no_results.show_state(run.status().state)
        except RunError as error:
            self._on_error(error)

    def _on_error(self, error: RunError) -> None:
        self._error = error
        self._answered = None
        self.no_results.show_error(error)
        self.stack.setCurrentWidget(self.no_results)
        self.changed.emit()

    def _on_outcome(self, outcome: RunOutcome) -> None:
        self.outcome = outcome
        if (answered := (outcome.run.path, outcome.interim is None)) != self._answered:
            # The answer comes first, whatever was looked at of the run before.
            self._answered = answered
            self.tabs.setCurrentWidget(self._first)
            self._first = self.overview
        self.sentence.setText(headline(outcome))
        self.sign.show_icon(*(_GAIN if outcome.lead in _GAINS else _NEUTRAL))
        shown = (self.confusion, self.mistakes, self.map, self.try_it, self.use_it)
        for part in (self.per_class, *shown):
            part.show_modality(outcome.modality)
        self.report.show_run(outcome.run.path)
        self.overview.show_outcome(outcome)
        self.chooser.show_outcome(outcome)
        parts = (self.confusion, self.mistakes, self.how_sure), (self.try_it, self.use_it)
        show_tabs(self.tabs, outcome, self.per_class, self.predicted, *parts)
        self.curves.show_run(outcome.run.path, self._session.settings.runs)
        # Not in one go: with hundreds of classes each of the two takes a while.
        self._is_due = True
        QTimer.singleShot(0, self, self._show_classifier)
        was_reading = self.no_results.hasFocus()
        self.stack.setCurrentWidget(self._head)
        if was_reading:
            self.tabs.tabBar().setFocus(Qt.FocusReason.OtherFocusReason)
        self._on_tab()
        self.changed.emit()

    def _show_classifier(self) -> None:
        """Show the classifier that is chosen."""
        self._is_due = False
        outcome, chosen = self.outcome, self.chooser.value
        if outcome is not None:
            self.map.show_classifier(outcome.run, chosen if outcome.rows else None)
        if outcome is None or chosen is None:
            return
        if (stage := outcome.classifiers.get(chosen)) is not None:
            self.try_it.show_classifier(outcome.run.path, stage)
            self.use_it.show_classifier(outcome.run.path, stage)
        if not outcome.rows:
            return
        name, seed = chosen
        scores = outcome.arm(name).seeds[seed]
        base = outcome.arms[0].seeds if outcome.arms and outcome.arms[0].name == BASE else ()
        if outcome.task.is_number:
            self.predicted.read(self._background, outcome.run, name, seed)
            return
        self.per_class.show_seed(scores, base[seed] if name != BASE and seed < len(base) else None)
        self.confusion.show_seed(scores, outcome.classes)
        self.mistakes.forget()
        self.how_sure.forget()
        if not outcome.task.is_single:
            return
        find = partial(find_answers, outcome.run, self._images, name, seed)
        self._background.do("answers", find, self._on_answers, self._on_no_answers)

    def _on_answers(self, found: Found) -> None:
        self._images = found.answers.whole
        for part in (self.confusion, self.mistakes):
            part.examples.show_problem(found.missing)
            part.show_answers(found.answers)
        self.how_sure.show_answers(found.answers)

    def _on_no_answers(self, error: RunError) -> None:
        if self.outcome is None:
            return
        its = self.outcome.modality.words(_("Its {examples} can't be shown."))
        for part in (self.confusion, self.mistakes):
            part.examples.show_problem(f"{its} {error.what} {error.action}")

    def _show_mistakes_of(self, true: int) -> None:
        self.mistakes.filter_by(true)
        self.tabs.setCurrentWidget(self.mistakes)
        self.mistakes.true.setFocus(Qt.FocusReason.OtherFocusReason)

    def _look_closer(self, path: Path | None, text: str) -> None:
        """Try an example of the test part, and ask which of its parts decided."""
        self.tabs.setCurrentWidget(self.try_it)
        if path is not None:
            self.try_it.take([path])
        else:
            self.try_it.take_text(text)
        self.try_it.why.ask_when_shown()

    def _on_tab(self) -> None:
        if self.isVisible() and self.tabs.currentWidget() is self.try_it:
            self.try_it.on_shown()


PAGE = ResultsPage
