"""Tags of runs: words behind a # in their notes, as buttons that find the runs that have them."""

from collections.abc import Iterable

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QPushButton, QWidget

from core.language import _
from core.readers.summary import RunSummary
from core.run.notes import tags_in
from gui.widgets.flow import Flow


class TagLine(QWidget):
    """One button a tag; none where no run has any.

    Signals:
        chosen: What to search for: a tag, or nothing.
    """

    chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.buttons: dict[str, QPushButton] = {}
        self._line = Flow(self, gap=1)
        self.hide()

    def show_runs(self, summaries: Iterable[RunSummary]) -> None:
        """Offer the tags of these runs."""
        tags = sorted({tag for each in summaries for tag in tags_in(each.notes)}, key=str.casefold)
        if tags != list(self.buttons):
            for gone in self.buttons.values():
                self._line.removeWidget(gone)
                gone.deleteLater()
            self.buttons = {tag: self._button(tag) for tag in tags}
        self.setVisible(bool(tags))

    def show_search(self, text: str) -> None:
        """Mark the tag that is searched for."""
        for tag, made in self.buttons.items():
            made.setChecked(tag == text.strip())

    def _button(self, tag: str) -> QPushButton:
        made = QPushButton(tag)
        made.setCheckable(True)
        made.setAutoDefault(False)
        made.setAccessibleName(_("Runs with the tag {tag}").format(tag=tag))
        made.clicked.connect(lambda on: self.chosen.emit(tag if on else ""))
        self._line.addWidget(made)
        made.show()
        return made
