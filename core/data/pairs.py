"""Pairs of examples that are one: a copy, and what it is a copy of."""

from dataclasses import dataclass
from typing import Any, Literal, Self

Likeness = Literal["exact", "near"]


@dataclass(frozen=True, slots=True)
class PairSide:
    """One example of a pair: where it is, and what it is there.

    Attributes:
        root: Index into `Manifest.roots`.
        path: As `Example.path`; of a text in a table or corpus with its line.
        split: `train`, `val` or `test`; None of an unlabeled one.
        label: Its class; None of an unlabeled one.
    """

    root: int
    path: str
    split: str | None
    label: str | None


@dataclass(frozen=True, slots=True)
class CopyPair:
    """Two examples that are one, to be looked at side by side.

    Attributes:
        kind: `exact` (the same bytes, pixels or words) or `near`.
        of: The one that counts, as of the test split.
        copy: The other one.
        is_left_out: Whether the copy is kept out of training and pre-training.
    """

    kind: Likeness
    of: PairSide
    copy: PairSide
    is_left_out: bool

    def to_list(self) -> list[Any]:
        """Ready for JSON."""
        sides = [[side.root, side.path, side.split, side.label] for side in (self.of, self.copy)]
        return [self.kind, *sides, self.is_left_out]

    @classmethod
    def from_list(cls, values: list[Any]) -> Self:
        """What `to_list` gave."""
        kind, of, copy, is_left_out = values
        return cls(kind, PairSide(*of), PairSide(*copy), bool(is_left_out))
