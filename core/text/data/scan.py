"""Folders of text to a manifest: every text, every one that can't be used, copies and leaks.

A labeled text stands in the manifest as `file.jsonl:12` (file and line); its hash is that of its
words, so copies are found whatever their case and spacing; its width is its number of characters.
Unlabeled ones are counted by file, since there may be a hundred million of them.
"""

from collections.abc import Callable, Sequence
from dataclasses import astuple, replace
from pathlib import Path

from core.data.duplicates import find_leaks
from core.data.findings import MOST_LISTED
from core.data.groups import groups_of, numbered
from core.data.hold_out import drawn_by_us
from core.data.labels import refuse_numbers
from core.data.left_out import LeftOut
from core.data.manifest import (
    Example,
    Leak,
    Manifest,
    counted,
    displayed,
)
from core.data.tags import all_names
from core.errors import RunError
from core.language import _
from core.recipe.examples import LeaveOutCopies
from core.system.cache_folder import cache_folder
from core.system.progress import Paced
from core.system.stopping import never
from core.text.about import MODALITY
from core.text.data.conflicts import without_conflicts
from core.text.data.corpus import Overlaps, TextIndex
from core.text.data.held_out import with_copies
from core.text.data.known_scans import KnownScan
from core.text.data.places import (
    is_text,
    reference,
    seen_in,
)
from core.text.data.read import Columns
from core.text.data.scan_files import TextScan
from core.text.data.scan_words import split_in_words

# So many files without labels may be a class each.
_FEW_FILES = 10

__all__ = ["is_text", "reference", "scan_texts"]


def scan_texts(
    unlabeled: list[Path],
    labeled: Path | None,
    *,
    columns: Columns,
    val_fraction: float,
    test_fraction: float,
    seed: int,
    left_out: Sequence[str] = (),
    group_pattern: str | None = None,
    leave_out_copies: LeaveOutCopies = "near",
    report: Callable[[str, int, int], None] | None = None,
    stopped: Callable[[], bool] = never,
) -> Manifest:
    """Look at texts as a run would; many texts are read once, however often they are asked for.

    Args:
        unlabeled: Folders or files; labels in them are not used.
        labeled: Folder of class folders, of `train/dev/test` files, or a table.
        columns: Columns of tables; found if None.
        val_fraction: Share held out when there is no validation split.
        test_fraction: Share held out when there is no test split.
        seed: Which texts are held out.
        left_out: Names of texts that are not used.
        group_pattern: What in names says which texts belong together.
        leave_out_copies: Which copies are left out of training.
        report: Told how far it is.
        stopped: Asked whether to end.

    Raises:
        RunError: There is no text, or a table can't be read.
        OSError: There is no room for 30 bytes of each unlabeled text in the cache folder.
        Stopped: Asked to end.
    """
    index = TextIndex(cache_folder())
    work = TextScan(columns, Paced(report), stopped, index, LeftOut(left_out))
    if labeled is not None:
        work.add(labeled.absolute(), is_labeled=True)
    for path in unlabeled:
        work.add(path.absolute(), is_labeled=False)
    asked = {
        "unlabeled": [str(path.absolute()) for path in unlabeled],
        "labeled": str(labeled.absolute()) if labeled is not None else None,
        "columns": [*astuple(columns)],
        "held_out": [val_fraction, test_fraction, seed],
        "left_out": list(left_out),
        "groups": group_pattern,
        "copies": leave_out_copies,
    }
    known = KnownScan(asked, work.files)
    manifest = known.manifest()
    if manifest is None:
        manifest = _scanned(work, val_fraction, test_fraction, seed, group_pattern)
        manifest = with_copies(manifest, columns, leave_out_copies, work.progress, stopped)
        known.keep(manifest)
    return manifest


