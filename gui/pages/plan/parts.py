"""Which part of the model is trained, and how large images are: choices with what they cost."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtWidgets import QFrame, QWidget

from core.language import _
from core.planning.pace import objective_of
from core.planning.shapes import DataSizes, ModelShape
from core.recipe import Recipe
from core.recipe.modality import AUTO, foreign_settings
from gui.pages.plan.costs import Costs, shape_of_model
from gui.state.session import Session
from gui.widgets.basics import column, label, row
from gui.widgets.choice import Choice, in_card

Priced = Callable[[Recipe], Costs]


@dataclass(frozen=True)
class Part:
    """A choice: its value in the recipe, what it is in words, and what the plan costs with it."""

    value: str
    title: str
    words: str
    cost: str = ""


_PARTS = (
    Part("all", _("All of the model"), _("Learns most, takes most, and forgets most easily.")),
    Part("last:2", _("Its last two blocks"), _("Quick and gentle.")),
    Part(
        "lora:8", _("Small adapters"), _("Low-rank ones beside all blocks: little memory, gentle.")
    ),
)


class Parts(QFrame):
    """Three cards side by side for `pretrain.train`, and below them sizes of images."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.setAccessibleName(_("What of the model is trained"))
        layout = column(self, gap=1)
        layout.addWidget(label(_("What pre-training changes"), "heading", wrap=False))
        self.parts = _Line(self._choose_part)
        layout.addWidget(self.parts)
        self._size_title = label(_("At which size images are read"), "heading", wrap=False)
        layout.addWidget(self._size_title)
        self.sizes = _Line(self._choose_size)
        layout.addWidget(self.sizes)

    def show_plan(self, recipe: Recipe, price: Priced, sizes: DataSizes) -> None:
        """Show what is chosen, and what each would cost.

        Args:
            recipe: The plan.
            price: Says what a plan costs.
            sizes: Of the data.
        """
        is_shown = not recipe.race.minutes and bool(recipe.pretrain.steps)
        self.setVisible(is_shown)
        if not is_shown:
            return
        meant = meant_part(recipe, self._session.family)
        self.parts.show_choices(_parts_of(recipe, price, meant), meant)
        shape = shape_of_model(recipe, self._session.shapes)
        offered = _sizes_of(recipe, price, sizes, shape)
        for part in (self._size_title, self.sizes):
            part.setVisible(len(offered) > 1)
        self.sizes.show_choices(offered, _meant_size(recipe, offered))

    def _choose_part(self, value: str) -> None:
        draft, family = self._session.draft, self._session.family
        if value != meant_part(draft, family):
            # Open again, with the learning rate that goes with it.
            is_own = draft.pretrain.objective == AUTO and value == objective_of(draft, family).part
            self._session.change(
                _("Pre-training changes {value}").format(value=value),
                pretrain={"train": AUTO if is_own else value},
            )

    def _choose_size(self, value: str) -> None:
        size = int(value) if value else None
        now = self._session.draft.model
        if size != now.image_size or (size is None and now.fit_image_size):
            # Its own is a choice, too, and not to be fitted to the images.
            asked = {"image_size": size, "fit_image_size": False}
            self._session.change(
                _("Input size {value}").format(value=value or _("its own")), model=asked
            )


def meant_part(recipe: Recipe, family: str = "") -> str:
    """The part that a recipe means: `auto` is what suits the model, by its family if known."""
    found = recipe.pretrain.train
    return objective_of(recipe, family).part if found == AUTO else found


def _meant_size(recipe: Recipe, offered: Sequence[Part]) -> str:
    """The size that a recipe means: an open one may be fitted to the images."""
    if recipe.model.image_size is None and recipe.model.fit_image_size and len(offered) > 1:
        return offered[1].value
    return str(recipe.model.image_size or "")


def _parts_of(recipe: Recipe, price: Priced, meant: str) -> list[Part]:
    found = list(_PARTS)
    if meant not in {part.value for part in found}:
        found.append(Part(meant, meant, _("As set under Advanced.")))
    shown = []
    for part in found:
        pretrain = recipe.pretrain.model_copy(update={"train": part.value})
        cost = price(recipe.model_copy(update={"pretrain": pretrain})).words()
        is_auto = part.value == meant and recipe.pretrain.train == AUTO
        words = (
            _("{words} Suits this model best.").format(words=part.words) if is_auto else part.words
        )
        shown.append(Part(part.value, part.title, words, cost))
    return shown


def _sizes_of(
    recipe: Recipe, price: Priced, sizes: DataSizes, shape: ModelShape | None
) -> list[Part]:
    if shape is None or "model.image_size" in foreign_settings(recipe.modality):
        return []
    found = {"": (_("The model's own size"), _("Its {reads}.").format(reads=shape.reads))}
    fitting = shape.settings_for(sizes).get("image_size")
    if fitting:
        words = _("Near your images' own {side} px; positions are interpolated.").format(
            side=sizes.side
        )
        found[str(fitting)] = (_("{fitting} px").format(fitting=fitting), words)
    if recipe.model.image_size and str(recipe.model.image_size) not in found:
        found[str(recipe.model.image_size)] = (
            _("{image_size} px").format(image_size=recipe.model.image_size),
            _("As set."),
        )
    shown = []
    for value, (title, words) in found.items():
        model = recipe.model.model_copy(update={"image_size": int(value) if value else None})
        cost = price(recipe.model_copy(update={"model": model})).words()
        shown.append(Part(value, title, words, cost))
    return shown


class _Line(QWidget):
    """Cards of which one is chosen; made anew only when others are offered."""

    def __init__(self, choose: Callable[[str], None]) -> None:
        super().__init__()
        self._choose = choose
        self._layout = row(self, gap=2)
        self.cards: dict[str, _PartCard] = {}

    def show_choices(self, offered: Sequence[Part], chosen: str) -> None:
        if [part.value for part in offered] != list(self.cards):
            for card in self.cards.values():
                self._layout.removeWidget(card)
                card.hide()
                card.deleteLater()
            self.cards = {part.value: _PartCard(part.title) for part in offered}
            for value, card in self.cards.items():
                card.clicked.connect(lambda _, value=value: self._click(value))
                card.moved.connect(lambda across, _, value=value: self._move(value, across))
                self._layout.addWidget(card, 1)
        for part in offered:
            self.cards[part.value].show_part(part, is_chosen=part.value == chosen)

    def _click(self, value: str) -> None:
        # A click on the chosen one must not leave nothing chosen.
        self.cards[value].setChecked(True)
        self._choose(value)

    def _move(self, value: str, across: int) -> None:
        values = list(self.cards)
        at = values.index(value) + across
        if 0 <= at < len(values):
            self.cards[values[at]].setFocus()


class _PartCard(Choice):
    def __init__(self, title: str) -> None:
        super().__init__(title)
        self.setCheckable(True)
        inside = column(self, margin=2, gap=0)
        self._words, self.cost = in_card(label("", "muted")), in_card(label(""))
        for part in (in_card(label(title, "heading")), self.cost, self._words):
            inside.addWidget(part)
        inside.addStretch(1)

    def show_part(self, part: Part, *, is_chosen: bool) -> None:
        self.setChecked(is_chosen)
        self._words.setText(part.words)
        self.cost.setText(part.cost)
        self.cost.setVisible(bool(part.cost))
        self.setAccessibleDescription(f"{part.cost}. {part.words}")
