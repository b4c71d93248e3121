"""What a comparison has found so far: the sentence, the intervals, the numbers."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from core.errors import RunError
from core.language import _, language
from core.language.choice import ENGLISH
from core.readers.chance import against_chance
from core.readers.judgement import Judgement, in_words
from core.readers.outcome import ArmScore, RunOutcome
from core.recipe.arms import BASE, listed_place
from core.recipe.shares import number_of, points
from core.recipe.tasks import SINGLE, TASKS
from gui.outcome.table import Row, TextTable
from gui.outcome.words import advice, headline, signed
from gui.pages.compare.forest import Forest
from gui.widgets.basics import card, column, flowing, row
from gui.widgets.sign import Sign
from gui.words.numbers import arm_title, percent
from gui.words.sentences import lead_and_rest

_COLUMNS = (
    _("Arm"),
    _("Accuracy"),
    _("Spread"),
    _("95 % interval"),
    _("Against fine-tuning alone"),
    _("Clear?"),
    _("Seeds"),
)
_NOTHING = _("The answer shows here after the first fine-tunings, and gets surer with each seed.")


class ComparisonFindings(QWidget):
    """Interim results while it runs, the answer when it is done.

    Attributes:
        answer: The answer and what is said about it, to be placed where it is read first; the
            widget itself is what is behind it.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        layout = column(self, gap=3)
        self.answer = QWidget()
        line = row(self.answer, gap=2)
        self.sign = Sign("clock", "muted", 6)
        self.sentence = flowing(_NOTHING, "heading")
        self.about = flowing("", "muted")
        words = QWidget()
        below = column(words, gap=1)
        for part in (self.sentence, self.about):
            part.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            below.addWidget(part)
        line.addWidget(self.sign, 0, Qt.AlignmentFlag.AlignTop)
        line.addWidget(words, 1)
        self._frame, inside = card()
        self.forest = Forest()
        inside.addWidget(self.forest)
        inside.addWidget(
            flowing(
                _(
                    "Large dots with lines are means with 95 % intervals, over test data and "
                    "seeds; small dots are single seeds. With one seed, chance between trainings "
                    "is in no line. The column Clear? takes the number of arms into account."
                ),
                "muted",
            )
        )
        layout.addWidget(self._frame)
        self.table = TextTable(_("Results of all arms"), _COLUMNS)
        layout.addWidget(self.table)
        self.show_outcome(None)

    def show_outcome(self, outcome: RunOutcome | None) -> None:
        """Show what was found; None: nothing yet."""
        arms = sorted(outcome.arms if outcome is not None else (), key=_place)
        answer, about = lead_and_rest(outcome.verdict if outcome is not None else _NOTHING)
        if outcome is not None and language() != ENGLISH:
            # The verdict, which runs keep, is English.
            answer, about = headline(outcome), advice(outcome)
        chance = against_chance(outcome) if outcome is not None else ""
        self._say(answer, " ".join(filter(None, (about, chance))))
        self._show_sign(outcome)
        metric = (outcome.task if outcome is not None else TASKS[SINGLE]).metric.title
        self.forest.show_arms(arms, metric)
        columns = (_COLUMNS[0], metric, *_COLUMNS[2:])
        self.table.texts.show_rows([_numbers(arm, len(arms)) for arm in arms], columns)
        self.table.show_all_rows()
        for part in (self._frame, self.table):
            part.setVisible(bool(arms))

    def show_error(self, error: RunError) -> None:
        """The results can't be read."""
        self.show_outcome(None)
        self._say(error.what, error.action)
        self.sign.show_icon("attention", "bad")

    def _say(self, answer: str, about: str) -> None:
        self.sentence.setText(answer)
        self.about.setText(about)
        self.about.setVisible(bool(about))

    def _show_sign(self, outcome: RunOutcome | None) -> None:
        # "No gain" is an answer like any other, not an alarm.
        if outcome is None or outcome.interim is not None:
            self.sign.show_icon("clock", "muted")
        elif any(_is_gain(arm) for arm in outcome.arms):
            self.sign.show_icon("tick", "ok")
        else:
            self.sign.show_icon("info", "muted")


def _place(arm: ArmScore) -> int:
    """As in the table of fine-tunings."""
    return listed_place(arm.name)


def _is_gain(arm: ArmScore) -> bool:
    return arm.judgement is Judgement.GAIN


def _numbers(arm: ArmScore, num_arms: int) -> Row:
    difference = arm.against.get(BASE)
    against = clear = ""
    if difference is not None:
        low, high = signed(difference.low), signed(difference.high)
        against = _("{points} ({low} to {high}) points").format(
            points=signed(difference.value), low=low, high=high
        )
        clear = in_words(arm.judgement)
        if difference.low == difference.high == 0:
            clear = _("no difference")
    elif arm.name != BASE and num_arms > 1:
        clear = _("not yet paired")
    return (
        arm_title(arm.name),
        percent(arm.score.value),
        "" if arm.spread is None else f"± {points(arm.spread)}",
        _("{low} to {high} %").format(low=number_of(arm.score.low), high=number_of(arm.score.high)),
        against,
        clear,
        str(len(arm.seeds)),
    )
