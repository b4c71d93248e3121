"""The cards of all runs, those that fit what is searched for."""

from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QWidget

from core.readers.summary import RunSummary
from core.run.folder import RunState
from gui.pages.library.card import RunCard
from gui.pages.library.states import state_words
from gui.widgets.card_grid import CardGrid

_LINES_WIDE = 27


class Shelf(CardGrid):
    """Signals: `wanted` with what shall be done and the path."""

    wanted = Signal(str, object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(_LINES_WIDE, parent)
        self._cards: dict[Path, RunCard] = {}
        self._filter = ""

    @property
    def cards(self) -> list[RunCard]:
        """The cards that are shown, in order."""
        return sorted(filter(self._fits, self._cards.values()), key=_order)

    @property
    def summaries(self) -> list[RunSummary]:
        """What is known of all runs, whether they are shown or filtered out."""
        return [card.summary for card in self._cards.values() if card.summary is not None]

    def card(self, path: Path) -> RunCard | None:
        """The card of a run."""
        return self._cards.get(path)

    def show_paths(self, paths: list[Path]) -> None:
        """Have a card for each of these runs and for no others."""
        gone = [self._cards.pop(path) for path in list(self._cards) if path not in paths]
        for path in paths:
            if path not in self._cards:
                card = RunCard(path, self)
                card.hide()
                card.wanted.connect(self.wanted)
                self._cards[path] = card
        self.place(self.cards)
        for card in gone:
            card.deleteLater()

    def show_summary(self, summary: RunSummary) -> None:
        """Show what was read of a run."""
        card = self._cards.get(summary.path)
        if card is not None:
            card.show_summary(summary)
            self.place(self.cards)

    def show_pictures(self, path: Path, images: list[QImage]) -> None:
        """Show pictures of a run."""
        card = self._cards.get(path)
        if card is not None:
            card.show_pictures(images)

    def filter_by(self, text: str) -> None:
        """Show only runs whose name, state or place has these words."""
        self._filter = text.casefold()
        self.place(self.cards)

    def _fits(self, card: RunCard) -> bool:
        state = state_words(card.summary) if card.summary is not None else ""
        text = f"{card.path} {state}".casefold()
        return all(word in text for word in self._filter.split())


def _order(card: RunCard) -> tuple[bool, float, str]:
    """Training ones first, then the latest."""
    summary = card.summary
    if summary is None:
        return True, 0.0, card.path.name
    return summary.state is not RunState.RUNNING, -summary.changed, card.path.name
