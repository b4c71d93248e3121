"""Folders in, manifest out: walk, read the layout, check every file, split, find copies."""

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from core.data.copies import LeftOutCopies
from core.data.duplicates import find_duplicates, find_leaks
from core.data.groups import Groups, groups_of, numbered
from core.data.hold_out import drawn_by_us
from core.data.left_out import LeftOut
from core.data.manifest import Example, Guess, Leak, Manifest, counted, displayed
from core.data.tables.columns import Columns
from core.data.tables.guesses import FileGuesses
from core.data.tags import all_names
from core.errors import RunError
from core.images.about import MODALITY
from core.images.data.candidates import Candidate, Candidates, from_folders, from_unlabeled
from core.images.data.checked_files import groups_in, images_in, looks_in, quarantined_in
from core.images.data.copies import copies_of_images
from core.images.data.label_words import (
    notes_beside,
    refuse_missing_labels,
    refuse_without_images,
    split_in_words,
    texts_beside,
)
from core.images.data.layout import Layout, is_table, read_layout, recognise, table_layout
from core.images.data.masks import without_masks
from core.images.data.scan_cache import Checked
from core.images.data.split_lists import listed_splits
from core.images.data.table_candidates import from_tables
from core.images.data.validate import validate
from core.images.data.walk import Listing, absolute, list_files, passed_over_in
from core.language import _
from core.recipe.examples import LeaveOutCopies
from core.recipe.tasks import SINGLE, TASKS, Task, task_named
from core.system.progress import Paced, ProgressReport
from core.system.stopping import Stopped, never

__all__ = ["Layout", "Stopped", "recognise", "scan"]

LOOKING = _("Looking for images")
CHECKING = _("Checking images")
COMPARING = _("Looking for copies")


def scan(
    unlabeled: Sequence[Path],
    labeled: Path | None,
    *,
    cache: Path | None = None,
    report: ProgressReport | None = None,
    stopped: Callable[[], bool] = never,
    val_fraction: float = 0.0,
    test_fraction: float = 0.2,
    seed: int = 0,
    workers: int | None = None,
    columns: Columns | None = None,
    left_out: Sequence[str] = (),
    group_pattern: str | None = None,
    leave_out_copies: LeaveOutCopies = "near",
) -> Manifest:
    """Find and check all images.

    A folder may be given as both: its labeled images are then labeled ones, the rest unlabeled.

    Args:
        unlabeled: Folders of images, any layout.
        labeled: A folder of class folders, of train/val/test with class folders, or with a table
            of labels; or such a table.
        cache: Folder of the cache of checks; the user's if None.
        report: Called with (what, done, total); total is 0 while it is not known.
        stopped: Asked often; what was checked until then is remembered.
        val_fraction: Share of each class held out for validation if there is no such split.
        test_fraction: Share of each class held out for testing if there is no such split.
        seed: Which images are held out.
        workers: Decoding processes; chosen by itself if None.
        columns: What the recipe says of tables.
        left_out: Names of images and rows that are not used.
        group_pattern: What in paths says which images belong together.
        leave_out_copies: Which copies are left out of training.

    Raises:
        RunError: No folder given, or one that can't be used: see `core.errors.data`.
        Stopped: `stopped()` became true.
    """
    if not unlabeled and labeled is None:
        raise RunError("nothing-to-scan")
    work = _Scan(report, stopped, columns or Columns(), LeftOut(left_out))
    for folder in unlabeled:
        work.add_unlabeled(absolute(folder))
    layout = work.add_labeled(absolute(labeled)) if labeled is not None else None
    work.name_unused_tables(layout)
    work.check(cache, workers)
    labeled_images, notes = work.split(
        layout,
        group_pattern,
        val_fraction=val_fraction,
        test_fraction=test_fraction,
        seed=seed,
    )
    return work.manifest(labeled_images, notes, leave_out_copies)


