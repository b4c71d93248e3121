"""Which column of a table is the text, which the label."""

from collections.abc import Mapping, Sequence
from typing import Any

from core.data.tables import columns as tables
from core.data.tables.columns import LABEL_NAMES, TEXT_NAMES, asked_for, in_words, named

__all__ = ["LABEL_NAMES", "TEXT_NAMES", "find_columns"]

# A label of a table without column names: so many different ones, and as often each.
_MOST_CLASSES = 20
_LEAST_OF_A_CLASS = 3


def find_columns(
    rows: Sequence[Mapping[str, Any]], text: str | None, label: str | None
) -> tuple[str, str | None]:
    """Names of the text column and of the label column, if any.

    Well-known names come first; then the column with the most words is the text. A label is never
    guessed from its values, since a wrong guess would train on nonsense: but where a table without
    a header has two columns, and the other one holds a few values again and again.

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
        label = named([name for name in names if name != text], LABEL_NAMES)
    if text is None:
        text = tables.text_column(rows, besides=[label])
    if text is None:
        if any(isinstance(value, dict) and "bytes" in value for value in rows[0].values()):
            raise KeyError("it holds pictures, not texts; write them out as files of their own")
        raise KeyError(
            f"no column holds text (there are: {in_words(names)}); name it with data.text_column"
        )
    if label is None and names == ["column 1", "column 2"]:
        (other,) = set(names) - {text}
        label = other if _are_classes([row.get(other) for row in rows]) else None
    return text, label


def _are_classes(cells: Sequence[Any]) -> bool:
    kinds = set(cells)
    return len(kinds) <= _MOST_CLASSES and len(cells) >= _LEAST_OF_A_CLASS * len(kinds)
