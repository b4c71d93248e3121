"""Files that tables name, with the labels and splits that they say."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from core.data.found_task import TaskCount
from core.data.labels import refuse_numbers
from core.data.left_out import LEFT_OUT, LeftOut
from core.data.manifest import Leak, counted, displayed
from core.data.number_labels import refuse_several_columns
from core.data.tables.columns import Columns
from core.data.tables.guesses import FileGuesses
from core.errors import RunError
from core.images.data.candidates import Candidate, Candidates
from core.images.data.row_files import RowFiles, relative
from core.images.data.table import (
    TableRow,
    is_address,
    label_of,
    open_table,
    several_in_words,
)
from core.images.data.walk import FoundFile, Listing
from core.language import _
from core.recipe.modality import AUTO
from core.recipe.tasks import SINGLE


def from_tables(
    folder: Path,
    tables: Sequence[tuple[Path, str | None]],
    list_folder: Callable[[], Listing],
    asked: Columns,
    *,
    left_out: LeftOut | None = None,
    guesses: FileGuesses | None = None,
) -> Candidates:
    """Files that tables name.

    Args:
        folder: The root; paths in a table are relative to the folder of that table.
        tables: Each with the split its rows are of (None: as its rows say).
        list_folder: Walks `folder`; called only if some file is not where the table says.
        asked: What the recipe says of tables.
        left_out: Names of rows that are not used, as `labels.csv:12`.
        guesses: Where to note what was guessed of each table.

    Raises:
        RunError: `tables-several`, `table-unreadable`, `table-columns`, `table-no-files`,
            `labels-are-numbers`, `labels-have-units`, `numbers-one-column`.
    """
    if len(tables) > 1 and (None in (s := [split for _, split in tables]) or len(set(s)) < len(s)):
        names = [displayed(path.name) for path, _ in tables]
        raise RunError("tables-several", path=folder, tables=", ".join(names), example=tables[0][0])
    found = Candidates()
    asked = replace(asked, found_task=asked.found_task or _task_of(tables, asked, found))
    for path, split in tables:
        table = _OneTable(found, folder, path, split if len(tables) > 1 else None)
        table.read(list_folder, asked, left_out or LeftOut(), guesses or FileGuesses())
    if found.task != SINGLE:
        return found
    labels = [candidate.label or "" for candidate in found.labeled]
    shown = " and ".join(displayed(str(path)) for path, _ in tables)
    refuse_numbers(labels, path=shown, examples="images")
    return found


def _task_of(tables: Sequence[tuple[Path, str | None]], asked: Columns, found: Candidates) -> str:
    """What the task is: as asked for, or as the first rows of all tables say."""
    if asked.task != AUTO:
        found.task = asked.task
        return asked.task
    count = TaskCount()
    for path, _split in tables:
        own = open_table(path, asked).count
        own.refuse_units(path)
        count += own
    guess = count.guess("image")
    found.guesses.extend([guess] if guess is not None else [])
    found.task = count.task
    return count.task


class _OneTable:
    """One table of several."""

    def __init__(self, found: Candidates, folder: Path, path: Path, split: str | None) -> None:
        self._found, self._folder, self._path, self._split = found, folder, path, split
        self._name = relative(path.as_posix(), folder)
        self._shown = displayed(path.name)
        self._num_unlabeled = self._num_used = 0
        self._left_out: list[tuple[str, str]] = []
        self._takes_several = False

    def read(
        self,
        list_folder: Callable[[], Listing],
        asked: Columns,
        left_out: LeftOut,
        guesses: FileGuesses,
    ) -> None:
        table = open_table(self._path, asked, guesses.of(self._name))
        refuse_several_columns(table.columns.classes, asked, self._path)
        self._takes_several = asked.takes_several
        rows, bad = table.rows()
        found = self._found
        if left_out:
            rows = self._without(rows, left_out)
        found.refused.extend((self._name, f"line {line}: {reason}") for line, reason in bad)
        found.notes.extend(f"{self._shown}: {note}" for note in table.notes)
        where = RowFiles(self._folder, self._path.parent, list_folder)
        files = where.find(row.path for row in rows)
        missing: list[tuple[str, str]] = []
        of_file: dict[str, list[TableRow]] = defaultdict(list)
        by_path: dict[str, FoundFile] = {}
        for row in rows:
            file = files[row.path]
            if isinstance(file, str) and is_address(row.path):
                reason = _("an address on the network, not a file")
                found.refused.append((self._name, f"line {row.line}: {reason}"))
            elif isinstance(file, str):
                missing.append((row.path, f"{file} (line {row.line} of {self._shown})"))
            else:
                by_path[file.path] = file
                of_file[file.path].append(row)
        for path, some in of_file.items():
            self._add(by_path[path], some)
        if self._left_out and not self._num_used:
            raise RunError(
                "table-conflicts",
                path=self._path,
                count=len(self._left_out),
                first=": ".join(map(displayed, self._left_out[0])),
            )
        if not self._num_used:
            first = (missing or [(self._name, bad[0][1] if bad else _("no rows"))])[0]
            words = f"{displayed(first[0])}: {first[1]}"
            count = len(rows) + len(bad)
            raise RunError("table-no-files", path=self._path, count=count, first=words)
        found.refused.extend([*missing, *self._left_out])
        self._tell(where)

    def _without(self, rows: list[TableRow], left_out: LeftOut) -> list[TableRow]:
        """The rows that the user has not left out."""
        names = {row.line: f"{self._name}:{row.line}" for row in rows}
        gone = {line for line, name in names.items() if left_out.has(self._folder, name)}
        self._found.refused.extend((names[line], LEFT_OUT) for line in sorted(gone))
        return [row for row in rows if row.line not in gone]

    def _add(self, file: FoundFile, rows: list[TableRow]) -> None:
        """One file with all the rows that name it."""
        reason = _conflict(rows, takes_several=self._takes_several)
        if reason:
            self._left_out.append((file.path, f"{reason} in {self._shown}"))
            self._found.left_out.add(file.path)
            self._note_conflict(file, rows)
            return
        self._num_used += 1
        split = self._split or next((row.split for row in rows if row.split), None)
        label = label_of(rows, takes_several=self._takes_several)
        if label is None:
            self._num_unlabeled += 1
            is_test = "test" if split == "test" else None
            self._found.unlabeled.append(Candidate(file, None, is_test))
        else:
            group = next((row.group for row in rows if row.group), None)
            self._found.labeled.append(Candidate(file, label, split, group))

    def _note_conflict(self, file: FoundFile, rows: list[TableRow]) -> None:
        """Keep the rows that differ in their label, for a person to choose one."""
        first: dict[str, int] = {}
        for row in rows:
            if len(row.labels) == 1:
                first.setdefault(row.labels[0], row.line)
        if len(first) > 1:
            lines = tuple(displayed(f"{self._name}:{line}") for line in first.values())
            shown = (displayed(file.path),) * len(first)
            self._found.conflicts.append(Leak("labels", lines, tuple(first), shown))

    def _tell(self, where: RowFiles) -> None:
        """Say what was decided."""
        of_table = f"of {self._shown}"
        notes = []
        if where.num_elsewhere:
            notes.append(
                _("{num_files} {of_table} found by name in another folder than it says").format(
                    num_files=counted(where.num_elsewhere, "file"), of_table=of_table
                )
            )
        if where.num_respelled:
            notes.append(
                _(
                    "{num_files} {of_table} found with another suffix or in other case than it says"
                ).format(num_files=counted(where.num_respelled, "file"), of_table=of_table)
            )
        if self._num_unlabeled:
            notes.append(
                _("{num_images} {of_table} without a label").format(
                    num_images=counted(self._num_unlabeled, "image"), of_table=of_table
                )
            )
        if self._left_out:
            notes.append(
                _("{num_images} {of_table} left out: several labels or splits").format(
                    num_images=counted(len(self._left_out), "image"), of_table=of_table
                )
            )
        self._found.notes.extend(notes)


def _conflict(rows: Sequence[TableRow], *, takes_several: bool) -> str:
    """Why the rows of one file contradict each other; empty if they don't."""
    if not takes_several and (reason := _several(rows)):
        return reason
    splits = sorted({row.split for row in rows if row.split})
    if len(splits) > 1:
        return _("it is in several splits ({splits})").format(splits=", ".join(splits))
    groups = sorted({row.group for row in rows if row.group})
    return (
        _("it is in several groups ({groups})").format(groups=", ".join(groups))
        if len(groups) > 1
        else ""
    )


def _several(rows: Sequence[TableRow]) -> str:
    """Which labels they have, where that is more than one."""
    several = next((row for row in rows if len(row.labels) > 1), None)
    if several is not None:
        return f"{several_in_words(several)}, line {several.line}"
    first: dict[str, int] = {}
    for row in rows:
        for label in row.labels:
            first.setdefault(label, row.line)
    if len(first) < 2:
        return ""
    lines = ", ".join(map(str, first.values()))
    return _("it has several labels ({first}), lines {lines}").format(
        first=", ".join(first), lines=lines
    )
