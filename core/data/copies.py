"""Copies of held-out examples: which are left out of a run, and what is said of them."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Final

from core.data.findings import MOST_LISTED
from core.data.manifest import Example, counted, displayed
from core.data.pairs import CopyPair, Likeness, PairSide
from core.language import _
from core.recipe.examples import LeaveOutCopies
from core.recipe.modality import Modality

SETTING: Final = "data.leave_out_copies"
# A copy is one of an example of a lower rank; the first two are held out.
RANKS: Final = {"test": 0, "val": 1, "train": 2, None: 3}
NUM_HELD: Final = 2
_IN_WORDS: Final = {"test": "test", "val": "validation", "train": "training", None: "unlabeled"}
_LIKENESS: Final = {"exact": _("identical to"), "near": _("nearly identical to")}
# Split of a copy, what it is a copy of, how alike they are, whether it is left out.
_What = tuple[str | None, str, Likeness, bool]


def side_of(example: Example) -> PairSide:
    """An example as one of a pair."""
    return PairSide(example.root, example.path, example.split, example.label)


@dataclass
class LeftOutCopies:
    """Collects copies; says which are left out.

    Attributes:
        rule: What the recipe says of copies.
        modality: Of the examples.
        pairs: The first of the copies.
        num_pairs: How many there are.
        left_out: Root and path of those that are left out.
    """

    rule: LeaveOutCopies
    modality: Modality
    pairs: list[CopyPair] = field(default_factory=list)
    num_pairs: int = 0
    left_out: set[tuple[int, str]] = field(default_factory=set)
    _first: dict[_What, CopyPair] = field(default_factory=dict)
    _counts: Counter[_What] = field(default_factory=Counter)

    def add(
        self,
        kind: Likeness,
        of: PairSide,
        copy: PairSide,
        *,
        is_listed: bool = True,
        is_told: bool = True,
    ) -> bool:
        """One more copy; whether it is left out.

        Args:
            kind: How alike they are.
            of: What it is a copy of.
            copy: The copy.
            is_listed: Whether it is one of the manifest's listed examples.
            is_told: Whether `notes` counts it.
        """
        is_left_out = self._is_left_out(kind, of, copy)
        pair = CopyPair(kind, of, copy, is_left_out)
        if is_left_out and is_listed:
            self.left_out.add((copy.root, copy.path))
        if len(self.pairs) < MOST_LISTED:
            self.pairs.append(pair)
        self.num_pairs += 1
        if is_told:
            what = copy.split, _of_what(of), kind, is_left_out
            self._counts[what] += 1
            self._first.setdefault(what, pair)
        return is_left_out

    def _is_left_out(self, kind: Likeness, of: PairSide, copy: PairSide) -> bool:
        if kind == "exact" and of.split == "test" and copy.split is None:
            return True
        if self.rule == "none":
            return False
        if RANKS[of.split] >= NUM_HELD:
            return self.rule == "all"
        return kind == "exact" or self.rule != "exact"

    def notes(self) -> list[str]:
        """How many copies of each kind there are and what is done with them, in words."""
        order = sorted(self._counts, key=lambda what: (-RANKS[what[0]], what[1:]))
        return [self._note(what) for what in order]

    def _note(self, what: _What) -> str:
        split, of, kind, is_left_out = what
        noun = self.modality.example
        number = counted(self._counts[what], f"{_IN_WORDS[split]} {noun}")
        others = f"{of} {self.modality.examples}" if of else f"another {noun}"
        first = self._first[what]
        shown = f"{displayed(first.copy.path)} = {displayed(first.of.path)}"
        # Copies that pre-training has never seen need no example.
        pair = "" if split is None and kind == "exact" else f" (first: {shown})"
        return f"{number} {_LIKENESS[kind]} {others}{pair}: {_outcome(split, is_left_out)}"


def _of_what(of: PairSide) -> str:
    return _IN_WORDS[of.split] if RANKS[of.split] < NUM_HELD else ""


def _outcome(split: str | None, is_left_out: bool) -> str:
    if not is_left_out:
        return _("used all the same ({setting})").format(setting=SETTING)
    if split == "train":
        return _("left out of training ({setting})").format(setting=SETTING)
    return _("kept out of pre-training")
