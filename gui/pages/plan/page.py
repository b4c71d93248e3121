"""The plan page: how long and how thorough, with what it will cost before it starts."""

from PySide6.QtCore import QPoint, Qt, QTimer
from PySide6.QtWidgets import QWidget

from core.errors import RunError
from core.language import _
from core.planning.estimate import estimate_run
from core.planning.shapes import DataSizes
from core.planning.steps import fit_steps, least_seconds
from core.recipe import Recipe
from core.recipe.doubts import too_few_to_race
from core.run.folder import RunFolder
from gui.pages.page import Page, Primary, Step
from gui.pages.plan.advanced import Advanced
from gui.pages.plan.costs import Costs, costs_of
from gui.pages.plan.later import Later
from gui.pages.plan.method import MethodRow
from gui.pages.plan.parts import Parts
from gui.pages.plan.presets import Presets
from gui.pages.plan.recipe_buttons import RecipeButtons
from gui.pages.plan.sizes import doubts_of, sizes_of
from gui.pages.plan.time_slider import TimeSlider
from gui.pages.plan.words import what_it_took
from gui.running.destination import Destination, free_gib
from gui.running.estimate_table import EstimateTable, disturbance, grouped
from gui.running.measuring import Measuring
from gui.running.no_estimate import why_no_estimate
from gui.running.objective_advice import ObjectiveLine
from gui.running.starting import may_start
from gui.running.unseen_reading import HINT, UnseenReading
from gui.state.session import Session
from gui.state.watcher import RunWatcher
from gui.widgets.basics import button, card, column, scrolled
from gui.widgets.beside import Beside, stacked
from gui.widgets.busy_line import BusyLine
from gui.widgets.page_head import PageHead

# Steps of the grid from which on all settings stand beside the others.
_THREE_COLUMNS = 680


