"""The method in three sentences and three drawings, each with what it takes here."""

from collections.abc import Mapping

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QWidget

from core.language import _
from core.recipe import Recipe
from gui.theme import theme
from gui.widgets.basics import column, flowing, label, row
from gui.widgets.empty_state import Drawing
from gui.widgets.sign import Sign
from gui.words.numbers import duration

# Kinds of stages that a card's time is of, drawing, title, sentence.
_CARDS = (
    (
        ("decoder-warmup", "further-pretrain"),
        "stage-further",
        _("Further pre-training"),
        _("The model goes on learning from your {examples} alone, without labels."),
    ),
    (
        ("self-distill",),
        "stage-distill",
        _("Self-distillation"),
        _("It starts again, and learns from its first try as well: so it forgets less."),
    ),
    (
        ("search", "finetune"),
        "stage-finetune",
        _("Fine-tuning"),
        _("With your labels each of them, and the original, becomes a classifier."),
    ),
)


class MethodRow(QWidget):
    """Three cards with arrows between them."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._line: QHBoxLayout = row(self, gap=1)
        self.cards: list[StageCard] = []
        for number, (kinds, picture, title, words) in enumerate(_CARDS):
            if number:
                self._line.addWidget(Sign("chevron-right", "muted"))
            made = StageCard(kinds, picture, title, words)
            self.cards.append(made)
            self._line.addWidget(made, 1)

    def show_plan(self, recipe: Recipe, seconds: Mapping[str, float]) -> None:
        """Say what a plan has of it.

        Args:
            recipe: The plan.
            seconds: What stages take, by their kind; empty while that is not known.
        """
        self.setVisible(not recipe.race.minutes)
        planned = (recipe.pretrain.steps, recipe.distill.rounds, recipe.finetune.steps)
        for made, is_planned in zip(self.cards, planned, strict=True):
            made.show_plan(recipe, seconds, is_planned=bool(is_planned))


class StageCard(QFrame):
    """One of the three: what happens in it, and how long it takes."""

    def __init__(self, kinds: tuple[str, ...], picture: str, title: str, words: str) -> None:
        super().__init__()
        self._kinds, self._words = kinds, words
        self.setProperty("role", "card")
        self.setAccessibleName(title)
        line = row(self, margin=2, gap=2)
        drawing = Drawing(picture)
        drawing.setFixedSize(theme().line_height * 4, theme().line_height * 2)
        # The time below it: beside the title, three of them are wider than a small screen.
        shown = column(gap=1)
        shown.addWidget(drawing)
        self.time = label("", "heading", wrap=False)
        shown.addWidget(self.time, 0, Qt.AlignmentFlag.AlignHCenter)
        shown.addStretch(1)
        line.addLayout(shown)
        text = column(gap=0)
        text.addWidget(label(title, "heading"))
        self.sentence = flowing("", "muted")
        text.addWidget(self.sentence)
        text.addStretch(1)
        line.addLayout(text, 1)

    def show_plan(self, recipe: Recipe, seconds: Mapping[str, float], *, is_planned: bool) -> None:
        """Say how long it takes, or that the plan does without it."""
        words = self._words if is_planned else _("Not in this plan.")
        self.sentence.setText(recipe.modality.words(words))
        taken = sum(seconds.get(kind, 0.0) for kind in self._kinds)
        self.time.setText(duration(taken) if seconds and is_planned else "")
