"""More seeds for a comparison that does not train: those there are stay."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QSpinBox, QWidget

from core.language import _
from core.planning.comparison import MOST_SEEDS
from gui.widgets.basics import button, label, row

_STEP = 5


class MoreSeeds(QWidget):
    """Signals: `asked` with the number of seeds per arm that there shall be."""

    asked = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        line = row(self, gap=2)
        self._now = 0
        self.words = label(_("Go on to so many &seeds per arm"), wrap=False)
        self.number = QSpinBox()
        self.number.setAccessibleName(_("Seeds per arm"))
        self.words.setBuddy(self.number)
        self.add = button(_("&Add seeds"), self._on_add, icon_name="plus")
        line.addWidget(self.words)
        line.addWidget(self.number)
        line.addWidget(self.add)

    def show_state(self, num_seeds: int, *, is_training: bool, is_readable: bool = True) -> None:
        """Offer more than there are now."""
        if num_seeds != self._now:
            self._now = num_seeds
            self.number.setRange(min(MOST_SEEDS, num_seeds + 1), MOST_SEEDS)
            self.number.setValue(min(MOST_SEEDS, num_seeds + _STEP))
        why = ""
        if num_seeds >= MOST_SEEDS:
            why = _("There are {most_seeds} already.").format(most_seeds=MOST_SEEDS)
        elif is_training:
            why = _("Pause it, or wait until it is finished.")
        elif not is_readable:
            why = _("The run can't be read.")
        tip = why or _("Fine-tunes every arm with further seeds; what is done stays.")
        for part in (self.add, self.number):
            part.setEnabled(not why)
            part.setToolTip(tip)
            part.setAccessibleDescription(tip)

    def _on_add(self) -> None:
        self.asked.emit(self.number.value())
