"""Tables without a header beside each other: what the rows of one tell holds for all."""

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from core.data.tables.columns import Columns
from core.text.data.columns import are_nameless, find_columns
from core.text.data.decode import kind_of
from core.text.data.read import TABLES, sample_rows

# More tables than splits and a few others are no splits of one data set.
_MOST = 20


def shared_columns(files: Iterable[Path], asked: Columns) -> dict[Path, Columns]:
    """The label column of tables too small to tell it, from like tables in their folder.

    Args:
        files: All that are read.
        asked: What the recipe says of tables; where it names the label, nothing is shared.
    """
    tables = [file for file in files if kind_of(file) in TABLES]
    if asked.label is not None or not 1 < len(tables) <= _MOST:
        return {}
    told: dict[tuple[Path, tuple[str, ...]], tuple[str, set[str]]] = {}
    silent: list[tuple[Path, tuple[str, ...], list[dict[str, str]]]] = []
    for file in tables:
        rows = sample_rows(file, asked)
        names = tuple(dict.fromkeys(name for row in rows for name in row))
        if not names or not are_nameless(names):
            continue
        try:
            _, label = find_columns(rows, asked.text, None)
        except KeyError:
            continue
        if label is None:
            silent.append((file, names, rows))
        else:
            told[file.parent, names] = label, {str(row.get(label)) for row in rows}
    shared = {}
    for file, names, rows in silent:
        label, classes = told.get((file.parent, names), ("", set()))
        if label and {str(row.get(label)) for row in rows} <= classes:
            shared[file] = replace(asked, label=label)
    return shared
