"""The cards of all runs, those that fit what is searched for."""

from collections.abc import Callable
from pathlib import Path
from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QWidget

from core.language import _
from core.readers.summary import RunSummary
from core.run.folder import RunState
from gui.pages.library.card import RunCard
from gui.pages.library.states import score_words, state_words, verdict_words
from gui.widgets.card_grid import CardGrid

_LINES_WIDE = 27
_Key = tuple[bool, float, str]


def _by(number: Callable[[RunSummary], float]) -> Callable[[RunCard], _Key]:
    """Training ones first, then by a number, then by name."""

    def key(card: RunCard) -> _Key:
        summary = card.summary
        if summary is None:
            return True, 0.0, card.path.name
        return summary.state is not RunState.RUNNING, number(summary), card.path.name

    return key


# In words; the first is how they are shown at first.
ORDERS: Final[dict[str, Callable[[RunCard], _Key]]] = {
    _("Latest first"): _by(lambda summary: -summary.changed),
    _("By name"): lambda card: (False, 0.0, card.path.name.casefold()),
    _("Most accurate first"): _by(lambda summary: -(summary.best.value if summary.best else -1)),
    _("Largest first"): _by(lambda summary: -summary.num_bytes),
    _("Longest first"): _by(lambda summary: -(summary.story.seconds or 0.0)),
}


class Shelf(CardGrid):
    """Signals: `wanted` with what shall be done and the path."""

    wanted = Signal(str, object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(_LINES_WIDE, parent)
        self._cards: dict[Path, RunCard] = {}
        self._filter = ""
        self._order = next(iter(ORDERS))

    @property
    def cards(self) -> list[RunCard]:
        """The cards that are shown, in order."""
        return sorted(filter(self._fits, self._cards.values()), key=ORDERS[self._order])

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
        """Show only runs whose name, state, place, answer or notes have these words."""
        self._filter = text.casefold()
        self.place(self.cards)

    def sort_by(self, order: str) -> None:
        """Show them in another order, by its name in `ORDERS`."""
        self._order = order
        self.place(self.cards)

    def _fits(self, card: RunCard) -> bool:
        text = str(card.path)
        if (known := card.summary) is not None:
            more = (
                state_words(known),
                score_words(known),
                verdict_words(known),
                known.chance,
                known.notes,
            )
            text = " ".join((text, *more))
        text = text.casefold()
        return all(word in text for word in self._filter.split())
