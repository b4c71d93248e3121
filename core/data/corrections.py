"""What the user decided of labels: a table of its own, applied when the data are read.

A row names an example as scans show it (a path below its folder or a whole one; of a row in a table
with its line, `train.csv:12`), the label that it was given, a decision (`keep`, `correct`, `leave
out`; empty for none yet) and, to correct, the new label. The user's own files stay as they are.
"""

import csv
import difflib
import io
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import astuple, replace
from pathlib import Path
from typing import Final

from core.data.corrections_done import Done
from core.data.decision import DECISIONS, Correction
from core.data.left_out import LEFT_OUT_CORRECTED
from core.data.manifest import Example, Leak, Manifest, Quarantined, displayed
from core.data.splits import nfc
from core.data.tables.columns import Columns
from core.data.tables.rows import UNREADABLE, message_of, read_rows
from core.errors import RunError
from core.recipe.tasks import lacking
from core.system.atomic import write_bytes
from core.system.table_cells import plain_cell, raw_cell

# Beside them in a table of suspects: the new label where a decision names none.
SUGGESTED: Final = "suggested_label"
COLUMNS: Final = ("example", "given_label", "decision", "new_label")
# What a row of a table is known by wherever it stands; other tables need not have it.
CONTENT: Final = "content"
_IN_TABLE: Final = re.compile(r":\d+$")
_LETTERS: Final = 16
# Bad rows that an error names.
_SHOWN = 5


def read_corrections(path: Path) -> list[Correction]:
    """The decisions in a table; of other columns only `content` and what is suggested are read.

    Raises:
        RunError: `corrections-unreadable`, `corrections-columns`; `corrections-rows`: there are
            rows that say nothing that could be done, which are named.
    """
    bad: list[str] = []

    def refuse(line: int, reason: str) -> None:
        bad.append(f"line {line}: {reason}")

    found: dict[str, Correction] = {}
    try:
        for line, row in read_rows(path, Columns(), refuse, lambda _: None):
            _require_columns(path, row)
            cells = {name: raw_cell(str(value or "").strip()) for name, value in row.items()}
            name, given, decision, new = (cells[column] for column in COLUMNS)
            each = _decided(name, given, decision, new, cells.get(SUGGESTED, ""))
            if isinstance(each, str):
                refuse(line, each)
                continue
            each = replace(each, content=cells.get(CONTENT, ""))
            if found.setdefault(each.name, each) != each:
                refuse(line, f"{each.name} stands in an earlier row with something else decided")
    except UNREADABLE as error:
        reason = message_of(error)
        raise RunError("corrections-unreadable", path=path, reason=reason) from error
    if bad:
        shown = "\n".join(f"  - {each}" for each in bad[:_SHOWN])
        raise RunError("corrections-rows", path=path, count=len(bad), problems=shown)
    return list(found.values())


def write_corrections(path: Path, corrections: Iterable[Correction]) -> None:
    """Write decisions as CSV, whole or not at all.

    Raises:
        OSError: As the file system says.
    """
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow((*COLUMNS, CONTENT))
    for each in corrections:
        writer.writerow(map(plain_cell, astuple(each)))
    write_bytes(path, out.getvalue().encode())


def content_of(example: Example) -> str:
    """What an example of a table is known by, wherever its row stands; empty for any other."""
    # With a letter in front no spreadsheet takes it for a number.
    return f"c{example.sha256[:_LETTERS]}" if _IN_TABLE.search(example.path) else ""


def moved(manifest: Manifest, corrections: Iterable[Correction]) -> list[Correction]:
    """Corrections with the names that their examples have by now, where rows have moved."""
    work = _Work(manifest, Path())
    return [work.found(each) for each in corrections]


def shown_name(manifest: Manifest, example: Example) -> str:
    """What an example is called in a table of corrections: as short as it is unmistakable."""
    if len(manifest.roots) == 1:
        return displayed(example.path)
    return displayed(Path(manifest.roots[example.root], example.path).as_posix())


def with_corrections(manifest: Manifest, corrections: Sequence[Correction], path: Path) -> Manifest:
    """A manifest whose labels are corrected, and whose notes say what was done.

    Examples stay in the split that they were in. What is left out is used for nothing.

    Args:
        manifest: As it was scanned.
        corrections: What was decided.
        path: Of the table, for errors and notes.

    Raises:
        RunError: `corrections-other-data`: none of the names is that of an example;
            `corrections-classes`: a new label is no class of the data; `task-lacks`: an example may
            have several labels.
    """
    wanted = [each for each in corrections if each.decision in {"correct", "leave out"}]
    if not wanted:
        return manifest
    if reason := manifest.task.lacks.get("label-work"):
        raise lacking(manifest.task, reason)
    _require_classes(manifest, wanted, path)
    work = _Work(manifest, path)
    for each in wanted:
        work.apply(each)
    if not work.done and not work.stale:
        first = wanted[0].name
        raise RunError("corrections-other-data", path=path, count=len(wanted), first=first)
    return work.manifest()


