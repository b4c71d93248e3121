"""Which of the predictions are shown: by name, and by answer."""

from collections.abc import Mapping

from PySide6.QtCore import QSignalBlocker, QTimer, Signal
from PySide6.QtWidgets import QComboBox, QLineEdit, QWidget

from core.language import _
from gui.widgets.basics import row

_TYPING_MS = 250


class PredictionFilter(QWidget):
    """Signals: `changed` when others are to be shown."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.name, self.answers = QLineEdit(), QComboBox()
        self.name.setPlaceholderText(_("Find in names"))
        self.name.setAccessibleName(_("Find in names"))
        self.name.setClearButtonEnabled(True)
        self.answers.setAccessibleName(_("Show the class"))
        self.answers.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        line = row(self, gap=2)
        line.addWidget(self.name, 1)
        line.addWidget(self.answers)
        self._typing = QTimer(self, interval=_TYPING_MS, singleShot=True)
        self._typing.timeout.connect(self.changed)
        self.name.textChanged.connect(lambda _: self._typing.start())
        self.answers.activated.connect(lambda _: self.changed.emit())
        self.show_answers({})

    @property
    def text(self) -> str:
        """What names have in them."""
        return self.name.text().strip()

    @property
    def answer(self) -> str:
        """The answer to show; empty for all."""
        return str(self.answers.currentData() or "")

    def show_answers(self, counts: Mapping[str, int]) -> None:
        """Offer answers, with how often each was given; the chosen one stays."""
        kept = self.answer
        # Numbers have no name to choose them by.
        known = [(name, count) for name, count in sorted(counts.items()) if count and name]
        self.answers.setVisible(bool(known) or not counts)
        entries = [
            (_("All classes"), ""),
            *((f"{name} ({count:,})", name) for name, count in known),
        ]
        with QSignalBlocker(self.answers):
            if len(entries) != self.answers.count():
                self.answers.clear()
                for text, name in entries:
                    self.answers.addItem(text, name)
                self.answers.setCurrentIndex(max(0, self.answers.findData(kept)))
            for at, (text, name) in enumerate(entries):
                self.answers.setItemText(at, text)
                self.answers.setItemData(at, name)
        self.answers.setCurrentIndex(max(0, self.answers.findData(kept)))
