"""Formats as cards: the one for whom it is asked, and the others on demand."""

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from core.export.formats import ExportFormat
from core.language import _
from core.recipe.modality import Modality
from gui.pages.export.card import FormatCard
from gui.pages.export.whom import Whom
from gui.widgets.basics import clear, column
from gui.widgets.beside import Beside, stacked
from gui.widgets.disclosure import Disclosure


class Formats(QWidget):
    """The question, the card that answers it, and the rest.

    Attributes:
        cards: By name of the format.

    Signals:
        elsewhere: The page where it is done instead.
        arranged: Whether pushing to the hub is in question.
    """

    elsewhere = Signal(str)
    arranged = Signal(bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.cards: dict[str, FormatCard] = {}
        layout = column(self, gap=3)
        self.whom = Whom()
        self.whom.chosen.connect(self._arrange)
        self.whom.elsewhere.connect(self.elsewhere)
        self.others = Disclosure()
        self.others.toggled.connect(lambda _: self._arrange())
        answer, rest = QWidget(), QWidget()
        self._answer, self._rest = column(answer, gap=3), column(rest, gap=3)
        beside = Beside(stacked(self.whom, answer), stacked(self.others, rest))
        # On a large screen there is room for all of them.
        beside.turned.connect(self.others.setChecked)
        layout.addWidget(beside)

    def show_formats(self, offered: Sequence[ExportFormat], modality: Modality) -> None:
        """Show the formats of a modality."""
        clear(self._answer)
        clear(self._rest)
        self.cards = {shown.name: FormatCard(shown) for shown in offered}
        self.whom.show_formats(offered, modality)
        self._arrange()

    def _arrange(self) -> None:
        wanted = self.whom.format
        is_open = self.others.isChecked() or not wanted
        for name, card in self.cards.items():
            is_wanted = name == wanted
            (self._answer if is_wanted else self._rest).addWidget(card)
            card.show_recommended(is_wanted)
            card.setVisible(is_wanted or is_open)
        number = len(self.cards) - bool(wanted)
        self.others.setText(
            _("One other format")
            if number == 1
            else _("{number} other formats").format(number=number)
        )
        self.others.setVisible(bool(wanted and number))
        self.arranged.emit(self.whom.pushes or is_open)
