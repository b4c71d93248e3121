"""Texts that lie in tables, sorted: a table for each class, beside the copies of whole files."""

import contextlib
import csv
import io
import json
import os
from collections import defaultdict
from pathlib import Path
from typing import Any, Final

from core.predict.parts import Parts
from core.predict.sorting import Copies
from core.system.atomic import sync_folder, write_json
from core.system.table_cells import plain_cell

# Columns of the rows that are sorted; `whole` is a text of a table, `folder` where it goes.
COLUMNS: Final = ("path", "whole", "folder", "probability")
_NAME: Final = "texts.csv"
_HEAD: Final = ("path", "text", "probability")
# Rows that wait in memory until they are written.
_AT_ONCE = 2000


def write_sorted_rows(parts: Parts, folder: Path, journal: Path, copies: Copies) -> int:
    """Write the tables; returns how many rows are in them.

    Args:
        parts: What was predicted.
        folder: The folder of the class folders.
        journal: Where it is written down which tables are ours.
        copies: Finds names that nothing has.

    Raises:
        OSError: As the file system says; tables of earlier are then as they were.
    """
    places = _places(journal)
    waiting: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
    temporary: dict[str, Path] = {}
    num_rows = num_waiting = 0
    try:
        for row in parts.rows(COLUMNS):
            if row["whole"] is None or row["folder"] is None:
                continue
            waiting[row["folder"]].append(row)
            num_rows, num_waiting = num_rows + 1, num_waiting + 1
            if num_waiting >= _AT_ONCE:
                _append(waiting, temporary, folder)
                num_waiting = 0
        _append(waiting, temporary, folder)
        for name in temporary:
            if name not in places:
                places[name] = copies.free_place(_NAME, name)
        # Before they are there: they are ours, and may be written anew by the next call.
        write_json(journal, places)
        for name in list(temporary):
            temporary.pop(name).replace(folder / places[name])
            sync_folder(folder / name)
    finally:
        for left in temporary.values():
            with contextlib.suppress(OSError):
                left.unlink()
    return num_rows


def _append(
    waiting: defaultdict[str, list[dict[str, Any]]], temporary: dict[str, Path], folder: Path
) -> None:
    """Write what waits behind what was written; one file is open at a time."""
    for name, rows in waiting.items():
        (folder / name).mkdir(parents=True, exist_ok=True)
        is_new = name not in temporary
        temporary.setdefault(name, folder / name / f".{_NAME}.{os.getpid()}.tmp")
        text = io.StringIO(newline="")
        writer = csv.writer(text)
        if is_new:
            writer.writerow(_HEAD)
        for row in rows:
            cells = (row["path"], row["whole"], f"{row['probability']:.6f}")
            writer.writerow([plain_cell(cell) for cell in cells])
        with temporary[name].open("wb" if is_new else "ab") as out:
            out.write(text.getvalue().encode("utf-8", "replace"))
            out.flush()
            os.fsync(out.fileno())
    waiting.clear()


def _places(journal: Path) -> dict[str, str]:
    try:
        found = json.loads(journal.read_text(encoding="utf-8"))
        return {str(name): str(place) for name, place in found.items()}
    except (OSError, ValueError, AttributeError):
        return {}
