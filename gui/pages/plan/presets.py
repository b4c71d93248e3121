"""The presets as big buttons, and which of them the draft is."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QButtonGroup, QPushButton, QSizePolicy, QWidget

from core.language import _
from core.recipe import Recipe
from core.recipe.command import preset_of
from gui.widgets.basics import column, flowing, row
from gui.words.mnemonics import without_mnemonic

_QUICK = _(
    "The whole method in short, for a CPU: 300 steps a stage, a search, three seeds. How long that "
    "takes here is measured below."
)
_PRESETS = {
    "best": (
        _("B&est"),
        _(
            "Recommended: in your time, ways to adapt the model race; the best is trained and "
            "tested."
        ),
    ),
    "quick": (_("&Quick"), _QUICK),
    "balanced": (
        _("&Balanced"),
        _("For a GPU: 5,000 steps of pre-training, a search, three seeds."),
    ),
    "paper": (
        _("As &published"),
        _("What the authors ran: 20,000 steps of pre-training, five seeds."),
    ),
    "strong": (
        _("Stron&g"),
        _("As published, but fine-tuned as Quick is: rates searched, one for each layer."),
    ),
}


def preset_title(name: str) -> str:
    """As its button says it."""
    return without_mnemonic(_PRESETS[name][0])


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
        self._words = flowing("", "muted")
        self._why_not_best = ""
        layout.addWidget(self._words)

    def show_recipe(self, recipe: Recipe) -> None:
        """Mark the preset that the recipe is."""
        name = preset_of(recipe)
        self._group.setExclusive(False)
        for other, made in self.buttons.items():
            made.setChecked(other == name)
        self._group.setExclusive(True)
        words = _PRESETS[name][1] if name else _("Custom settings.")
        # Said where it can be seen, not only where the pointer rests.
        advice = self._why_not_best
        if name != "best" and not advice:
            advice = _(
                "Recommended is {title}: it finds out what suits your data, and says so if nothing "
                "does."
            ).format(title=preset_title("best"))
        self._words.setText(f"{words} {advice}".strip())

    def show_why_not_best(self, why: str) -> None:
        """Why there can be no race with these data; empty where there can."""
        title, words = _PRESETS["best"]
        made = self.buttons["best"]
        self._why_not_best = (
            _("{title} can't be chosen: {why}.").format(title=without_mnemonic(title), why=why)
            if why
            else ""
        )
        made.setEnabled(not why)
        made.setToolTip(self._why_not_best or words)
        made.setAccessibleDescription(self._why_not_best or words)
