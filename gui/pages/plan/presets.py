"""The presets as big buttons, and which of them the draft is."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QButtonGroup, QPushButton, QSizePolicy, QWidget

from core.recipe import Recipe
from core.recipe.command import preset_of
from gui.widgets.basics import column, label, row

_QUICK = (
    "The whole method in short, for a CPU: 300 steps a stage, a search, three seeds. How long that "
    "takes here is measured below."
)
_PRESETS = {
    "quick": ("&Quick", _QUICK),
    "balanced": ("&Balanced", "For a GPU: 5,000 steps of pre-training, a search, three seeds."),
    "paper": ("Pa&per", "What the authors ran: 20,000 steps of pre-training, five seeds."),
    "strong": (
        "Stron&g",
        "As Paper, but fine-tuned as Quick and Balanced are: rates searched, one for each layer.",
    ),
}


class Presets(QWidget):
    """Signals: `chosen` with the name of a preset."""

    chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        layout = column(self, gap=1)
        line = row(gap=2)
        self._group = QButtonGroup(self)
        self.buttons: dict[str, QPushButton] = {}
        for name, (title, words) in _PRESETS.items():
            made = QPushButton(title)
            made.setCheckable(True)
            made.setToolTip(words)
            made.setAccessibleDescription(words)
            made.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
            made.clicked.connect(lambda _, name=name: self.chosen.emit(name))
            self._group.addButton(made)
            self.buttons[name] = made
            line.addWidget(made)
        layout.addLayout(line)
        self._words = label("", "muted")
        layout.addWidget(self._words)

    def show_recipe(self, recipe: Recipe) -> None:
        """Mark the preset that the recipe is."""
        name = preset_of(recipe)
        self._group.setExclusive(False)
        for other, made in self.buttons.items():
            made.setChecked(other == name)
        self._group.setExclusive(True)
        self._words.setText(_PRESETS[name][1] if name else "Custom settings.")
