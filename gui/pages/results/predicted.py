"""The tab of a model that predicts numbers: predicted against true ones, and the largest errors."""

from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from core.errors import RunError
from core.figures.predicted import MOST_DOTS
from core.language import _
from core.readers.number_answers import NumberAnswers, read_number_answers
from core.recipe.tasks import in_digits, number_in_words
from core.run.folder import RunFolder
from gui.outcome.background import Background
from gui.outcome.square_plot import DIAGONAL, SquarePlot, Trace
from gui.outcome.table import TextTable
from gui.theme import theme
from gui.widgets.basics import card, column, flowing, label, row, scrolled

_COLUMNS = (_("Example"), _("True"), _("Predicted"), _("Error"))
_HOW = _(
    "Each dot is a test example. On the dotted line the prediction is the true number; above it, "
    "it is too high, below it too low."
)
_WORST = _("The largest errors; often such an error is a wrong label.")
_MOST_ROWS = 50
_DOT = 0.1


class Predicted(QWidget):
    """A plot beside a table."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        content = QWidget()
        across = row(content, gap=3)
        across.setContentsMargins(0, theme().space(3), theme().space(1), 0)
        self.plot = SquarePlot(
            _("Predicted against true numbers"), _("True number"), _("Predicted number")
        )
        frame, inside = card()
        inside.addWidget(label(_("Predicted against true"), "heading"))
        inside.addWidget(self.plot, 1)
        inside.addWidget(flowing(_HOW, "muted"))
        across.addWidget(frame, 1)
        beside = column(gap=2)
        self.words = label("")
        self.words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.table = TextTable(_("The largest errors"), _COLUMNS)
        beside.addWidget(self.words)
        beside.addWidget(self.table, 1)
        beside.addWidget(flowing(_WORST, "muted"))
        across.addLayout(beside, 1)
        column(self).addWidget(scrolled(content, _("Predicted against true numbers")))

    def forget(self) -> None:
        """Another model is being read."""
        self.words.setText("")
        self.plot.show_traces((), "")
        self.table.texts.show_rows([])

    def read(self, background: Background, run: RunFolder, arm: str, seed: int) -> None:
        """Show what an arm said with a seed, as soon as it is read."""
        self.forget()
        find = partial(read_number_answers, run, arm, seed)
        background.do("answers", find, self.show_answers, self._on_error)

    def _on_error(self, error: RunError) -> None:
        self.words.setText(f"{error.what} {error.action}")

    def show_answers(self, answers: NumberAnswers) -> None:
        """Show what a model said of the test examples."""
        true, said = answers.true, answers.predicted
        low, high = (float(f(f(true), f(said))) for f in (min, max))
        width = (high - low) or 1.0
        every = -(-len(true) // MOST_DOTS)
        points = [
            ((float(x) - low) / width, (float(y) - low) / width)
            for x, y in zip(true[::every], said[::every], strict=True)
        ]
        off = abs(said - true)
        words = _(
            "Half of the {number:,} predictions are off by less than {half}, the worst by {most}."
        ).format(
            number=len(true),
            half=in_digits(float(sorted(off)[len(off) // 2])),
            most=in_digits(float(off.max())),
        )
        trace = Trace(_("test examples"), points, dots=[_DOT] * len(points), is_joined=False)
        self.plot.show_traces([trace], words, DIAGONAL, lambda tick: in_digits(low + tick * width))
        self.words.setText(words)
        self.table.texts.show_rows(
            [
                (
                    answers.names[at],
                    number_in_words(float(true[at])),
                    number_in_words(float(said[at])),
                    in_digits(float(said[at] - true[at])),
                )
                for at in answers.worst_first[:_MOST_ROWS]
            ]
        )
