"""Which arms are compared: a box to tick for each, and what it is in one line."""

from collections.abc import Sequence

from PySide6.QtCore import QSize, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QCheckBox, QGridLayout, QVBoxLayout, QWidget

from core.language import _
from core.recipe import Recipe
from core.recipe.arms import ABLATIONS, ARMS, AVERAGES, BASE, METHOD, REGULARISED, TAUGHT
from core.run.possible import missing_for
from gui.theme import theme
from gui.widgets.basics import column, flowing, label
from gui.words.numbers import arm_title

# By column.
_GROUPS = (
    ((_("The method"), METHOD), (_("Averages, without training"), AVERAGES)),
    ((_("Which part of it matters"), ABLATIONS), (_("Once more, on unlabeled data"), TAUGHT)),
    ((_("Fine-tuning alone, held back from overfitting"), REGULARISED),),
)
# Steps of the grid from which on groups stand side by side.
_SIDE_BY_SIDE = 180


class ArmChoice(QWidget):
    """Signals: `changed` when other arms are ticked."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.boxes: dict[str, QCheckBox] = {}
        self._lines = {arm: flowing("", "muted") for arm in ARMS}
        self._is_tall = False
        self._parts = [QWidget() for _ in _GROUPS]
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(theme().space(6))
        self._grid.setVerticalSpacing(theme().space(3))
        for groups, whole in zip(_GROUPS, self._parts, strict=True):
            part = column(whole, gap=1)
            for title, arms in groups:
                if part.count():
                    part.addSpacing(theme().space(3))
                part.addWidget(label(title, "heading"))
                for arm in arms:
                    self._add(arm, part)
            part.addStretch(1)
        self._columns = 0
        self._arrange()
        self._wanted = set(METHOD)
        self.boxes[BASE].setChecked(True)
        self.boxes[BASE].setEnabled(False)

    def show_tall(self, is_tall: bool) -> None:
        """One below the other, whatever width there is: on a large screen height is left."""
        self._is_tall = is_tall
        self._arrange()

    def minimumSizeHint(self) -> QSize:
        """As narrow as the widest group: they are side by side only where there is room."""
        wide = max(part.minimumSizeHint().width() for part in self._parts)
        return QSize(wide, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Side by side, or not."""
        super().resizeEvent(event)
        self._arrange()

    def _arrange(self) -> None:
        is_wide = self.width() >= theme().space(_SIDE_BY_SIDE) and not self._is_tall
        columns = len(self._parts) if is_wide else 1
        if columns == self._columns:
            return
        self._columns = columns
        for number, part in enumerate(self._parts):
            self._grid.addWidget(part, *divmod(number, columns))
            self._grid.setColumnStretch(number, int(number < columns))

    def _add(self, arm: str, part: QVBoxLayout) -> None:
        box = QCheckBox(arm_title(arm))
        box.setAccessibleDescription(ARMS[arm].sentence)
        box.toggled.connect(lambda is_on: self._on_toggled(arm, is_on))
        self.boxes[arm] = box
        line = self._lines[arm]
        line.setIndent(theme().line_height + theme().space(1))
        part.addWidget(box)
        part.addWidget(line)

    @property
    def chosen(self) -> list[str]:
        """The arms that are ticked and can be made, the base model first."""
        return [arm for arm in ARMS if self.boxes[arm].isChecked()]

    def choose(self, arms: Sequence[str]) -> None:
        """Tick these."""
        self._wanted = {BASE, *arms}
        self._tick()

    def show_recipe(self, recipe: Recipe) -> None:
        """Offer what a recipe can make; say what it lacks for the others."""
        for arm, box in self.boxes.items():
            missing = missing_for(arm, recipe)
            words = ARMS[arm].sentence
            if missing:
                words = _("Not with this plan: {why}.").format(
                    why=missing.removeprefix("the recipe has ")
                )
            self._lines[arm].setText(words)
            box.setAccessibleDescription(words)
            box.setEnabled(arm != BASE and not missing)
        self._tick()

    def _tick(self) -> None:
        before = self.chosen
        for arm, box in self.boxes.items():
            box.blockSignals(True)
            box.setChecked(arm in self._wanted and (box.isEnabled() or arm == BASE))
            box.blockSignals(False)
        if self.chosen != before:
            self.changed.emit()

    def _on_toggled(self, arm: str, is_on: bool) -> None:
        (self._wanted.add if is_on else self._wanted.discard)(arm)
        self.changed.emit()
