"""What the points of a map can be coloured by: as much as its run knows."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

from core.data.manifest import displayed
from core.language import _
from core.readers.atlas import LIKENESS, SPLITS, Atlas
from core.readers.atlas_facts import Said
from core.recipe.tasks import number_in_words

# States of a point; see `TagRule`. Of more labels than so many the number is not told.
_KNOWN, _ASKED = 4, 8
_MANY: Final = 6
# Of numbers, about as many points are in each of so many ranges.
RANGES: Final = 6
_SPLITS: Final = {"train": _("training"), "val": _("validation"), "test": _("test")}
_COPIES: Final = {
    "identical": _("identical to another"),
    "nearly identical": _("nearly identical to another"),
}


@dataclass(frozen=True, eq=False)
class Colouring:
    """One way to colour N points.

    Attributes:
        name: What it goes by.
        title: As it is offered.
        groups: What has a colour, in words.
        of: (N,) index into `groups`; -1 is grey.
        others: What is grey, in words.
        rule: Where it is of one of several labels, what says so; see `TagRule`.
        is_ordered: Whether the groups are steps of one number, from small to large.
    """

    name: str
    title: str
    groups: tuple[str, ...]
    of: NDArray[np.int32]
    others: str
    rule: "TagRule | None" = None
    is_ordered: bool = False

    @property
    def counts(self) -> list[int]:
        """How many points each group has; last those that are grey."""
        found = np.bincount(self.of + 1, minlength=len(self.groups) + 1)
        return [int(number) for number in (*found[1:], found[0])]


@dataclass(frozen=True)
class TagRule:
    """A colouring by one label, where points may have several: a group for each state of a point.

    A state is the sum of 1 (has the label), 2 (it is said), 4 (the labels are known) and 8 (a
    classifier was asked).

    Attributes:
        name, title, groups, others: As of a `Colouring`.
        table: (16,) the group of each state; -1 is grey.
    """

    name: str
    title: str
    groups: tuple[str, ...]
    others: str
    table: tuple[int, ...]


def _table(of: Callable[[bool, bool], int], *, needs: int) -> tuple[int, ...]:
    states = range(16)
    return tuple(of(bool(at & 1), bool(at & 2)) if at & needs else -1 for at in states)


TAG_RULES: Final = (
    TagRule(
        "has-label",
        _("Has the label"),
        (_("has it"), _("does not have it")),
        _("unlabeled"),
        _table(lambda has, _: 0 if has else 1, needs=_KNOWN),
    ),
    TagRule(
        "said-label",
        _("The label is said"),
        (_("said"), _("not said")),
        _("not asked about"),
        _table(lambda _, said: 0 if said else 1, needs=_ASKED),
    ),
    TagRule(
        "right-label",
        _("Right or wrong about it"),
        (_("has it, said"), _("has it, not said"), _("said, does not have it"), _("neither")),
        _("not asked about"),
        _table(lambda has, said: 2 * (not has) + (not said), needs=_ASKED),
    ),
)


def colourings_of(atlas: Atlas, said: Said | None = None, tag: int = 0) -> list[Colouring]:
    """Those that tell something; where nothing is known of any point, one in which all are grey.

    Args:
        atlas: The map.
        said: What a classifier says of its points.
        tag: Where points may have several labels, that which some of them are of.
    """
    classes = tuple(map(displayed, atlas.classes))
    found = [
        Colouring("class", _("Class"), classes, atlas.label, _("unlabeled")),
        *_of_tags(atlas, said, tag),
        *_of_numbers(atlas, said),
        _split(atlas),
        *_said(atlas, said, classes),
        _some(
            "copies",
            _("Copies"),
            [_COPIES[each] for each in LIKENESS[1:]],
            atlas.likeness.astype(np.int32) - 1,
            _("no copies"),
        ),
        _some(
            "suspected",
            _("Suspected labels"),
            [_("label to doubt")],
            np.where(atlas.suggested >= 0, 0, -1).astype(np.int32),
            _("not suspected"),
        ),
    ]
    found = [each for each in found if (each.of >= 0).any()]
    nothing = np.full(len(atlas), -1, np.int32)
    return found or [Colouring("none", _("Nothing"), (), nothing, _("unlabeled"))]


def _split(atlas: Atlas) -> Colouring:
    groups = [_SPLITS[name] for name in SPLITS[1:]]
    return _some("split", _("Split"), groups, atlas.split.astype(np.int32) - 1, _("unlabeled"))


def _said(atlas: Atlas, said: Said | None, classes: tuple[str, ...]) -> list[Colouring]:
    if said is None or said.tags is not None or said.number is not None:
        return []
    is_wrong = (said.predicted != atlas.label).astype(np.int32)
    judged = np.where(said.predicted >= 0, is_wrong, -1).astype(np.int32)
    return [
        Colouring("prediction", _("Prediction"), classes, said.predicted, _("not asked about")),
        Colouring(
            "correctness",
            _("Right or wrong"),
            (_("right"), _("wrong")),
            judged,
            _("not asked about"),
        ),
    ]


def states_of(atlas: Atlas, said: Said | None) -> NDArray[np.int32]:
    """(N,) what of the states of `TagRule` is the same for all labels."""
    is_asked = said.predicted >= 0 if said is not None else np.zeros(len(atlas), np.bool_)
    return (_KNOWN * (atlas.split > 0) + _ASKED * is_asked).astype(np.int32)


def _of_tags(atlas: Atlas, said: Said | None, tag: int) -> list[Colouring]:
    """Where points may have several labels: by one of them, by their number, by all of them."""
    if atlas.tags is None:
        return []
    states = states_of(atlas, said)
    own = states + atlas.tags.has(tag)
    is_asked = (states & _ASKED) > 0
    found = []
    if said is not None and said.tags is not None:
        own += 2 * said.tags.has(tag)
        judged = np.where(is_asked, ~atlas.tags.same_as(said.tags), -1).astype(np.int32)
        groups = (_("all labels right"), _("some wrong"))
        found = [
            Colouring("correctness", _("Right or wrong"), groups, judged, _("not asked about"))
        ]
    by_rule = [
        Colouring(
            each.name,
            each.title,
            each.groups,
            np.array(each.table, np.int32)[own],
            each.others,
            each,
        )
        for each in TAG_RULES
        if each.table[_KNOWN] >= 0 or is_asked.any()
    ]
    counts = np.minimum(atlas.tags.counts, _MANY)
    number = np.where(atlas.split > 0, counts, -1).astype(np.int32)
    words = [*map(str, range(_MANY)), _("{many} or more").format(many=_MANY)]
    return [*by_rule, _some("number", _("Number of labels"), words, number, _("unlabeled")), *found]


def _of_numbers(atlas: Atlas, said: Said | None) -> list[Colouring]:
    """Where labels are numbers: by these, by what was predicted, by how far off that is."""
    if atlas.number is None:
        return []
    ends = _ends_of(atlas.number)
    found = [_ranges("number", _("Number"), atlas.number, ends, _("unlabeled"))]
    if said is not None and said.number is not None:
        off = np.abs(said.number - atlas.number)
        asked = _("not asked about")
        # Of what is predicted beyond all labels the last range says so by its end.
        both = np.concatenate([atlas.number, said.number])
        ends = _ends_of(atlas.number, _extent(both))
        found.append(_ranges("prediction", _("Prediction"), said.number, ends, asked))
        found.append(_ranges("off", _("Off by"), off, _ends_of(off), asked))
    return found


def _extent(numbers: NDArray[np.float64]) -> tuple[float, float]:
    known = numbers[~np.isnan(numbers)]
    return (float(known.min()), float(known.max())) if len(known) else (0.0, 0.0)


def _ends_of(
    numbers: NDArray[np.float64], extent: tuple[float, float] | None = None
) -> list[float]:
    """Where ranges end that have about as many of the numbers each; of few different ones fewer.

    Args:
        numbers: (N,) NaN for none.
        extent: The smallest and the largest that has to be in a range; of `numbers` by default.
    """
    known = numbers[~np.isnan(numbers)]
    if not len(known):
        return []
    least, most = extent or _extent(known)
    cuts = np.quantile(known, np.linspace(0, 1, RANGES + 1)[1:-1])
    # In words they are rounded, and what is said has to be so.
    inside = sorted({float(number_in_words(cut).replace(",", "")) for cut in cuts})
    return [least, *(each for each in inside if least < each < most), most]


def _ranges(
    name: str, title: str, numbers: NDArray[np.float64], ends: list[float], others: str
) -> Colouring:
    words = _("{low} to {high}")
    groups = [
        words.format(low=number_in_words(low), high=number_in_words(high))
        for low, high in pairwise(ends)
    ]
    of = np.searchsorted(ends[1:-1], numbers, side="right")
    placed = np.where(np.isnan(numbers), -1, of).astype(np.int32)
    # All groups, so that a range has one colour, whatever is shown by it.
    return Colouring(name, title, tuple(groups), placed, others, is_ordered=True)


def _some(
    name: str, title: str, groups: Sequence[str], of: NDArray[np.int32], others: str
) -> Colouring:
    """Without groups that nothing is in."""
    there = sorted({int(each) for each in np.unique(of)} - {-1})
    place = np.full(len(groups) + 1, -1, np.int32)
    place[there] = np.arange(len(there))
    return Colouring(name, title, tuple(groups[at] for at in there), place[of], others)
