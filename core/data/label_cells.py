"""Which cells of a row hold its label: those of one column, or of several with 0 and 1."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from core.data.tables.columns import asked_for, in_words

_ON: Final = frozenset({"1", "1.0", "true"})
_OFF: Final = frozenset({"0", "0.0", "false"})
_EMPTY_LIST: Final = frozenset({"[]", "()"})


@dataclass(frozen=True)
class LabelCells:
    """Where the label of a row is.

    Attributes:
        column: The column that holds it; None if there is none.
        flags: Columns that are a label each, with 1 where it applies.
    """

    column: str | None = None
    flags: tuple[str, ...] = ()

    @property
    def names(self) -> frozenset[str]:
        """All these columns."""
        return frozenset({*self.flags, *([self.column] if self.column is not None else [])})

    @property
    def found(self) -> str | None:
        """In words, as a guess has it; None if there is none."""
        return f"a class each: {in_words(self.flags)}" if self.flags else self.column

    def of(self, row: Mapping[str, Any]) -> Any:
        """What a row says: a cell, or a list of the labels that apply.

        Raises:
            ValueError: A column of 0 and 1 has something else; the words say which.
        """
        if not self.flags:
            return row.get(self.column or "")
        return [name for name in self.flags if _is_on(name, row.get(name))]

    def says_none(self, row: Mapping[str, Any]) -> bool:
        """Whether a row that names no label says that none applies: only 0, or an empty list."""
        if self.flags:
            return True
        cell = row.get(self.column or "")
        if isinstance(cell, str):
            return cell.strip() in _EMPTY_LIST
        return isinstance(cell, list | tuple) and not cell


def asked_flags(
    asked: str | None, rows: Sequence[Mapping[str, Any]], names: Sequence[str]
) -> tuple[str, ...]:
    """Several columns of 0 and 1 that were asked for with commas; empty if one column was.

    Raises:
        KeyError: One is not there, or they hold something else; the words say so.
    """
    if asked is None or asked in names or "," not in asked:
        return ()
    parts = [part.strip() for part in asked.split(",") if part.strip()]
    flags = [name for part in parts if (name := asked_for(part, names, "data.label_column"))]
    if not are_flags(rows, flags):
        raise KeyError(
            f"columns {in_words(flags)} do not all hold 0 and 1 (of columns of numbers one can be "
            "predicted in a run); see data.label_column"
        )
    return tuple(flags)


def are_flags(rows: Sequence[Mapping[str, Any]], names: Sequence[str]) -> bool:
    """Whether all cells of these columns are 0 or 1."""
    return bool(rows) and all(
        _spelled(row.get(name)) in _ON | _OFF for row in rows for name in names
    )


def _is_on(name: str, cell: Any) -> bool:
    word = _spelled(cell)
    if word not in _ON | _OFF:
        shown = word or "empty"
        raise ValueError(f"its {name} is {shown}, neither 0 nor 1")
    return word in _ON


def _spelled(cell: Any) -> str:
    return str(cell).strip().lower() if cell is not None else ""