def _decided(name: str, given: str, decision: str, new: str, suggested: str) -> Correction | str:
    """A row as a decision, or what is wrong with it."""
    asked = decision.casefold().replace("_", " ").replace("-", " ")
    known = next((each for each in DECISIONS if each == asked), None)
    if known is None:
        return f"the decision is {decision}, which is none of keep, correct and leave out"
    if not name:
        return "it names no example"
    if known == "correct" and not new:
        new = suggested
    if known == "correct" and not new:
        return f"{name} is to be corrected, but new_label is empty"
    if known != "correct" and known and new:
        return f"{name} has a new_label, but its decision is {known}"
    # A new label alone may be a slip as well as a wish.
    if not known and new:
        return f"{name} has a new_label, but no decision: write correct there"
    return Correction(name, given, known, new)


def _require_columns(path: Path, row: dict[str, object]) -> None:
    missing = [name for name in COLUMNS if name not in row]
    if missing:
        columns = ", ".join(map(str, row)) or "none"
        raise RunError(
            "corrections-columns", path=path, missing=", ".join(missing), columns=columns
        )


def _require_classes(manifest: Manifest, wanted: Sequence[Correction], path: Path) -> None:
    classes = {nfc(name) for name in map(displayed, manifest.classes)}
    unknown = Counter(each.new for each in wanted if each.new and nfc(each.new) not in classes)
    if not unknown:
        return
    first, number = unknown.most_common(1)[0]
    near = difflib.get_close_matches(first, classes, n=1)
    hint = f"; did you mean {near[0]}?" if near else ""
    shown = ", ".join(sorted(classes)[:12])
    raise RunError(
        "corrections-classes", path=path, name=first, count=number, hint=hint, classes=shown
    )


class _Work:
    """Corrections on their way into a manifest."""

    def __init__(self, manifest: Manifest, path: Path) -> None:
        self._manifest, self._path = manifest, path
        self._classes = {nfc(displayed(name)): name for name in manifest.classes}
        self._at: defaultdict[str, set[int]] = defaultdict(set)
        self._at_content: defaultdict[str, set[int]] = defaultdict(set)
        for row, example in enumerate(manifest.labeled):
            self._at[nfc(displayed(example.path))].add(row)
            whole = Path(manifest.roots[example.root], example.path).as_posix()
            self._at[nfc(displayed(whole))].add(row)
            self._at_content[content_of(example)].add(row)
        self._num_moved = 0
        self._new: dict[int, str | None] = {}
        self.done: list[Correction] = []
        self.stale: list[str] = []
        self._unknown: list[str] = []

    def found(self, each: Correction) -> Correction:
        """A correction with the name that its example has by now; empty if it is nowhere."""
        own = {content_of(self._manifest.labeled[row]) for row in self._at.get(nfc(each.name), ())}
        if not each.content or each.content in own:
            return each
        rows = self._at_content.get(each.content, set())
        if len(rows) != 1:
            return replace(each, name="")
        (row,) = rows
        return replace(each, name=shown_name(self._manifest, self._manifest.labeled[row]))

    def apply(self, asked: Correction) -> None:
        """Keep what is to be done with an example, or why nothing is."""
        each = self.found(asked)
        self._num_moved += each != asked and bool(each.name)
        rows = self._at.get(nfc(each.name), set())
        if len(rows) != 1:
            self._unknown.append(asked.name)
            return
        (row,) = rows
        label = displayed(self._manifest.labeled[row].label or "")
        new = self._classes[nfc(each.new)] if each.new else None
        if each.given and nfc(label) != nfc(each.given) and nfc(label) != nfc(each.new):
            self.stale.append(f"{each.name}: {label}, not {each.given}")
            return
        self._new[row] = new
        self.done.append(each)

    def manifest(self) -> Manifest:
        """The manifest with what is to be done."""
        old = self._manifest
        out = [row for row, label in self._new.items() if label is None]
        kept = [row for row in range(len(old.labeled)) if row not in set(out)]
        labeled = tuple(
            replace(old.labeled[row], label=self._new[row])
            if row in self._new
            else old.labeled[row]
            for row in kept
        )
        gone = [
            Quarantined(example.path, example.root, LEFT_OUT_CORRECTED)
            for example in (old.labeled[row] for row in out)
        ]
        return replace(
            old,
            labeled=labeled,
            classes=tuple(sorted({example.label for example in labeled if example.label})),
            quarantined=(*old.quarantined, *gone),
            leaks=tuple(self._leaks()),
            groups=tuple(old.groups[row] for row in kept) if old.groups else (),
            notes=(*old.notes, *self._in_words().notes()),
            corrections=(*old.corrections, *self.done),
        )

    def _leaks(self) -> Iterator[Leak]:
        """Those that are left once labels are others, and examples gone."""
        changed: dict[str, str | None] = {}
        for row, label in self._new.items():
            example = self._manifest.labeled[row]
            whole = Path(self._manifest.roots[example.root], example.path).as_posix()
            changed |= {displayed(example.path): label, displayed(whole): label}
        for leak in self._manifest.leaks:
            shown = leak.shown or ("",) * len(leak.paths)
            sides = [
                (path, changed.get(path, where) if leak.kind == "labels" else where, name)
                for path, where, name in zip(leak.paths, leak.where, shown, strict=True)
                if changed.get(path, "") is not None
            ]
            if len({where for _, where, _ in sides}) > 1:
                paths, places, names = zip(*sides, strict=True)
                yield Leak(leak.kind, paths, places, names if leak.shown else ())

    def _in_words(self) -> Done:
        where = f"{displayed(str(self._path))} (data.corrections)"
        return Done(
            where,
            self._manifest.modality,
            tuple(self.done),
            self._num_moved,
            tuple(self.stale),
            tuple(self._unknown),
        )
