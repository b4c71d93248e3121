"""The live numbers of a step, in one line."""

from core.language import _
from core.recipe.modality import Modality
from core.recipe.objectives import LOSS_TITLES
from core.run.events import StepDone
from gui.words.numbers import gib_in_words

_NAMES = {**LOSS_TITLES, "loss": "loss"}


def numbers_of(event: StepDone, modality: Modality) -> str:
    """Losses, speed, memory, learning rate; what is not a number is said to be none."""
    losses: dict[str, float | None] = {**event.losses}
    if len(losses) > 1:
        losses.pop("loss", None)  # the sum of the others
    words = [f"{_NAMES.get(name, name)} {_number(value, '.4f')}" for name, value in losses.items()]
    words += [
        f"{_number(event.images_per_s, ',.0f')} {modality.examples}/s",
        _("{size} of memory").format(size=_memory(event.memory_gib)),
        _("learning rate {number}").format(number=_number(event.lr, ".2e")),
    ]
    return "   ".join(words)


def _memory(gib: float | None) -> str:
    return _("not a number") if gib is None else gib_in_words(gib)


def _number(value: float | None, how: str) -> str:
    return _("not a number") if value is None else format(value, how)