def _scanned(
    work: TextScan, val_fraction: float, test_fraction: float, seed: int, pattern: str | None
) -> Manifest:
    work.read()
    if not work.texts and not work.corpora:
        first = f"{work.bad[0].path}: {work.bad[0].reason}" if work.bad else _("nothing in it")
        where = ", ".join(map(str, work.roots))
        seen = "".join(map(seen_in, work.roots))
        raise RunError("no-usable-texts", path=where, count=len(work.bad), first=first, seen=seen)
    if work.texts and not any(text.split == "test" for text in work.texts):
        work.guesses.append(drawn_by_us(test_fraction, work.task))
    # Of all that the files hold: what is left out for its labels is a copy all the same.
    leaks = find_leaks(work.texts, lambda text: displayed(text.path))
    work.texts, left_out, conflicts = without_conflicts(work.texts)
    work.bad += left_out
    # Of a table each label has a line.
    labels = [str(text.label) for text in work.texts if text.path.rpartition(":")[2].isdigit()]
    where = ", ".join(displayed(str(root)) for root in work.roots)
    if work.task.is_single:
        refuse_numbers(labels, path=where, examples=MODALITY.examples)
    groups, ungrouped = groups_of(
        work.texts, work.groups, column=work.columns.group, pattern=pattern, path=where
    )
    labeled_texts, notes = split_in_words(
        work.texts, val_fraction, test_fraction, seed, groups, work.task
    )
    notes += [*ungrouped, *conflicts]
    found = _manifest(work, labeled_texts, notes, leaks)
    return replace(found, groups=numbered(labeled_texts, groups))


def _manifest(
    work: TextScan, labeled: list[Example], notes: list[str], leaks: tuple[Leak, ...]
) -> Manifest:
    # What is held out comes first: of copies, the first one counts.
    corpora = sorted(work.corpora, key=lambda corpus: corpus.split is None)
    overlaps = Overlaps(labeled, corpora, work.index, MOST_LISTED)
    fresh = overlaps.num_fresh()
    files = tuple(c.described(count) for c, count in zip(corpora, fresh, strict=True))
    if files:
        number = sum(file.num_texts for file in files)
        words = f"{counted(number, 'unlabeled text')} in {counted(len(files), 'file')}"
        notes = [words, *notes, *_kept_out(work, overlaps)]
    notes = [*notes, *_files_as_classes(work)]
    duplicates = overlaps.groups()
    return Manifest(
        roots=tuple(str(root) for root in work.roots),
        unlabeled=(),
        labeled=tuple(labeled),
        classes=all_names((text.label for text in labeled), work.task),
        task_name=work.task.name,
        quarantined=tuple(work.bad),
        duplicates=duplicates,
        leaks=leaks,
        notes=(*notes, *work.notes, *work.left_out.notes()),
        guesses=(*work.guesses, *work.of_files.guesses()),
        passed_over=work.passed_over.total(),
        passed_over_why=dict(sorted(work.passed_over.items())),
        kind=MODALITY.name,
        corpora=files,
        unlisted_copies=overlaps.num_copies - sum(len(group) - 1 for group in duplicates),
    )


def _files_as_classes(work: TextScan) -> list[str]:
    """What is to be said of a few files without labels, whose names may be those of classes."""
    roles = {
        file.name: work.places[file].split for file, (_number, has) in work.files.items() if has
    }
    if work.texts or not 1 < len(roles) <= _FEW_FILES or any(roles.values()):
        return []
    shown = ", ".join(displayed(name) for name in sorted(roles))
    way = _("write a single table with columns text and label")
    return [
        _("nothing in {shown} says a class: if each file is one, {way}").format(
            shown=shown, way=way
        )
    ]


def _kept_out(work: TextScan, overlaps: Overlaps) -> list[str]:
    words = []
    in_test = sum(corpus.num_texts for corpus in work.corpora if corpus.split)
    if in_test:
        words.append(
            _("{num_texts} in a test split").format(num_texts=counted(in_test, "unlabeled text"))
        )
    copies = overlaps.num_held_out()
    if copies:
        words.append(
            _("{num_texts} identical to test texts").format(
                num_texts=counted(copies, "unlabeled text")
            )
        )
    return [_("{each}: kept out of pre-training").format(each=each) for each in words]
