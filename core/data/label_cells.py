"""Which cells of a row hold its label: those of one column, or of several with 0 and 1."""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final, Self

from core.data.labels import Labels
from core.data.number_labels import NumberLabels
from core.data.tables.columns import asked_for, in_words
from core.language import _

_ON: Final = frozenset({"1", "1.0", "true", "yes", "y", "x", "\u2713", "\u2714"})
_OFF: Final = frozenset({"0", "0.0", "false", "no", "n"})
# As pandas writes a cell that is empty.
_EMPTY: Final = frozenset({"", "nan", "none", "null", "na", "n/a", "<na>"})
# Of a column of 0 and 1 that a few gaps are in.
_NEARLY_ALL: Final = 0.9


@dataclass(frozen=True)
class LabelCells:
    """Where the label of a row is.

    Attributes:
        column: The column that holds it; None if there is none.
        flags: Columns that are a label each, with 1 where it applies.
        is_empty_off: Whether an empty cell of these says that it does not, as where all others
            have a cross.
    """

    column: str | None = None
    flags: tuple[str, ...] = ()
    is_empty_off: bool = False

    @classmethod
    def of_flags(cls, flags: Sequence[str], rows: Sequence[Mapping[str, Any]]) -> Self:
        """Columns that are a label each, from some rows."""
        return cls(None, tuple(flags), are_crosses(rows, flags))

    @property
    def names(self) -> frozenset[str]:
        """All these columns."""
        return frozenset({*self.flags, *([self.column] if self.column is not None else [])})

    @property
    def words(self) -> str:
        """What is to be said of how they are read; empty where that is plain."""
        return _("an empty cell says that its label does not apply") if self.is_empty_off else ""

    @property
    def found(self) -> str | None:
        """In words, as a guess has it; None if there is none."""
        return (
            _("a class each: {flags}").format(flags=in_words(self.flags))
            if self.flags
            else self.column
        )

    def of(self, row: Mapping[str, Any]) -> Any:
        """What a row says: a cell, or a list of the labels that apply.

        Raises:
            ValueError: A column of 0 and 1 has something else; the words say which.
        """
        if not self.flags:
            return row.get(self.column or "")
        return [name for name in self.flags if self._is_on(name, row.get(name))]

    def in_rows(self, rows: Iterable[Mapping[str, Any]]) -> list[Any]:
        """What rows say; of those that say something else nothing."""
        found = []
        for row in rows:
            with suppress(ValueError):
                found.append(self.of(row))
        return found

    def says_none(self, row: Mapping[str, Any], labels: Labels | NumberLabels) -> bool:
        """Whether a row that names no label says that none applies: only 0, or an empty list."""
        return bool(self.flags) or labels.says_none(row.get(self.column or ""))

    def _is_on(self, name: str, cell: Any) -> bool:
        word = _spelled(cell)
        if not word and self.is_empty_off:
            return False
        if word not in _ON | _OFF:
            raise ValueError(f"its {name} is {word or 'empty'}, neither 0 nor 1")
        return word in _ON


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
            _(
                "columns {columns} do not all hold 0 and 1 (of columns of numbers one can be "
                "predicted in a run); see data.label_column"
            ).format(columns=in_words(flags))
        )
    return tuple(flags)


def guessed_flags(rows: Sequence[Mapping[str, Any]], names: Sequence[str]) -> bool:
    """Whether several columns, none of which is empty, hold 0 and 1."""
    is_any = all(any(_spelled(row.get(name)) for row in rows) for name in names)
    return len(names) > 1 and is_any and are_flags(rows, names)


def are_flags(rows: Sequence[Mapping[str, Any]], names: Sequence[str]) -> bool:
    """Whether the cells of these columns are 0 or 1, or words for that, but for a few gaps.

    Crosses alone, with nothing in the other cells, are such columns only together.
    """
    words = [_spelled(row.get(name)) for row in rows for name in names]
    if not set(words) <= _ON | _OFF | {""}:
        return False
    if not _OFF.isdisjoint(words):
        return sum(map(bool, words)) >= _NEARLY_ALL * len(words)
    return bool(words) and (all(words) or are_crosses(rows, names))


def are_crosses(rows: Sequence[Mapping[str, Any]], names: Sequence[str]) -> bool:
    """Whether several columns have a 1, or a cross, where a label applies, and nothing else."""
    if len(names) < 2:
        return False
    words = {_spelled(row.get(name)) for row in rows for name in names}
    return "" in words and len(words) > 1 and words <= _ON | {""}


def _spelled(cell: Any) -> str:
    word = str(cell).strip().lower() if cell is not None else ""
    return "" if word in _EMPTY else word