class PlanPage(Page):
    """Edits the method of the draft and starts runs."""

    key = "plan"
    widest = 880

    def __init__(
        self, session: Session, watcher: RunWatcher, parent: QWidget | None = None
    ) -> None:
        super().__init__(session, watcher, parent)
        self._measuring = Measuring(self, session.measurements)
        self._measuring.give_way_to(watcher)
        self._build()
        self._connect()
        self._show_draft()

    def step(self) -> Step:
        """Done once a run was started from it; attention when it does not fit."""
        if self._session.draft_is_run:
            return Step.DONE
        if self._measuring.is_busy and self.isVisible():
            return Step.BUSY
        bad = any(light.tone == "bad" for light in self.table.lights)
        return Step.ATTENTION if bad else Step.OPEN

    def primary(self) -> Primary:
        """Start, as soon as there is data and a place."""
        if self._is_of_run:
            return Primary(_("&Next: train"), hint=_("This run has been started with this plan."))
        text = _("&Start training")
        if problem := self._problem():
            return Primary(text, is_enabled=False, hint=problem)
        if any(light.tone == "bad" for light in self.table.lights):
            return Primary(text, hint=_("This may not fit: check memory and disk."))
        return Primary(text)

    def _problem(self, *, is_later: bool = False) -> str:
        """Why it can't be started, or queued; empty when it can."""
        if self._session.findings is None:
            return _("Choose data on the Data page first.")
        if self.unseen.holds_back:
            return HINT
        if self._watcher.is_training and not is_later:
            return _("Another run is training: pause or stop it first.")
        return self.destination.problem()

    def on_primary(self) -> None:
        """Make the run folder and start."""
        if self._is_of_run:
            self.go_to.emit("train")
            return
        path = self.destination.path
        if self.unseen.holds_back or not may_start(self, self._session.settings, path):
            return
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            RunFolder.create(path, self._session.draft)
            findings = self._session.findings
            self._session.open_run(path)
        except RunError as error:
            self.notice.emit("bad", error.what, error.action)
            return
        except OSError as error:
            refused = RunError("run-not-writable", path=path, reason=error.strerror)
            self.notice.emit("bad", refused.what, refused.action)
            return
        # The data are those just scanned: opening the run must not scan them again.
        self._session.findings = findings
        self._watcher.num_processes = self._session.num_processes
        self._watcher.start()
        self.go_to.emit("train")

    @property
    def _is_of_run(self) -> bool:
        """Whether it shows the open run, not one to be started: under another name it is again."""
        return self._session.draft_is_run and self.destination.is_of_run

    def on_shown(self) -> None:
        """Measure and propose a name."""
        self._name()
        self._measure()
        self.changed.emit()

    def _name(self) -> None:
        if self._session.draft_is_run:
            self.destination.show_run()
        else:
            self.destination.propose()

    def shut_down(self) -> None:
        """End the measurement."""
        self._measuring.shut_down()

    def _build(self) -> None:
        content = QWidget()
        whole = column(content, margin=4, gap=3)
        whole.addWidget(PageHead(_("How long, how thorough?")))
        self.unseen = UnseenReading(self._session)
        whole.addWidget(self.unseen)
        self.presets, self.method = Presets(), MethodRow()
        self.objective = ObjectiveLine(self._session, self)
        frame, inside = card()
        self.slider, self.table = TimeSlider(), EstimateTable()
        self._busy = BusyLine(_("Measuring this machine"), _("S&kip"))
        for each in (self.slider, self._busy, self.table):
            inside.addWidget(each)
        self._again = button(_("&Measure again"), self._on_again, icon_name="clock", role="quiet")
        self._again.hide()
        inside.addWidget(self._again, 0, Qt.AlignmentFlag.AlignLeft)
        self.parts, self.destination = Parts(self._session), Destination(self._session)
        self.later = Later(self._session, self.destination, lambda: self._problem(is_later=True))
        self.recipe = RecipeButtons(self._session, self.destination)
        self.later.notice.connect(self.notice)
        self.recipe.notice.connect(self.notice)
        self.advanced = Advanced(self._session)
        # What is done and what it takes; what can be changed of it, its name, where it goes.
        takes = stacked(self.presets, self.method, self.objective, frame)
        asks = stacked(self.parts, self.destination, self.later, self.recipe)
        # On a large screen nothing has to be opened, or looked for below.
        columns = Beside(Beside(takes, asks), self.advanced, _THREE_COLUMNS, share=2)
        columns.turned.connect(self.advanced.show_beside)
        whole.addWidget(columns)
        whole.addStretch(1)
        self.area = scrolled(content, _("Plan"))
        column(self).addWidget(self.area)

    def _connect(self) -> None:
        self.unseen.asked.connect(lambda: self.go_to.emit("data"))
        self.unseen.changed.connect(self.changed)
        self.presets.chosen.connect(self._session.use_preset)
        self.slider.chosen.connect(self._on_time)
        self.destination.changed.connect(self.changed)
        self.later.added.connect(self._name)
        self.changed.connect(self.later.refresh)
        self.advanced.searched.connect(self._show_found)
        self._session.draft_changed.connect(self._show_draft)
        self._session.findings_changed.connect(self._on_findings)
        self._session.model_known.connect(self._show_estimate)
        self._busy.cancelled.connect(self._measuring.stop)
        self._measuring.progressed.connect(self._on_progress)
        self._measuring.measured.connect(self._show_estimate)
        self._measuring.failed.connect(self._on_failed)
        self._measuring.ended.connect(self._on_ended)

    def _show_found(self, below: QWidget) -> None:
        """Bring what a search has found into view: it stands below a widget."""
        content = self.area.widget()
        assert content is not None
        top = below.mapTo(content, QPoint(0, 0)).y()
        # Once the rows are laid out.
        QTimer.singleShot(0, self, lambda: self.area.verticalScrollBar().setValue(top))

    def _measure(self) -> None:
        is_asked = self._session.findings is not None and not self._is_of_run
        if is_asked and not self._watcher.is_training:
            self._measuring.measure(self._session.draft)
            self._busy.setVisible(self._measuring.is_busy)
        self._show_estimate()

    def _on_again(self) -> None:
        self._measuring.measure_again(self._session.draft)
        self._busy.setVisible(self._measuring.is_busy)
        self._show_estimate()

    def _on_findings(self) -> None:
        self._show_presets()
        if self.isVisible():
            self._measure()
        self.changed.emit()

    def _show_draft(self) -> None:
        self.advanced.show_modality()
        self._show_presets()
        if self.isVisible():
            self._name()
            self._measure()
        self.changed.emit()

    def _show_presets(self) -> None:
        findings, draft = self._session.findings, self._session.draft
        why = "" if draft.data.labeled or findings is None else _("there are no labels")
        if findings is not None and not why:
            number = findings.count(None, "train") + findings.count(None, "val")
            why = findings.task.lacks.get("race") or too_few_to_race(number, draft.modality)
        self.presets.show_why_not_best(why)
        self.presets.show_recipe(draft)

    def _show_estimate(self) -> None:
        recipe = self._session.draft
        measurement = self._measuring.measurement(recipe)
        if self._session.findings is None:
            # Without data every stage would take no time.
            measurement = None
        self.slider.setEnabled(measurement is not None and not self._is_of_run)
        self.parts.setEnabled(not self._is_of_run)
        sizes = DataSizes(self._session.image_side)
        self.parts.show_plan(recipe, self._price, sizes)
        if self._is_of_run:
            self._again.hide()
            self.method.show_plan(recipe, {})
            self.table.show_nothing(what_it_took(self._session, self._watcher))
            return
        if measurement is None:
            self._again.hide()
            self.method.show_plan(recipe, {})
            self.table.show_nothing(why_no_estimate(self._session, self._watcher))
            return
        found = estimate_run(measurement, recipe, *sizes_of(self._session))
        groups = grouped(found.stages)
        self.method.show_plan(recipe, {group.kind: group.seconds for group in groups})
        self.table.show_estimate(
            found,
            measurement.memory_free_gib,
            free_gib(self._session.settings.runs_folder),
            [*disturbance(measurement), *doubts_of(self._session)],
        )
        self._again.setVisible(not self._measuring.is_busy and not self._watcher.is_training)
        least = least_seconds(measurement, self._session.unscaled, *sizes_of(self._session))
        self.slider.show_seconds(found.seconds, least)
        self.changed.emit()

    def _price(self, recipe: Recipe) -> Costs:
        return costs_of(recipe, self._session, self._measuring, *sizes_of(self._session))

    def _on_time(self, seconds: float) -> None:
        measurement = self._measuring.measurement(self._session.draft)
        if measurement is None:
            return
        # Never the draft, which may have been fitted before: bounds and rounding would add up.
        chosen = self._session.unscaled
        own = estimate_run(measurement, chosen, *sizes_of(self._session)).seconds
        if not self.slider.is_at(own):
            chosen = fit_steps(measurement, chosen, *sizes_of(self._session), seconds)
        self._session.take_fitted(_("Time I have"), chosen)

    def _on_progress(self, what: str, done: int, total: int) -> None:
        self._busy.show_progress(what or _("Measuring this machine …"), done, total)

    def _on_failed(self, what: str, action: str) -> None:
        self.table.show_nothing(f"{what} {action}")
        self.notice.emit("warn", what, action)

    def _on_ended(self) -> None:
        self._busy.hide()
        self.changed.emit()


PAGE = PlanPage
