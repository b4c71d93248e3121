"""The tab with the confusion matrix and, beside it, the examples of the chosen cell."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QWidget

from core.language import _
from core.readers.answers import Answers
from core.readers.outcome import SeedScore
from core.recipe.modality import AUTO, Modality, modality_named
from gui.pages.results.matrix import MatrixView
from gui.pages.results.thumbnail_wall import AnswerWall
from gui.theme import theme
from gui.widgets.basics import column, label, row
from gui.widgets.notices import announce
from gui.widgets.split import Split

_INVITATION = _("Click a cell, or press Enter on it, to see its {examples}.")


class Confusion(QWidget):
    """Matrix and examples."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._answers: Answers | None = None
        self._modality = modality_named(AUTO)
        self.view = MatrixView()
        layout = column(self, gap=2)
        layout.setContentsMargins(0, theme().space(3), 0, 0)
        line = row()
        self.numbers = QComboBox()
        self.numbers.addItems([_("Counts"), _("Percent of the row")])
        self.numbers.setAccessibleName(_("Numbers in the matrix"))
        self.numbers.activated.connect(lambda which: self.view.matrix.show_percent(which == 1))
        line.addWidget(self.numbers)
        self.largest = QComboBox()
        self.largest.setAccessibleName(_("Largest confusions"))
        self.largest.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.largest.activated.connect(lambda _: self._go_to(*self.largest.currentData()))
        line.addWidget(self.largest)
        line.addWidget(label(_("Rows: true class. Columns: what was said."), "muted"), 1)
        layout.addLayout(line)
        self.examples = AnswerWall(_("{Examples} of the chosen cell"))
        self.view.chosen.connect(self._on_chosen)
        layout.addWidget(Split(Qt.Orientation.Horizontal, (self.view, 3), (self.examples, 2)), 1)

    def show_modality(self, modality: Modality) -> None:
        """Show other examples, as they can be shown."""
        self._modality = self.view.matrix.modality = modality
        self.examples.show_modality(modality)

    def show_seed(self, seed: SeedScore, classes: Sequence[str]) -> None:
        """Show the matrix of another classifier; its examples come with `show_answers`."""
        self._answers = None
        if seed.matrix is None:
            return  # an example may have several labels: the tab is hidden
        self.view.matrix.show_matrix(seed.matrix, classes)
        self.examples.show_words(self._modality.words(_INVITATION))
        self.largest.clear()
        for true, said in largest_confusions(seed.matrix):
            words = _("{true} taken for {said} ({number:,})").format(
                true=classes[true], said=classes[said], number=seed.matrix[true, said]
            )
            self.largest.addItem(words, (true, said))
        self.largest.setVisible(bool(self.largest.count()))
        if self.largest.count():
            self._go_to(*self.largest.itemData(0))

    def show_answers(self, answers: Answers) -> None:
        """From now on cells have examples."""
        self._answers = answers
        current = self.view.currentIndex()
        if current.isValid():
            self._show(current.row(), current.column())

    def shut_down(self) -> None:
        """Read no more examples."""
        self.examples.shut_down()

    def _go_to(self, true: int, said: int) -> None:
        index = self.view.matrix.index(true, said)
        self.view.setCurrentIndex(index)
        self.view.scrollTo(index, MatrixView.ScrollHint.PositionAtCenter)
        self._show(true, said)

    def _on_chosen(self, true: int, said: int) -> None:
        if self._show(true, said):
            announce(self.view, self.view.matrix.words(true, said))

    def _show(self, true: int, said: int) -> bool:
        words = self.view.matrix.words(true, said)
        if self._answers is None:
            self.examples.show_words(words)
            return False
        self.examples.show_examples(self._answers, self._answers.cell(true, said), words)
        return True


def largest_confusions(matrix: NDArray[np.int64], most: int = 10) -> list[tuple[int, int]]:
    """Row and column of the cells beside the diagonal with the most images, the largest first."""
    wrong = matrix.copy()
    np.fill_diagonal(wrong, 0)
    order = np.argsort(-wrong, axis=None, kind="stable")[:most]
    cells = zip(*np.unravel_index(order, wrong.shape), strict=True)
    return [(int(true), int(said)) for true, said in cells if wrong[true, said]]
