"""Whether and when a classifier shall say “unknown”."""

from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QSpinBox, QWidget

from core.language import _
from core.run.classifiers import classifier_named, held_out_file
from core.run.decision import says_one_class
from core.run.files import VALIDATION
from core.run.folder import RunFolder
from gui.pages.results.attempt import Attempt
from gui.widgets.basics import column, label
from gui.widgets.flow import Flow

_USUAL = 90
_WHAT = _(
    "Where several classes remain, or none, the answer is “unknown”. The true class is left out no "
    "more often than this says, for examples like those of the validation part."
)
_ABOUT = _(
    "Where several classes remain, or none, the answer is “unknown”. The true class is left out "
    "about as often as this says: there is no validation part, so it is told by training examples "
    "that a like training had not learned."
)
_WHY_NOT = _(
    "Nothing tells how often the true class would be kept. That takes a validation part (Plan, "
    "Data: share for validation), or a search of the learning rate (presets quick, balanced, "
    "strong)."
)


class Doubt(QWidget):
    """A box to tick, the level, and what an unknown example may be; off until it is asked for.

    Signals:
        changed: Other answers are wanted.
    """

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.wanted, self.level = QCheckBox(_("Say “&unknown”; keep the true class in")), QSpinBox()
        self.level.setRange(50, 99)
        self.level.setValue(_USUAL)
        self.level.setSuffix(" %")
        self.level.setAccessibleName(_("How often the true class is kept"))
        self.candidates = label("", "warn")
        layout, line = column(self, gap=1), Flow(gap=1)
        line.addWidget(self.wanted)
        line.addWidget(self.level)
        layout.addLayout(line)
        layout.addWidget(self.candidates)
        self._asked = self.value
        self._show_possible(is_possible=False)
        self.show_answer(None)
        self.wanted.toggled.connect(self._on_wanted)
        self.level.editingFinished.connect(self._on_level)

    @property
    def value(self) -> float | None:
        """How often the true class is to be among the candidates; None: not wanted."""
        is_wanted = self.wanted.isChecked() and self.wanted.isEnabled() and not self.isHidden()
        return self.level.value() / 100 if is_wanted else None

    def show_classifier(self, run: Path, name: str) -> None:
        """Another classifier is asked: it takes one that kept its answers of a validation part."""
        folder = classifier_named(RunFolder(run), name)
        file = held_out_file(folder)
        what = _WHAT if file is None or file.name == VALIDATION else _ABOUT
        self._show_possible(is_possible=file is not None, what=what)
        # Where several labels may be said, or a number, there is no one class to keep.
        self.setVisible(says_one_class(folder))

    def show_answer(self, tried: Attempt | None) -> None:
        """Say what an example may be whose class is not known."""
        self.candidates.setText(tried.may_be if tried is not None else "")
        self.candidates.setVisible(bool(self.candidates.text()))

    def _show_possible(self, *, is_possible: bool, what: str = _WHAT) -> None:
        self.wanted.setEnabled(is_possible)
        self.level.setEnabled(is_possible and self.wanted.isChecked())
        words = what if is_possible else _WHY_NOT
        self.setToolTip(words)
        self.wanted.setAccessibleDescription(words)
        self._asked = self.value

    def _on_wanted(self, is_wanted: bool) -> None:
        self.level.setEnabled(is_wanted)
        self._on_level()

    def _on_level(self) -> None:
        if self.value != self._asked:
            self._asked = self.value
            self.changed.emit()
