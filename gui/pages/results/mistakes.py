"""The tab with the mistakes that the classifier was surest of."""

import numpy as np
from PySide6.QtWidgets import QComboBox, QWidget

from core.language import _, ngettext
from core.readers.answers import Answers
from core.recipe.modality import AUTO, Modality, modality_named
from gui.pages.results.thumbnail_wall import AnswerWall
from gui.theme import theme
from gui.widgets.basics import column, label, row
from gui.words.numbers import percent

# Standard errors that a share of right answers has to lie above chance.
_ERRORS_ABOVE = 2.0


def advice_for(answers: Answers) -> str:
    """What mistakes are worth: of a classifier at chance they tell nothing about labels."""
    counts = np.bincount(answers.targets, minlength=len(answers.classes))
    majority = float(counts.max()) / max(1, len(answers))
    right = float((answers.predicted == answers.targets).mean()) if len(answers) else 0.0
    error = float(np.sqrt(right * (1 - right) / max(1, len(answers))))
    if right - _ERRORS_ABOVE * error <= majority:
        name = answers.classes[int(counts.argmax())]
        words = _(
            "This classifier is hardly better than always saying {name} ({share}): "
            "most of these are its own mistakes."
        )
        if right + _ERRORS_ABOVE * error < majority:
            words = _(
                "Always saying {name} would be right more often ({share}): most of these are the "
                "classifier's own mistakes."
            )
        return words.format(name=name, share=percent(majority))
    return _("The surest ones are worth a look: now and then it is the label that is wrong.")


class Mistakes(QWidget):
    """Two filters and a wall."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._answers: Answers | None = None
        self._modality = modality_named(AUTO)
        layout = column(self, gap=2)
        layout.setContentsMargins(0, theme().space(3), 0, 0)
        line = row()
        self.true = QComboBox()
        self.true.setAccessibleName(_("True class of the mistakes"))
        self.said = QComboBox()
        self.said.setAccessibleName(_("What was said"))
        for box in (self.true, self.said):
            box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
            box.activated.connect(lambda _: self._show())
            line.addWidget(box)
        self.advice = label("", "muted")
        line.addWidget(self.advice, 1)
        layout.addLayout(line)
        self.examples = AnswerWall(_("Most confident mistakes"), is_wide=True)
        layout.addWidget(self.examples, 1)

    def show_modality(self, modality: Modality) -> None:
        """Show other examples, as they can be shown."""
        self._modality = modality
        self.examples.show_modality(modality)

    def forget(self) -> None:
        """Another classifier is being read."""
        self._answers = None
        self.examples.show_words("")

    def show_answers(self, answers: Answers) -> None:
        """Show the mistakes of a classifier."""
        if (
            self._answers is None
            or self._answers.classes != answers.classes
            or not self.true.count()
        ):
            for box, text in ((self.true, _("Any true class")), (self.said, _("Any answer"))):
                kept = box.currentIndex() if box.count() == len(answers.classes) + 1 else 0
                box.clear()
                box.addItems([text, *answers.classes])
                box.setCurrentIndex(kept)
        self._answers = answers
        self.advice.setText(advice_for(answers))
        self._show()

    def filter_by(self, true: int) -> None:
        """Show only mistakes on examples of a class."""
        if self.true.count():
            self.true.setCurrentIndex(true + 1)
            self.said.setCurrentIndex(0)
            self._show()

    def shut_down(self) -> None:
        """Read no more examples."""
        self.examples.shut_down()

    def _show(self) -> None:
        answers = self._answers
        if answers is None:
            return
        true, said = (box.currentIndex() - 1 for box in (self.true, self.said))
        chosen = answers.mistakes(None if true < 0 else true, None if said < 0 else said)
        if not len(chosen):
            none = self._modality.words(
                _("There is no mistake: all test {examples} were recognised.")
            )
            if true >= 0 or said >= 0:
                none = _("There is no such mistake.")
            self.examples.show_words(none)
            return
        words = ngettext(
            "{number:,} mistake of {total:,} test {examples}, the surest first.",
            "{number:,} mistakes of {total:,} test {examples}, the surest first.",
            len(chosen),
        )
        words = self._modality.words(words, number=len(chosen), total=len(answers))
        words += " " + (
            _("Below each: its true class, → what was said, and how probable that seemed.")
            if self._modality.shown_as == "picture"
            else _("Each with its true class, → what was said, and how probable that seemed.")
        )
        self.examples.show_examples(answers, chosen, words)
