"""What an overview has room for on a large screen: class by class, and what is taken for what."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from core.language import _
from gui.pages.results.confusion import Confusion
from gui.pages.results.matrix import MatrixView
from gui.pages.results.per_class import PerClass
from gui.theme import theme
from gui.widgets.basics import card, label, row


class Closer(QWidget):
    """Shows what two other tabs show, of the same classifier.

    Args:
        per_class: The one tab; Enter on a class does here what it does there.
        confusion: The other.
        parent: Owns it.
    """

    def __init__(
        self, per_class: PerClass, confusion: Confusion, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.table = per_class.second_table()
        self.view = MatrixView(matrix=confusion.view.matrix)
        # A picture here: the tab shows the examples of its cells.
        self.view.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.view.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        across = row(gap=6)
        for words, shown in (
            (_("The chosen classifier, class by class"), self.table),
            (_("What it takes for what: rows are true classes"), self.view),
        ):
            frame, inside = card()
            inside.addWidget(label(words, "heading"))
            inside.addWidget(shown, 1)
            across.addWidget(frame, 1)
        self.setLayout(across)
        across.setContentsMargins(0, 0, 0, theme().space(1))
