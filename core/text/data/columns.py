"""Which column of a table is the text, which the label."""

from collections.abc import Mapping, Sequence
from typing import Any

TEXT_NAMES = ("text", "sentence", "content", "document", "abstract", "body", "review", "tweet")
LABEL_NAMES = ("label", "class", "category", "target", "intent", "sentiment", "labels")


def find_columns(
    rows: Sequence[Mapping[str, Any]], text: str | None, label: str | None
) -> tuple[str, str | None]:
    """Names of the text column and of the label column, if any.

    Well-known names come first; then the column with the longest strings is the text. A label is
    never guessed from its values: a wrong guess would train on nonsense.

    Args:
        rows: A sample of the table.
        text: The text column if it was named.
        label: The label column if it was named.

    Raises:
        KeyError: A named column is not there, or no column holds text; its words say so.
    """
    names = list(dict.fromkeys(name for row in rows for name in row))
    for asked in (text, label):
        if asked is not None and asked not in names:
            raise KeyError(f"there is no column {asked} (there are: {', '.join(names)})")
    by_lower = {name.lower(): name for name in reversed(names)}
    if label is None:
        label = next((by_lower[name] for name in LABEL_NAMES if name in by_lower), None)
    if text is None:
        text = next((by_lower[name] for name in TEXT_NAMES if name in by_lower), None)
    if text is None:
        lengths = {
            name: sum(len(row[name]) for row in rows if isinstance(row.get(name), str))
            for name in names
            if name != label
        }
        text = max(lengths, key=lambda name: lengths[name], default=None)
        if text is None or not lengths[text]:
            raise KeyError("no column holds text")
    return text, label
