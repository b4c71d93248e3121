"""The tab that tells whether a classifier is as often right as it says."""

import numpy as np
from PySide6.QtWidgets import QComboBox, QWidget

from core.language import _
from core.readers.answers import Answers
from core.readers.ranking import ThresholdCurve, precision_recall, roc
from core.readers.reliability import (
    ReliabilityBin,
    before_temperature,
    calibration_error,
    reliability,
)
from gui.outcome.square_plot import DIAGONAL, SquarePlot, Trace
from gui.outcome.table import TextTable
from gui.theme import theme
from gui.widgets.basics import card, column, flowing, label, row, scrolled
from gui.words.numbers import percent

_COLUMNS = (_("How sure"), _("Answers"), _("Said on average"), _("Right"))
_HOW = _(
    "Test answers that are about as sure stand together. On the dotted line a classifier is as "
    "often right as it says; below it, it is surer than it should be. Larger dots are more answers."
)
_THRESHOLDS = _(
    "Each point is a threshold on the probability of the class: above it, an example counts as "
    "one. The dotted line is what guessing would reach."
)
# A curve with more points looks the same.
_MOST_POINTS = 400


class HowSure(QWidget):
    """The reliability of the answers; of two classes what thresholds would give, too."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._answers: Answers | None = None
        content = QWidget()
        layout = column(content, gap=3)
        layout.setContentsMargins(0, theme().space(3), theme().space(1), 0)
        self.words = label("")
        layout.addWidget(self.words)
        across = row(gap=3)
        self.reliability = SquarePlot(
            _("How sure and how right"), _("How sure it was"), _("How often right")
        )
        frame, inside = card()
        inside.addWidget(label(_("As often right as it says?"), "heading"))
        inside.addWidget(self.reliability, 1)
        inside.addWidget(flowing(_HOW, "muted"))
        across.addWidget(frame, 1)
        beside = column(gap=3)
        beside.addWidget(self._thresholds())
        self.table = TextTable(_("Answers by how sure they are"), _COLUMNS)
        beside.addWidget(self.table)
        beside.addStretch(1)
        across.addLayout(beside, 1)
        layout.addLayout(across, 1)
        column(self).addWidget(scrolled(content, _("How sure the answers are")))

    def _thresholds(self) -> QWidget:
        self.two, inside = card()
        line = row(gap=2)
        line.addWidget(label(_("Where to draw the line"), "heading"), 1)
        self.positive = QComboBox()
        self.positive.setAccessibleName(_("The class that is looked for"))
        self.positive.activated.connect(lambda _: self._show_thresholds())
        line.addWidget(self.positive)
        inside.addLayout(line)
        self.roc = SquarePlot(_("ROC curve"), _("False alarms"), _("Found"))
        self.found = SquarePlot(
            _("Precision and recall"), _("Found (recall)"), _("Right (precision)")
        )
        plots = row(gap=2)
        plots.addWidget(self.roc, 1)
        plots.addWidget(self.found, 1)
        inside.addLayout(plots, 1)
        self.areas = label("")
        inside.addWidget(self.areas)
        inside.addWidget(flowing(_THRESHOLDS, "muted"))
        self.two.hide()
        return self.two

    def forget(self) -> None:
        """Another classifier is being read."""
        self._answers = None
        self.words.setText("")
        self.table.texts.show_rows([])
        self.reliability.show_traces((), "")
        self.two.hide()

    def show_answers(self, answers: Answers) -> None:
        """Show what a classifier said of the test examples."""
        self._answers = answers
        bins = reliability(answers.confidence, answers.predicted == answers.targets)
        traces = [_trace(_("as it answers"), bins)]
        words = _(
            "How sure it says it is and how often it is right are "
            "{calibration_error:.1f} points apart on average."
        ).format(calibration_error=100 * calibration_error(bins))
        if answers.temperature is not None:
            before = before_temperature(answers.probabilities, answers.temperature)
            said = before.max(axis=1)
            earlier = reliability(said, before.argmax(axis=1) == answers.targets)
            traces.append(_trace(_("as it was trained"), earlier))
            words += _(
                " Before a temperature of {temperature:.2f} was fitted on examples that were "
                "held out of training, they were {calibration_error:.1f}."
            ).format(
                temperature=answers.temperature,
                calibration_error=100 * calibration_error(earlier),
            )
        self.words.setText(words)
        self.reliability.show_traces(traces, words, DIAGONAL)
        self.table.texts.show_rows(
            [
                (
                    # In short: other languages have longer heads beside it.
                    f"{100 * each.low:.0f}–{percent(each.high, 0)}",  # noqa: RUF001
                    f"{each.count:,}",
                    percent(each.said),
                    percent(each.right),
                )
                for each in bins
            ]
        )
        self.table.show_all_rows()
        is_binary = len(answers.classes) == 2 and 0 < int(answers.targets.sum()) < len(answers)
        self.two.setVisible(is_binary)
        if is_binary:
            at = max(0, self.positive.currentIndex()) if self.positive.count() else 1
            self.positive.clear()
            self.positive.addItems(list(answers.classes))
            self.positive.setCurrentIndex(at)
            self._show_thresholds()

    def _show_thresholds(self) -> None:
        answers = self._answers
        if answers is None:
            return
        index = max(0, self.positive.currentIndex())
        name, positive = answers.classes[index], answers.targets == index
        scores, share = answers.probabilities[:, index], float(positive.mean())
        ranked, found = roc(scores, positive), precision_recall(scores, positive)
        self.areas.setText(
            _(
                "Looking for {name}: area under the ROC curve {area}, average "
                "precision {precision}; {share} of the test examples are {name}."
            ).format(
                name=name,
                area=percent(ranked.area),
                precision=percent(found.area),
                share=percent(share),
            )
        )
        words = self.areas.text()
        self.roc.show_traces([_curve("ROC", ranked)], words, DIAGONAL)
        self.found.show_traces([_curve("precision", found)], words, ((0.0, share), (1.0, share)))


def _trace(name: str, bins: list[ReliabilityBin]) -> Trace:
    most = max((each.count for each in bins), default=1)
    return Trace(
        name,
        [(each.said, each.right) for each in bins],
        dots=[(each.count / most) ** 0.5 for each in bins],
    )


def _curve(name: str, curve: ThresholdCurve) -> Trace:
    at = np.arange(len(curve.x))
    if len(at) > _MOST_POINTS:
        at = np.linspace(0, len(at) - 1, _MOST_POINTS).round().astype(int)
    return Trace(name, list(zip(curve.x[at].tolist(), curve.y[at].tolist(), strict=True)))
