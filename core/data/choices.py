"""What a person may choose from to read a folder otherwise: its folders, its tables' columns."""

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from core.data.file_types import system_reason
from core.data.manifest import displayed
from core.data.tables.columns import Columns
from core.data.tables.encodings import kind_of
from core.data.tables.rows import TABLE_SUFFIXES, sample_rows

_MOST_TABLES = 20
_MOST_FOLDERS = 40
_DEPTH = 3
_MOST_COLUMNS = 200


def choices_for(paths: Iterable[Path], asked: Columns) -> dict[str, Any]:
    """`columns` of all tables in their order, and `folders`, whole paths.

    Args:
        paths: Folders and tables that were given.
        asked: What the recipe says of tables.
    """
    tables: list[Path] = []
    folders: list[str] = []
    for path in dict.fromkeys(paths):
        if path.is_file():
            tables.append(path)
        else:
            _look_into(path, tables, folders)
    tables = [table for table in tables if kind_of(table) in TABLE_SUFFIXES]
    names = (
        displayed(str(name))
        for table in tables[:_MOST_TABLES]
        for row in sample_rows(table, asked)[:1]
        for name in row
    )
    columns = list(dict.fromkeys(names))[:_MOST_COLUMNS]
    return {"columns": columns, "folders": folders[:_MOST_FOLDERS]}


def _look_into(top: Path, tables: list[Path], folders: list[str]) -> None:
    """Add the tables and folders of a folder, not far down, and of many only the first."""
    level = [top]
    for _ in range(_DEPTH):
        below: list[Path] = []
        for folder in level[:_MOST_FOLDERS]:
            # What can't be printed can't be chosen by its name either.
            if displayed(str(folder)) == str(folder):
                folders.append(str(folder))
            try:
                with os.scandir(folder) as entries:
                    found = [e for e in entries if system_reason(e.name) is None]
                    below += sorted(Path(e.path) for e in found if e.is_dir())
                    tables += sorted(Path(e.path) for e in found if _is_table(e.name))
            except OSError:
                continue
        level = below


def _is_table(name: str) -> bool:
    return kind_of(Path(name)) in TABLE_SUFFIXES
