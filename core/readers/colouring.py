"""What the points of a map can be coloured by: as much as its run knows."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from core.data.manifest import displayed
from core.language import _
from core.readers.atlas import LIKENESS, SPLITS, Atlas
from core.readers.atlas_facts import Said

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
    """

    name: str
    title: str
    groups: tuple[str, ...]
    of: NDArray[np.int32]
    others: str

    @property
    def counts(self) -> list[int]:
        """How many points each group has; last those that are grey."""
        found = np.bincount(self.of + 1, minlength=len(self.groups) + 1)
        return [int(number) for number in (*found[1:], found[0])]


def colourings_of(atlas: Atlas, said: Said | None = None) -> list[Colouring]:
    """Those that tell something; where nothing is known of any point, one in which all are grey.

    Args:
        atlas: The map.
        said: What a classifier says of its points.
    """
    classes = tuple(map(displayed, atlas.classes))
    found = [
        Colouring("class", _("Class"), classes, atlas.label, _("unlabeled")),
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
    if said is None:
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


def _some(
    name: str, title: str, groups: Sequence[str], of: NDArray[np.int32], others: str
) -> Colouring:
    """Without groups that nothing is in."""
    there = sorted({int(each) for each in np.unique(of)} - {-1})
    place = np.full(len(groups) + 1, -1, np.int32)
    place[there] = np.arange(len(there))
    return Colouring(name, title, tuple(groups[at] for at in there), place[of], others)
