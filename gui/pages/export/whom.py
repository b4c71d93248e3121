"""The first question of the Export page: for whom? Each answer leads to a format, or elsewhere."""

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from core.export.formats import ExportFormat
from core.language import _
from core.recipe.modality import Modality
from gui.pages.export.purposes import PURPOSES, Purpose
from gui.widgets.basics import column, label
from gui.widgets.card_grid import CardGrid
from gui.widgets.choice import Choice, in_card

_LINES_WIDE = 20


class Whom(QWidget):
    """Cards, the first of them chosen.

    Signals:
        chosen: Another answer was given.
        elsewhere: The page where it is done instead.
    """

    chosen = Signal()
    elsewhere = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        layout = column(self, gap=1)
        layout.addWidget(label(_("For whom is it?"), "heading", wrap=False))
        self._grid = CardGrid(_LINES_WIDE, most=3)
        layout.addWidget(self._grid)
        self.cards: list[Choice] = []
        self._answers: list[tuple[Purpose, str]] = []
        self._at = 0

    def show_formats(self, offered: Sequence[ExportFormat], modality: Modality) -> None:
        """Ask about the formats of a modality, and take the first answer.

        Args:
            offered: Its formats.
            modality: Its words.
        """
        self._grid.place([])
        for card in self.cards:
            card.deleteLater()
        answers = [(each, each.format_in(offered)) for each in PURPOSES]
        self._answers = [(each, name) for each, name in answers if name or each.page]
        self.cards = [self._card(at, modality) for at in range(len(self._answers))]
        self._grid.place(self.cards)
        self._mark(0)

    @property
    def format(self) -> str:
        """The name of the format that the answer means."""
        return self._answers[self._at][1]

    @property
    def pushes(self) -> bool:
        """Whether what is exported then goes to the hub."""
        return self._answers[self._at][0].pushes

    def _card(self, at: int, modality: Modality) -> Choice:
        purpose, _ = self._answers[at]
        title, words = modality.words(purpose.title), modality.words(purpose.words)
        card = Choice(title)
        card.setAccessibleDescription(words)
        card.setCheckable(not purpose.page)
        inside = column(card, margin=2, gap=0)
        inside.addWidget(in_card(label(title, "heading")))
        inside.addWidget(in_card(label(words, "muted")))
        inside.addStretch(1)
        card.clicked.connect(lambda: self._choose(at))
        return card

    def _choose(self, at: int) -> None:
        purpose, _ = self._answers[at]
        if purpose.page:
            self.elsewhere.emit(purpose.page)
            return
        self._mark(at)
        self.chosen.emit()

    def _mark(self, at: int) -> None:
        self._at = at
        for number, card in enumerate(self.cards):
            card.setChecked(number == at)
