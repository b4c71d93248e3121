"""Over which devices the fine-tunings are spread; hidden where there is one only."""

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QWidget

from core.language import _
from core.recipe import Recipe
from gui.widgets.basics import column, label


class DeviceChoice(QWidget):
    """Signals: `changed` when other devices are ticked."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.boxes: dict[str, QCheckBox] = {}
        self._layout = column(self, gap=1)
        self._title = label(_("Fine-tunings spread over"), "heading")
        self._layout.addWidget(self._title)
        self._fixed: tuple[str, ...] = ()
        self._words = label("", "muted")
        self._layout.addWidget(self._words)
        self._show()

    @property
    def chosen(self) -> tuple[str, ...]:
        """As in `runtime.devices`; empty: the plan's one device."""
        if self._fixed:
            return self._fixed
        ticked = tuple(name for name, box in self.boxes.items() if box.isChecked())
        return ticked if len(ticked) > 1 else ()

    def offer(self, devices: Sequence[tuple[str, str]]) -> None:
        """Offer devices, given as their name in a recipe and in words; all are ticked."""
        if list(self.boxes) == [name for name, _ in devices]:
            return
        for box in self.boxes.values():
            self._layout.removeWidget(box)
            box.deleteLater()
        self.boxes = {}
        for name, words in devices if len(devices) > 1 else ():
            box = QCheckBox(f"{words} ({name})")
            box.setChecked(True)
            box.toggled.connect(lambda _: self.changed.emit())
            self.boxes[name] = box
            self._layout.addWidget(box)
        self._show()
        self.changed.emit()

    def show_recipe(self, recipe: Recipe) -> None:
        """Devices that the plan names, such as `cpu` twice, are taken as they are."""
        named = recipe.runtime.devices
        is_known = set(named) <= set(self.boxes)
        self._fixed = () if is_known else named
        if named and is_known:
            for name, box in self.boxes.items():
                box.setChecked(name in named)
        self._show()

    def _show(self) -> None:
        self.setVisible(bool(self._fixed or self.boxes))
        self._words.setVisible(bool(self._fixed))
        self._words.setText(
            _("{fixed} (Plan, Advanced, devices)").format(fixed=", ".join(self._fixed))
        )
        for box in self.boxes.values():
            box.setVisible(not self._fixed)
