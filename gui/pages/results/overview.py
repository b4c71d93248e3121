"""The first tab: how the arms compare, why the answer is what it is, and the numbers behind it."""

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget

from core.language import _
from core.readers.chance import against_chance
from core.readers.estimate import ScoreEstimate
from core.readers.outcome import ArmScore, RunOutcome
from core.recipe.arms import BASE
from core.recipe.tasks import MULTI, REGRESSION, SINGLE, TASKS, Metric, Task
from gui.outcome.table import Row, TextTable
from gui.outcome.words import advice, signed
from gui.pages.results.bars import AccuracyBars
from gui.pages.results.closer import Closer
from gui.pages.results.confusion import Confusion
from gui.pages.results.per_class import PerClass
from gui.theme import theme
from gui.widgets.basics import card, column, label, scrolled
from gui.widgets.beside import Beside
from gui.words.numbers import arm_title, percent

_FIRST = _("Classifier")
_LAST = (
    _("Calibration error"),
    _("Against fine-tuning alone"),
    _("Seeds"),
)

_HEADING = _(" on {examples} that no training has seen")
_NOTE = _(
    "The thin lines are 95 % intervals, in brackets in the table: how far off a number may be by "
    "which {examples} were tested and, with several seeds, by chance in training."
)
_MAJORITY = _(" The dashed line is what always saying the most frequent class would reach.")
_SEVERAL = _(
    " Mean average precision: how well each label ranks the {examples}, whatever its threshold; "
    "the mean over the labels. F1 is that of what is said at the thresholds."
)
# In steps of the grid.
_ROOM_FOR_CLASSES = 120

_NUMBERS = _(
    " R² is the share of the differences between the true numbers that the predictions explain: "
    "0 % is no better than always saying their mean. Errors are in the unit of the labels."
)


class Overview(QWidget):
    """Bars, words, numbers; on a large screen the classes as well.

    Args:
        per_class: Shows them on a tab of its own.
        confusion: The same for what is taken for what.
        parent: Owns it.
    """

    def __init__(
        self, per_class: PerClass, confusion: Confusion, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._has_classes = False
        content = QWidget()
        layout = column(content, gap=3)
        layout.setContentsMargins(0, theme().space(3), theme().space(1), 0)
        self._frame, inside = card()
        inside.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._heading = label("", "heading")
        inside.addWidget(self._heading)
        self.bars = AccuracyBars()
        inside.addWidget(self.bars)
        self._note = label("", "muted")
        inside.addWidget(self._note)
        self.why = label("")
        self.why.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        self.answer = Beside(self._frame, self.why)
        layout.addWidget(self.answer)
        self.table = TextTable(
            _("Numbers of all classifiers, with 95 % intervals"), _columns(TASKS[SINGLE])
        )
        layout.addWidget(self.table)
        self.data = label("", "muted")
        layout.addWidget(self.data)
        self.closer = Closer(per_class, confusion)
        self.closer.hide()
        layout.addWidget(self.closer, 1)
        layout.addStretch(0)
        self._area = scrolled(content, _("Overview"))
        column(self).addWidget(self._area)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Use the room there is."""
        super().resizeEvent(event)
        self._use_room()

    def _use_room(self) -> None:
        """Show the classes where there is room for them below the rest."""
        shown = [part for part in (self.answer, self.table, self.data) if not part.isHidden()]
        used = sum(part.height() + theme().space(3) for part in shown)
        left = self._area.viewport().height() - used
        is_large = self.answer.is_wide and left >= theme().space(_ROOM_FOR_CLASSES)
        self.closer.setVisible(is_large and self._has_classes)

    def show_outcome(self, outcome: RunOutcome) -> None:
        """Show another run."""
        modality = outcome.modality
        task = outcome.task
        self._heading.setText(task.metric.title + modality.words(_HEADING))
        about = {MULTI: _SEVERAL, REGRESSION: _NUMBERS}.get(task.name, _MAJORITY)
        self._note.setText(modality.words(_NOTE + about))
        self.bars.show_outcome(outcome)
        self.why.setText(f"{advice(outcome)} {against_chance(outcome)}".strip())
        for part in (self._frame, self.table):
            part.setVisible(bool(outcome.rows))
        self.table.texts.show_rows([_numbers(arm, task) for arm in outcome.rows], _columns(task))
        self.table.show_all_rows()
        self._has_classes = bool(outcome.rows) and task.is_single
        # Once the parts above have their heights.
        QTimer.singleShot(0, self, self._use_room)
        trained_on = modality.trained_on or modality.examples
        numbers = (
            (outcome.num_pretraining, _("pre-trained on {number:,} {examples}")),
            (outcome.num_train if outcome.classifiers else 0, _("fine-tuned on {number:,}")),
            (outcome.num_test, _("tested on {number:,}")),
        )
        parts = ", ".join(
            words.format(number=count, examples=trained_on) for count, words in numbers if count
        )
        self.data.setText(f"{parts[:1].upper()}{parts[1:]}. {outcome.calibration}".strip())


def _columns(task: Task) -> tuple[str, ...]:
    last = _LAST[1:] if task.is_number else _LAST
    return (_FIRST, *(metric.title for metric in task.metrics), *last)


def _numbers(arm: ArmScore, task: Task) -> Row:
    against = arm.against.get(BASE)
    return (
        arm_title(arm.name),
        *(_with_interval(arm.scores[metric.key], metric) for metric in task.metrics),
        *([] if arm.calibration_error is None else [percent(arm.calibration_error)]),
        "" if against is None else _points(against),
        str(len(arm.seeds)),
    )


def _with_interval(found: ScoreEstimate, metric: Metric) -> str:
    shown = percent(found.value) if metric.is_percent else metric.number(found.value)
    ends = {"low": metric.number(found.low), "high": metric.number(found.high)}
    return _("{value} ({low} to {high})").format(value=shown, **ends)


def _points(difference: ScoreEstimate) -> str:
    value, low, high = (
        signed(each) for each in (difference.value, difference.low, difference.high)
    )
    return _("{points} ({low} to {high}) points").format(points=value, low=low, high=high)
