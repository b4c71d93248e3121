"""Labels given one after the other: a table that is saved as one goes, with undo."""

import hashlib
from dataclasses import replace
from pathlib import Path

from core.data.label_table import Row, read_table, write_table
from core.errors import RunError


class LabelSession:
    """The rows of a table to label in.

    Args:
        table: Where it is; written by the helper that chose its rows.
        are_texts: Whether it holds texts, not names of files.

    Raises:
        RunError: It can't be read.
    """

    def __init__(self, table: Path, *, are_texts: bool) -> None:
        self._table, self._are_texts = table, are_texts
        self._rows = read_table(table)
        self._undo: list[tuple[int, Row]] = []
        self._waiting = [
            at for at, row in enumerate(self._rows) if not row.label and not row.is_skipped
        ]
        self._is_saved = True

    @property
    def current(self) -> Row | None:
        """The one to label; None when all are done."""
        return self._rows[self._waiting[0]] if self._waiting else None

    @property
    def following(self) -> Row | None:
        """The one after it."""
        return self._rows[self._waiting[1]] if len(self._waiting) > 1 else None

    @property
    def num_waiting(self) -> int:
        """How many have no label yet."""
        return len(self._waiting)

    @property
    def num_labeled(self) -> int:
        """How many rows of the table have a label."""
        return sum(bool(row.label) for row in self._rows)

    @property
    def num_given(self) -> int:
        """How many labels were given since it was opened."""
        return sum(bool(self._rows[at].label) for at, _ in self._undo)

    @property
    def classes(self) -> list[str]:
        """The labels that there are, sorted."""
        return sorted({row.label for row in self._rows if row.label})

    @property
    def can_undo(self) -> bool:
        """Whether there is something to take back."""
        return bool(self._undo)

    def label(self, name: str) -> None:
        """Give the one in hand a label."""
        self._change(label=name)

    def skip(self) -> None:
        """Pass the one in hand over: it is not asked for again."""
        self._change(is_skipped=True)

    def undo(self) -> None:
        """Take the last one back into the hand."""
        at, before = self._undo.pop()
        self._rows[at] = before
        self._waiting.insert(0, at)
        self._is_saved = False

    def save(self) -> None:
        """Write the table, if it is not as it was written.

        Raises:
            RunError: `file-not-writable`.
        """
        if not self._is_saved:
            self.save_as(self._table)
            self._is_saved = True

    def save_as(self, table: Path) -> None:
        """Write it elsewhere.

        Raises:
            RunError: `file-not-writable`.
        """
        try:
            table.parent.mkdir(parents=True, exist_ok=True)
            write_table(table, self._rows, are_texts=self._are_texts)
        except OSError as error:
            reason = error.strerror or str(error)
            raise RunError("file-not-writable", path=table, reason=reason) from error

    def copy_in(self, folder: Path) -> Path:
        """The table as it is now, which later labels don't change.

        Raises:
            RunError: `file-not-writable`.
        """
        content = repr([row for row in self._rows if row.label])
        digest = hashlib.sha256(content.encode("utf-8", "surrogatepass")).hexdigest()
        table = folder / f"labels-{digest[:12]}.csv"
        self.save_as(table)
        return table

    def _change(self, **values: str | bool) -> None:
        if not self._waiting:
            return
        at = self._waiting.pop(0)
        self._undo.append((at, self._rows[at]))
        self._rows[at] = replace(self._rows[at], **values)  # type: ignore[arg-type]
        self._is_saved = False
