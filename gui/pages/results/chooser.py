"""Which classifier to look at: the arm and the seed."""

from collections.abc import Mapping

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QWidget

from core.language import _
from core.readers.outcome import RunOutcome
from core.recipe.arms import FROZEN_LAYERS, phrase_of
from gui.outcome.words import plus_minus
from gui.widgets.basics import label, row
from gui.widgets.notices import announce
from gui.words.numbers import arm_title, percent

Chosen = tuple[str, int]


class Chooser(QWidget):
    """Signals: `chosen` when the user has chosen another classifier."""

    chosen = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._outcome: RunOutcome | None = None
        self.arm, self.seed = QComboBox(), QComboBox()
        self._seed_label = label(_("&Seed"), wrap=False)
        line = row(self, gap=2)
        for words, box, name in (
            (label(_("Cl&assifier"), wrap=False), self.arm, _("Classifier to look at")),
            (self._seed_label, self.seed, _("Seed of the classifier")),
        ):
            words.setBuddy(box)
            box.setAccessibleName(name)
            box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
            line.addWidget(words)
            line.addWidget(box)
        self.note = label("", "muted")
        line.addWidget(self.note, 1)
        self.arm.activated.connect(lambda _: self._on_arm())
        self.seed.activated.connect(lambda _: self.chosen.emit())

    @property
    def value(self) -> Chosen | None:
        """Arm and seed; None when there is no classifier."""
        if not self.arm.count():
            return None
        return str(self.arm.currentData()), int(self.seed.currentData() or 0)

    def show_outcome(self, outcome: RunOutcome) -> None:
        """Offer the classifiers of a run; the recommended one comes first."""
        self._outcome = outcome
        self.arm.clear()
        for arm in _arms(outcome):
            is_first = outcome.recommended is not None and outcome.recommended.arm == arm
            name = arm_title(arm) + (_(", recommended") if is_first else "")
            self.arm.addItem(name + _score(outcome, arm), arm)
        self.setVisible(bool(self.arm.count()))
        self._show_seeds()

    def _on_arm(self) -> None:
        self._show_seeds()
        if self.note.text():
            announce(self, self.note.text())
        self.chosen.emit()

    def _show_seeds(self) -> None:
        """Keep the seed: it means the same head and order in every arm."""
        outcome, kept = self._outcome, self.seed.currentData()
        self.seed.clear()
        self.note.setText(_note(outcome, str(self.arm.currentData())))
        if outcome is None or not self.arm.count():
            return
        arm = str(self.arm.currentData())
        scores = {each.name: each.seeds for each in outcome.rows}.get(arm, ())
        count = len(scores) or _num_seeds(outcome.classifiers, arm)
        for seed in range(count):
            score = f" ({percent(scores[seed].score.value)})" if scores else ""
            self.seed.addItem(
                _("{seed} of {count}{score}").format(seed=seed + 1, count=count, score=score), seed
            )
        if kept is not None and kept < count:
            self.seed.setCurrentIndex(kept)
        for part in (self.seed, self._seed_label):
            part.setVisible(count > 1)


def _arms(outcome: RunOutcome) -> list[str]:
    """The recommended one first, then the most fitted; untested ones where none was tested."""
    tuned = [arm.name for arm in outcome.arms]
    frozen = [row.name for row in outcome.frozen if row.name in FROZEN_LAYERS]
    if not outcome.rows:
        tuned = [arm for arm, _ in outcome.classifiers]
    offered = dict.fromkeys((*reversed(tuned), *frozen))
    first = outcome.recommended.arm if outcome.recommended is not None else None
    return sorted(offered, key=lambda arm: arm != first)


def _note(outcome: RunOutcome | None, arm: str) -> str:
    """That another classifier is recommended, where one is."""
    recommended = outcome.recommended if outcome is not None else None
    if recommended is None or recommended.arm == arm:
        return ""
    return _("The run recommends {arm}.").format(arm=phrase_of(recommended.arm))


def _score(outcome: RunOutcome, name: str) -> str:
    return next((f": {plus_minus(arm)}" for arm in outcome.rows if arm.name == name), "")


def _num_seeds(classifiers: Mapping[Chosen, str], arm: str) -> int:
    return max((seed + 1 for name, seed in classifiers if name == arm), default=1)
