"""Marks between the labels of one cell: `cat;dog`."""

import re
from collections.abc import Iterable
from typing import Final

# Where half of the labels that are joined also stand alone: `Edema|Effusion`.
_BETWEEN: Final = "|#;,"
# Marks that hardly stand in names: many cells made of few parts that recur hold several labels,
# even where no part stands alone.
_RARE: Final = "|;"
# No name ends in these.
_ENDS: Final = "|;,"
# Marks that stand in many names: taken only where several labels are asked for.
_SELDOM: Final = "+/& "
_FEWEST_CELLS: Final = 6
_RECURS: Final = 3
_DECIMAL: Final = re.compile(r"[+-]?\d*,\d+")
_WORDS: Final = {" ": "blanks"}


def marks_between(labels: Iterable[str], task: str) -> str:
    """The marks that join labels, in the order in which they are looked at.

    Args:
        labels: Different cells of a column.
        task: As `data.task` was asked for. Of `single-label` none joins; of `multi-label` the first
            one with parts that recur does.
    """
    left, found = set(labels), ""
    if task == "single-label":
        return found
    for mark in _BETWEEN:
        is_between = _recurs if task == "multi-label" and not found else _is_between
        if is_between(mark, left):
            found += mark
            left = {part for label in left for part in parts_at(label, mark)}
    return found


def seldom_mark(labels: set[str]) -> str:
    """A mark that may join labels, but stands in many names, too; empty if there is none."""
    return next((mark for mark in _SELDOM if _is_seldom_between(mark, labels)), "")


def parts_at(label: str, mark: str) -> list[str]:
    """The labels that a mark joins; of a name such as `C#` itself."""
    parts = [part.strip() for part in label.split(mark) if part.strip()]
    if len(parts) > 1:
        return [label] if _DECIMAL.fullmatch(label) else parts
    return parts if mark in _ENDS else [label]


def parts_of(label: str, marks: str) -> list[str]:
    """The labels that several marks join."""
    found = [label]
    for mark in marks:
        found = [part for own in found for part in parts_at(own, mark)]
    return found


def in_words(marks: str) -> str:
    """Marks, for people."""
    return " ".join(_WORDS.get(mark, mark) for mark in marks)


def _cells_of_parts(mark: str, labels: set[str]) -> list[list[str]]:
    """The parts of the cells that a mark cuts."""
    cut = (parts_at(label, mark) for label in labels if mark in label)
    return [parts for parts in cut if len(parts) > 1]


def _is_between(mark: str, labels: set[str]) -> bool:
    """Whether some cells hold several labels, of which half stand alone in others.

    Commas and semicolons are in names of classes, too: more than half have to. Of marks that are
    rare in names it is enough that many cells are made of few parts.
    """
    cells = _cells_of_parts(mark, labels)
    joined = {part for parts in cells for part in parts}
    num_alone = len(joined & _alone(mark, labels))
    if num_alone > 0 and 2 * num_alone >= len(joined) + (mark in ";,"):
        return True
    return mark in _RARE and _are_many_of_few(cells, joined)


def _is_seldom_between(mark: str, labels: set[str]) -> bool:
    """Whether all labels that are joined stand alone, too, or cells of several sizes have few."""
    cells = _cells_of_parts(mark, labels)
    joined = {part for parts in cells for part in parts}
    if len(cells) >= _RECURS and joined <= labels:
        return True
    return len({len(parts) for parts in cells}) > 1 and _are_many_of_few(cells, joined)


def _are_many_of_few(cells: list[list[str]], joined: set[str]) -> bool:
    return len(cells) >= _FEWEST_CELLS and sum(map(len, cells)) >= _RECURS * len(joined)


def _recurs(mark: str, labels: set[str]) -> bool:
    """Whether a part of a cut cell stands in another cell, too."""
    cells = _cells_of_parts(mark, labels)
    joined = {part for parts in cells for part in parts}
    return sum(map(len, cells)) > len(joined) or bool(joined & _alone(mark, labels))


def _alone(mark: str, labels: set[str]) -> set[str]:
    """Labels that stand alone: what is only ended by the mark does, too."""
    own = (parts_at(label, mark) for label in labels)
    return {parts[0] for parts in own if len(parts) == 1}
