"""Which column of a table is the text, which the label."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from core.data.label_cells import are_flags, guessed_flags
from core.data.tables import columns as tables
from core.data.tables.columns import LABEL_NAMES, TEXT_NAMES, asked_for, in_words, label_column
from core.data.tables.splits import split_column
from core.language import _

__all__ = ["LABEL_NAMES", "TEXT_NAMES", "find_columns"]

# A label of a table without column names: so many different ones, and as often each.
MOST_CLASSES = 20
LEAST_OF_A_CLASS = 3
# Names that we, R, Spark and pandas give to columns that have none.
_NAMELESS = re.compile(r"(column |v|x|col_?|_c|unnamed: )?\d+", re.IGNORECASE)
# Columns that only number the rows, as `comment_id`; pandas writes its index without a name.
_IDS = frozenset({"id", "idx", "index", "uuid", "guid", "column 1", "unnamed:_0"})
# Characters of a cell with the numbers of a whole picture.
_MANY = 200
_NUMBERS = re.compile(r"[\d.,\s]+")


def find_columns(
    rows: Sequence[Mapping[str, Any]], text: str | None, label: str | None
) -> tuple[str, str | None]:
    """Names of the text column and of the label column, if any.

    Well-known names come first; then the column with the most words is the text. A label is never
    guessed from its values, since a wrong guess would train on nonsense: but where a table without
    a header has a single column beside the text that holds a few values again and again.

    Args:
        rows: A sample of the table.
        text: The text column if it was named.
        label: The label column if it was named.

    Raises:
        KeyError: A named column is not there, or no column holds text; its words say so.
    """
    names = list(dict.fromkeys(name for row in rows for name in row))
    text = asked_for(text, names, "data.text_column")
    label = asked_for(label, names, "data.label_column")
    if label is None:
        label = label_column([name for name in names if name != text])
    if text is None:
        split, _not_used = split_column(rows, names, None, besides=[label])
        text = tables.text_column(rows, besides=[label, split])
    if text is None:
        if any(isinstance(value, dict) and "bytes" in value for value in rows[0].values()):
            raise KeyError(_("it holds pictures, not texts; write them out as files of their own"))
        raise KeyError(
            _("no column holds text (there are: {columns}); name it with data.text_column").format(
                columns=f"{in_words(names)}{_pixels(rows)}"
            )
        )
    if label is None and are_nameless(names):
        others = [name for name in names if name != text]
        found = [name for name in others if _are_classes([row.get(name) for row in rows])]
        label = found[0] if len(found) == 1 else None
    return text, label


def flag_labels(rows: Sequence[Mapping[str, Any]], names: Sequence[str]) -> tuple[str, ...]:
    """Columns of 0 and 1 that are a label each; none where there is anything else but ids.

    Args:
        rows: A sample of the table.
        names: Columns that are neither text nor split nor group.
    """
    flags = [name for name in names if are_flags(rows, [name])]
    rest = [name for name in names if name not in flags]
    if not flags:
        # Crosses are none in a column alone.
        own = [name for name in names if not _is_id(name)]
        return tuple(own) if guessed_flags(rows, own) else ()
    return tuple(flags) if len(flags) > 1 and all(map(_is_id, rest)) else ()


def _is_id(name: str) -> bool:
    return tables.plain(name).rpartition("_")[2] in _IDS


def are_nameless(names: Iterable[str]) -> bool:
    """Whether columns have only names that were given to those without one."""
    return all(map(_NAMELESS.fullmatch, names))


def other_texts(rows: Sequence[Mapping[str, Any]], text: str, label: str | None) -> list[str]:
    """Columns with sentences that are not the text: the others of a pair, or a title."""
    names = dict.fromkeys(name for row in rows for name in row)
    others = [name for name in names if name not in {text, label}]
    return [name for name in others if tables.holds_sentences(rows, name)]


def _pixels(rows: Sequence[Mapping[str, Any]]) -> str:
    """What is to be said of columns that hold the pixels of pictures, a row each."""
    for name, cell in rows[0].items():
        if isinstance(cell, str) and len(cell) > _MANY and _NUMBERS.fullmatch(cell):
            return _("; {name} holds the pixels of pictures: write them out as files").format(
                name=name
            )
    return ""


def _are_classes(cells: Sequence[Any]) -> bool:
    kinds = set(cells)
    return 1 < len(kinds) <= MOST_CLASSES and len(cells) >= LEAST_OF_A_CLASS * len(kinds)
