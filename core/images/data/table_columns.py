"""Which columns of a table of labels say what."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from core.data.label_cells import LabelCells, asked_flags, guessed_flags
from core.data.tables.columns import (
    PATH_NAMES,
    Columns,
    asked_for,
    is_picture_name,
    label_column,
    named,
    picture_column,
)
from core.data.tables.guesses import Tell
from core.data.tables.splits import split_column

# As columns are called that have no names.
_NAMELESS: Final = re.compile(r"column \d+")


@dataclass(frozen=True)
class LabelColumns:
    """Names of the columns.

    Attributes:
        path: Of the image; None if there is none.
        label: Of its class; None if there is none.
        split: Of its split; None if there is none.
        group: Of what belongs together; None if none was asked for.
        classes: Columns that are a class each, with 1 where it applies.
        unused: What is not used, in words.
    """

    path: str | None
    label: str | None
    split: str | None
    classes: tuple[str, ...] = ()
    unused: str = ""
    group: str | None = None

    @property
    def missing(self) -> str:
        """What there is no column for, in words; empty if nothing is missing."""
        has_label = self.label is not None or bool(self.classes)
        found = (("the path", self.path is not None), ("the label", has_label))
        return " and ".join(word for word, is_there in found if not is_there)

    def tell_guesses(self, asked: Columns, tell: Tell) -> None:
        """Tell by setting what was found without being asked for."""
        for setting, was_asked, found in (
            ("path_column", asked.path, self.path),
            ("label_column", asked.label, LabelCells(self.label, self.classes).found),
            ("split_column", asked.split, self.split),
        ):
            if was_asked is None and found is not None:
                tell(setting, found)

    def cells_in(self, rows: Sequence[Mapping[str, Any]]) -> LabelCells:
        """Where the label of a row is, as some rows say."""
        return LabelCells.of_flags(self.classes, rows) if self.classes else LabelCells(self.label)


def find_columns(rows: Sequence[Mapping[str, Any]], asked: Columns) -> LabelColumns:
    """What the columns of a table are, from its first rows.

    Raises:
        KeyError: A column that was asked for is not there; the words say so.
    """
    names = list(dict.fromkeys(name for row in rows for name in row))
    classes = asked_flags(asked.label, rows, names)
    label = None if classes else asked_for(asked.label, names, "data.label_column")
    split = asked_for(asked.split, names, "data.split_column")
    group = asked_for(asked.group, names, "data.group_column")
    others = [name for name in names if name not in {label, split, group, *classes}]
    path = asked_for(asked.path, names, "data.path_column") or _path(rows, others)
    if label is None and not classes:
        others = [name for name in names if name not in {path, split, group}]
        label = label_column(others)
    split, unused = split_column(rows, names, split, besides=[path, label, group, *classes])
    if label is None and path is not None and all(map(_NAMELESS.fullmatch, names)):
        others = [name for name in names if name not in {path, split, group, *classes}]
        label = others[0] if len(others) == 1 else None
    if label is None and not classes and path is not None:
        rest = [name for name in names if name not in {path, split, group}]
        classes = tuple(rest) if guessed_flags(rows, rest) else ()
    return LabelColumns(path, label, split, classes, unused, group)


def _path(rows: Sequence[Mapping[str, Any]], names: Sequence[str]) -> str | None:
    """A well-known name first, if it holds pictures; else what holds them; else ids."""
    known = named([name for name in names if _holds_pictures(rows, name)], PATH_NAMES)
    return known or picture_column(rows) or named(names, PATH_NAMES)


def _holds_pictures(rows: Sequence[Mapping[str, Any]], name: str) -> bool:
    return any(is_picture_name(row.get(name)) for row in rows)
