"""A comparison before it starts: which arms, how many seeds, on what, and what it will cost."""

from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QSpinBox, QVBoxLayout, QWidget

from core.errors import RunError
from core.language import _, ngettext
from core.planning.comparison import MOST_SEEDS, compared_recipe
from core.readers.judgement import PRETRAINED_ONCE
from core.recipe import Recipe
from core.recipe.arms import ARMS, BASE, interpolates_one_arm
from core.recipe.command import preset_of
from gui.outcome.words import FEW_SEEDS
from gui.pages.compare.arm_choice import ArmChoice
from gui.pages.compare.costs import ComparisonCosts
from gui.pages.compare.devices import DeviceChoice
from gui.running.destination import Destination, free_gib
from gui.running.estimate_table import EstimateTable
from gui.running.unseen_reading import HINT, UnseenReading
from gui.state.session import Session
from gui.state.watcher import RunWatcher
from gui.widgets.basics import button, card, column, flowing, keep_middle, label, row, scrolled
from gui.widgets.beside import Beside, stacked
from gui.widgets.busy_line import BusyLine
from gui.widgets.page_head import PageHead

_SEEDS = 5
# Its content grows no wider, in steps of the grid.
_WIDEST = 560
# The fewest that can be averaged.
_PAIR = 2


class ComparisonSetup(QWidget):
    """Signals: `changed`, `notice`, `back_asked` (to the comparison that is open), `copy_asked`."""

    changed = Signal()
    notice = Signal(str, str, str)
    back_asked = Signal()
    copy_asked = Signal()

    def __init__(
        self, session: Session, watcher: RunWatcher, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._session, self._watcher = session, watcher
        self._pretrainings_of_draft = 0
        self.costs = ComparisonCosts(session, self)
        self.arms, self.devices = ArmChoice(), DeviceChoice()
        self.origin = flowing("")
        self.seeds, self.pretrainings = QSpinBox(), QSpinBox()
        self.table = EstimateTable()
        self.destination = Destination(session, suffix=" comparison")
        self.back = button(_("&Back to the comparison"), self.back_asked.emit, icon_name="back")
        content = QWidget()
        layout = column(content, margin=4, gap=3)
        head = PageHead(
            _("What helps on your data?"),
            _(
                "Every arm is fine-tuned on the same labeled data with the same budget and the "
                "same seeds, and tested on the same test data. Pre-training is shared by the arms."
            ),
        )
        head.add(self.back)
        layout.addWidget(head)
        self.unseen = UnseenReading(session)
        layout.addWidget(self.unseen)
        layout.addWidget(self.origin)
        cards = []
        for fill in (self._fill_arms, self._fill_seeds, self._fill_estimate):
            frame, inside = card()
            fill(inside)
            cards.append(frame)
        commands = QWidget()
        line = row(commands)
        line.addWidget(
            button(
                _("&Copy as a command"),
                self.copy_asked.emit,
                icon_name="copy",
                tip=_("Run this as a script: the same comparison for a terminal or a server."),
            )
        )
        line.addStretch(1)
        beside = Beside(stacked(cards[0]), stacked(*cards[1:], self.destination, commands))
        beside.turned.connect(self.arms.show_tall)
        layout.addWidget(beside)
        layout.addStretch(1)
        column(self).addWidget(scrolled(content, _("New comparison")))
        for part in (self.arms, self.devices, self.costs):
            part.changed.connect(self.show_costs)
        for field in (self.seeds, self.pretrainings):
            field.valueChanged.connect(lambda _: self.show_costs())
        for changed in (self.destination.changed, self.unseen.changed):
            changed.connect(self.changed)
        self.costs.measuring.give_way_to(self._watcher)
        self.costs.progressed.connect(self._show_progress)
        self.costs.failed.connect(self._on_failed)
        self.costs.ended.connect(self.busy.hide)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave the room on both sides that the content has no use for."""
        super().resizeEvent(event)
        keep_middle(self, _WIDEST)

    def _fill_arms(self, inside: QVBoxLayout) -> None:
        inside.addWidget(self.arms)

    def _fill_seeds(self, inside: QVBoxLayout) -> None:
        line = row(gap=2)
        title = label(_("Seeds &per arm"), "heading", wrap=False)
        self.seeds.setRange(1, MOST_SEEDS)
        self.seeds.setValue(_SEEDS)
        self.seeds.setAccessibleName(_("Seeds per arm"))
        title.setBuddy(self.seeds)
        line.addWidget(title)
        line.addWidget(self.seeds)
        self.times = label("", "muted")
        line.addWidget(self.times, 1)
        inside.addLayout(line)
        self._fill_pretrainings(inside)
        inside.addWidget(self.devices)

    def _fill_pretrainings(self, inside: QVBoxLayout) -> None:
        line = row(gap=2)
        title = label(_("Pre-&training seeds"), "heading", wrap=False)
        self.pretrainings.setRange(1, MOST_SEEDS)
        self.pretrainings.setAccessibleName(_("Pre-training seeds"))
        title.setBuddy(self.pretrainings)
        line.addWidget(title)
        line.addWidget(self.pretrainings)
        self.chance = label("", "muted")
        line.addWidget(self.chance, 1)
        inside.addLayout(line)

    def _fill_estimate(self, inside: QVBoxLayout) -> None:
        self.busy = BusyLine(_("Measuring this machine"), _("S&kip"))
        self.busy.cancelled.connect(self.costs.measuring.stop)
        inside.addWidget(self.busy)
        inside.addWidget(self.table)
        self.taken = flowing("", "muted")
        inside.addWidget(self.taken)

    def asked(self) -> Recipe:
        """What is planned.

        Raises:
            RunError: There are no labels.
        """
        number = self.pretrainings.value() if self.pretrainings.isEnabled() else 1
        return compared_recipe(
            *(self._session.draft, self.arms.chosen, self.seeds.value(), self.devices.chosen),
            pretrain_seeds=number,
        )

    def problem(self) -> str:
        """Why it can't be started; empty when it can."""
        if self._session.draft.data.labeled is None:
            return _(
                "Choose labeled data on the Data page first: without labels nothing is compared."
            )
        if self._watcher.is_training:
            return _("Another run is training: pause or stop it first.")
        if self.unseen.holds_back:
            return HINT
        if self.arms.chosen == [BASE]:
            return _("Tick an arm to compare with fine-tuning alone.")
        if self.too_few:
            return self.too_few
        return self.destination.problem()

    @property
    def too_few(self) -> str:
        """What so few seeds per arm can't be made into; empty when they are enough."""
        number, seeds = self.pretrainings.value(), self.seeds.value()
        if self.pretrainings.isEnabled() and number > seeds:
            return _("{number} pre-trainings need as many seeds per arm.").format(number=number)
        if seeds < _PAIR and any(ARMS[arm].average == "seeds" for arm in self.arms.chosen):
            return _("A soup averages seeds: it needs two of them, or more.")
        return ""

    def refresh(self) -> None:
        """Propose a name and say what it will cost, if anybody looks."""
        if self.isVisible():
            if not self.destination.name.text() or self.destination.problem():
                self.destination.propose()
            self.show_costs()

    def show_costs(self) -> None:
        """Say what it will cost; measure what is not known."""
        if not self.isVisible():
            return
        self.costs.look(may_measure=not self._watcher.is_training)
        self.busy.setVisible(self.costs.measuring.is_busy)
        self._show_times()
        try:
            asked = self.asked()
        except RunError:
            words = _("Time and disk are estimated once there is labeled data.")
            self.table.show_nothing(self.too_few or words)
            self._show_taken("", 0)
        else:
            taken = self.costs.taken(asked)
            self._show_taken(*((taken[0].path.name, len(taken[1])) if taken else ("", 0)))
            self._show_estimate(asked)
        self.changed.emit()

    def shut_down(self) -> None:
        """End what works in the background."""
        self.costs.shut_down()

    def _show_estimate(self, asked: Recipe) -> None:
        found = self.costs.estimate(asked)
        if found is not None:
            free = free_gib(self._session.settings.runs_folder)
            self.table.show_estimate(found, self.costs.memory_free_gib, free)
            return
        words = ""
        if self.costs.numbers() is None:
            words = _("Time and disk are estimated once the Data page has looked at the data.")
        elif self._watcher.is_training:
            words = _("A run is training: this machine can't be measured meanwhile.")
        self.table.show_nothing(words)

    def _on_failed(self, what: str, action: str) -> None:
        self.table.show_nothing(f"{what} {action}")
        self.notice.emit("warn", what, action)

    def show_draft(self, recipe: Recipe) -> None:
        """Show what a comparison would be made of."""
        self.arms.show_recipe(recipe)
        self.devices.show_recipe(recipe)
        run = self._session.run
        if run is not None and self._session.draft_is_run:
            source = _("With data, model and settings of the run {name}").format(name=run.path.name)
        else:
            preset = preset_of(recipe)
            how = _("preset {preset}").format(preset=preset) if preset else _("your own settings")
            source = _("With data, model and settings as chosen ({how})").format(how=how)
        steps = _("{steps:,} steps for each fine-tuning").format(steps=recipe.finetune.steps)
        where = _("The pages Data, Model and Plan change them")
        self.origin.setText(f"{source}: {steps}. {where}.")
        # Not while somebody chooses: the draft changes for many reasons.
        if self._pretrainings_of_draft != recipe.pretrain.num_seeds:
            self._pretrainings_of_draft = recipe.pretrain.num_seeds
            self.pretrainings.setValue(recipe.pretrain.num_seeds)

    def _show_times(self) -> None:
        chosen, seeds = self.arms.chosen, self.seeds.value()
        arms = sum(1 for arm in chosen if not ARMS[arm].average)
        words = ngettext(
            "{arms} arm × {seeds} = {number} fine-tunings",  # noqa: RUF001
            "{arms} arms × {seeds} = {number} fine-tunings",  # noqa: RUF001
            arms,
        ).format(arms=arms, seeds=seeds, number=arms * seeds)
        if arms < len(chosen):
            words += _(", and averages of them")
        if interpolates_one_arm(chosen) and self._session.draft.finetune.interpolate:
            words += _(", which are not interpolated: WiSE-FT shows what that does")
        words += "."
        if seeds < FEW_SEEDS:
            words += _(" Fewer than three seeds tell little about chance.")
        self.times.setText(words)
        self._show_chance()

    def _show_chance(self) -> None:
        """Say what chance between pre-trainings has to do with it."""
        pretrained = any(ARMS[arm].start for arm in self.arms.chosen)
        self.pretrainings.setEnabled(pretrained)
        number = self.pretrainings.value()
        words = _(
            "Each is done {number} times, so chance between pre-trainings is in the intervals."
        ).format(number=number)
        if number == 1:
            words = PRETRAINED_ONCE
        self.chance.setText(words if pretrained else _("None of the arms is further pre-trained."))
        self.pretrainings.setAccessibleDescription(self.chance.text())

    def _show_taken(self, name: str, num_stages: int) -> None:
        """Say what need not be trained again."""
        words = ngettext(
            "What the run {name} has trained in just the same way is taken over: its stage is not "
            "trained again.",
            "What the run {name} has trained in just the same way is taken over: its {number} "
            "stages are not trained again.",
            num_stages,
        ).format(name=name, number=num_stages)
        self.taken.setText(words if num_stages else "")
        self.taken.setVisible(bool(num_stages))

    def _show_progress(self, what: str, done: int, total: int) -> None:
        self.busy.show_progress(what or _("Measuring this machine …"), done, total)