@dataclass
class _Scan:
    report: ProgressReport | None
    stopped: Callable[[], bool]
    columns: Columns
    left_out: LeftOut
    listings: dict[Path, Listing] = field(default_factory=dict)
    layouts: dict[Path, Layout] = field(default_factory=dict)
    roots: list[Path] = field(default_factory=list)
    files: dict[str, tuple[int, Candidate]] = field(default_factory=dict)
    checked: dict[str, Checked] = field(default_factory=dict)
    refused: set[tuple[int, str, str]] = field(default_factory=set)
    notes: list[str] = field(default_factory=list)
    guesses: list[Guess] = field(default_factory=list)
    of_tables: FileGuesses = field(default_factory=FileGuesses)
    conflicts: list[Leak] = field(default_factory=list)
    groups: Groups = field(default_factory=dict)
    task: Task = TASKS[SINGLE]

    def add_unlabeled(self, folder: Path) -> None:
        listing = self._list(folder)
        refuse_without_images(listing)
        layout = self._layout(listing)
        self._guess(layout.reading.guesses if layout.reading.splits else ())
        self._add(folder, from_unlabeled(listing, layout))

    def add_labeled(self, path: Path) -> Layout:
        if is_table(path):
            layout = table_layout(path, self.columns)
        else:
            layout = self._layout(self._list(path))
        folder = layout.folder
        if layout.kind == "table":
            found = from_tables(
                folder,
                layout.tables,
                lambda: self._list(folder),
                self.columns,
                left_out=self.left_out,
                guesses=self.of_tables,
            )
        else:
            refuse_without_images(self._list(folder))
            refuse_missing_labels(layout, self._list(folder), self.columns)
            found = from_folders(self._list(folder), layout, self.columns.task)
        self.task = task_named(found.task)
        self._guess([*layout.reading.guesses, *found.guesses])
        if not is_table(path):
            self._guess(listed_splits(self._list(folder), found))
        self._add(folder, found)
        return layout

    def _guess(self, guesses: Sequence[Guess]) -> None:
        self.guesses.extend(guess for guess in guesses if guess not in self.guesses)

    def name_unused_tables(self, layout: Layout | None) -> None:
        """Say of each table in a folder that is not read why it isn't."""
        used = [path for path, _ in layout.tables] if layout is not None else []
        for listing in self.listings.values():
            is_labeled = layout is not None
            self.notes += notes_beside(listing, used, self.columns, is_labeled=is_labeled)

    def check(self, cache: Path | None, workers: int | None) -> None:
        entries = [(path, candidate.file) for path, (_, candidate) in self.files.items()]
        progress = Paced(self.report)
        outcomes = validate(
            entries,
            cache=cache,
            report=lambda done, total: progress(CHECKING, done, total),
            stopped=self.stopped,
            workers=workers,
        )
        self.checked = {path: outcome for (path, _), outcome in zip(entries, outcomes, strict=True)}
        bad = sorted((path for path, c in self.checked.items() if c.reason is not None))
        if bad and len(bad) == len(entries):
            first = f"{displayed(bad[0])}: {self.checked[bad[0]].reason}"
            where = ", ".join(displayed(str(root)) for root in self.roots)
            raise RunError("no-usable-images", count=len(bad), path=where, first=first)

    def split(
        self,
        layout: Layout | None,
        pattern: str | None,
        *,
        val_fraction: float,
        test_fraction: float,
        seed: int,
    ) -> tuple[list[Example], list[str]]:
        """The labeled images with their splits, and what was done, in words."""
        if layout is None:
            return [], []
        found = images_in(self.files, self.checked)
        labeled = [image for image in found if image.label is not None]
        if labeled and not any(image.split == "test" for image in labeled):
            self._guess([drawn_by_us(test_fraction, self.task)])
        self.groups, ungrouped = groups_of(
            labeled,
            groups_in(self.files),
            column=self.columns.group,
            pattern=pattern,
            path=layout.folder,
        )
        fractions = {"val_fraction": val_fraction, "test_fraction": test_fraction}
        held, notes = split_in_words(
            layout, labeled, **fractions, seed=seed, groups=self.groups, task=self.task
        )
        return held, [*notes, *ungrouped]

    def manifest(
        self, labeled: list[Example], notes: list[str], leave_out_copies: LeaveOutCopies
    ) -> Manifest:
        unlabeled = [image for image in images_in(self.files, self.checked) if image.label is None]
        if unlabeled:
            notes.append(counted(len(unlabeled), "unlabeled image"))
        if num_test := sum(image.split == "test" for image in unlabeled):
            in_test = counted(num_test, "unlabeled image")
            kept_out = _("{in_test} in a test folder: kept out of pre-training")
            notes.append(kept_out.format(in_test=in_test))
        copies = self._copies([*unlabeled, *labeled], leave_out_copies)
        notes.extend(copies.notes())
        if beside := texts_beside(self.listings):
            self._guess([Guess(_("the kind of the examples"), MODALITY.name, "data.kind")])
        notes.extend(beside)
        passed_over = passed_over_in(self.listings.values())
        return Manifest(
            roots=tuple(str(root) for root in self.roots),
            unlabeled=tuple(unlabeled),
            labeled=tuple(labeled),
            classes=all_names((image.label for image in labeled), self.task),
            task_name=self.task.name,
            quarantined=quarantined_in(self.files, self.checked, self.refused),
            passed_over=passed_over.total(),
            passed_over_why=dict(sorted(passed_over.items())),
            duplicates=find_duplicates([*unlabeled, *labeled], self._named),
            leaks=(*find_leaks(labeled, self._named), *self.conflicts),
            notes=(*notes, *self.notes, *self.left_out.notes()),
            guesses=(*self.guesses, *self.of_tables.guesses()),
            pairs=tuple(copies.pairs),
            num_pairs=copies.num_pairs,
            left_out=frozenset(copies.left_out),
            groups=numbered(labeled, self.groups),
        )

    def _copies(self, images: list[Example], rule: LeaveOutCopies) -> LeftOutCopies:
        progress, looks = Paced(self.report), looks_in(self.files, self.checked)

        def report(done: int, total: int) -> None:
            progress(COMPARING, done, total)

        return copies_of_images(images, looks, rule, report=report, stopped=self.stopped)

    def _list(self, folder: Path) -> Listing:
        if folder not in self.listings:
            report = self.report
            on_found = None if report is None else lambda count: report(LOOKING, count, 0)
            listing = list_files(folder, report=on_found, stopped=self.stopped)
            self.listings[folder] = without_masks(listing)
        return self.listings[folder]

    def _add(self, folder: Path, found: Candidates) -> None:
        if folder not in self.roots:
            self.roots.append(folder)
        root = self.roots.index(folder)
        base = os.fspath(folder)
        found.leave_out(folder, self.left_out)
        self.conflicts += found.conflicts
        for candidate in found.unlabeled:
            key = self._key(base, candidate)
            _, known = self.files.setdefault(key, (root, candidate))
            if known.label is None and candidate.split is not None:
                self.files[key] = (root, candidate)
        for candidate in found.labeled:
            self.files[self._key(base, candidate)] = (root, candidate)
        for path in found.left_out:
            self.files.pop(f"{base}/{path}", None)
        listing = self.listings.get(folder)
        refused = [*found.refused, *(listing.refused if listing is not None else ())]
        self.refused.update((root, path, reason) for path, reason in refused)
        self.notes.extend(note for note in found.notes if note not in self.notes)

    @staticmethod
    def _key(base: str, candidate: Candidate) -> str:
        path = candidate.file.path
        return path if os.path.isabs(path) else f"{base}/{path}"  # noqa: PTH117  (hot path)

    def _layout(self, listing: Listing) -> Layout:
        if listing.folder not in self.layouts:
            self.layouts[listing.folder] = read_layout(listing, is_sure=True, asked=self.columns)
        return self.layouts[listing.folder]

    def _named(self, image: Example) -> str:
        if len(self.roots) == 1:
            return displayed(image.path)
        return displayed(Path(self.roots[image.root], image.path).as_posix())
