"""Whether one arm is better than another, in one word: every face that says so asks here.

Chance between trainings shows only between trainings. Where an arm was trained once, and while a
comparison is under way, there are numbers and no judgement.
"""

from collections.abc import Mapping, Sequence
from enum import Enum, auto
from typing import Any

from core.language import _

ONE_TRAINING = _("one training each: chance between trainings is not known")
PRETRAINED_ONCE = _(
    "Each pre-training was done once: chance between pre-trainings is not in the intervals."
)
FROZEN_OF_FIRST = _(
    "Rows without fine-tuning are of the first pre-training: chance between pre-trainings is not "
    "in their intervals."
)
TAUGHT_ONCE = _(
    "All trainings on pseudo-labels learned from the same answers: chance between those is not in "
    "their intervals."
)


class Judgement(Enum):
    """The answer in one word."""

    GAIN = auto()
    NO_GAIN = auto()
    LOSS = auto()
    # There are differences, but not what it takes to judge them.
    NOT_JUDGED = auto()
    NOT_COMPARED = auto()


_CLEAR = {
    Judgement.GAIN: _("clearly better"),
    Judgement.LOSS: _("clearly worse"),
    Judgement.NO_GAIN: _("may be chance"),
    Judgement.NOT_JUDGED: _("not judged"),
    Judgement.NOT_COMPARED: "",
}


def judge(difference: Mapping[str, Any] | None) -> Judgement:
    """The judgement of a difference as it stands in `results.json`; None: there is none.

    It is clear only after the correction for several arms, where there are several. Before format
    2 of the results everything was judged, and is shown as it was.
    """
    if difference is None:
        return Judgement.NOT_COMPARED
    if not difference.get("is_judged", True):
        return Judgement.NOT_JUDGED
    excludes_zero = not difference["low"] <= 0 <= difference["high"]
    is_clear = difference.get("is_clear_holm", difference.get("is_clear", excludes_zero))
    if not is_clear:
        return Judgement.NO_GAIN
    return Judgement.GAIN if difference["value"] > 0 else Judgement.LOSS


def level_in_words(difference: Mapping[str, Any]) -> str:
    """How often the interval of a difference holds it: `95 %`, and more of each of several looks.

    Before format 2 of the results it was always that.
    """
    return f"{100 * difference.get('level', 0.95):.3g} %"


def in_words(judgement: Judgement) -> str:
    """A judgement as the cell of a table."""
    return _CLEAR[judgement]


def why_not_judged(num_seeds: Sequence[int], *, is_interim: bool) -> str:
    """Why there are numbers and no judgement, to stand within a sentence.

    Args:
        num_seeds: Of each arm.
        is_interim: Whether more fine-tunings are to come.
    """
    if is_interim:
        return _("what it means is said when all fine-tunings are done")
    if max(num_seeds) == 1:
        return ONE_TRAINING
    return _("what was trained once is not judged: chance between trainings is not known")
