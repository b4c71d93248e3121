"""How the labeled images are split, said in words; and what is missing when they can't be."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from core.data.census import Census, census, others_in_words
from core.data.class_words import alike_in_words, numbers_in_words, small_classes
from core.data.file_types import suffix_of
from core.data.found_task import num_without, task_in_words
from core.data.groups import Groups, groups_in_words
from core.data.hold_out import hold_out, refuse_to_hold_all
from core.data.manifest import Example, counted, displayed
from core.data.splits import SPLIT_ORDER
from core.data.tables.columns import Columns
from core.data.tags import all_names
from core.errors import RunError
from core.images.data.label_tables import unused_tables
from core.images.data.layout import Layout, read_layout
from core.images.data.name_words import class_words
from core.images.data.walk import NOT_AN_IMAGE, Listing, list_files, stem_of
from core.language import _
from core.recipe.tasks import SINGLE, TASKS, Task


def notes_beside(
    listing: Listing, used: Sequence[Path], asked: Columns, *, is_labeled: bool
) -> list[str]:
    """What is to be said of a folder beside its reading: what is left out, and what may be meant.

    Args:
        listing: Of the folder.
        used: Tables that are read.
        asked: What the recipe says of tables.
        is_labeled: Whether labels were found or given anywhere.
    """
    notes = [*listing.notes, *unused_tables(listing, used, asked), *_one_for_each(listing)]
    if not is_labeled:
        reading = read_layout(listing, is_sure=False, asked=asked).reading
        notes += reading.notes if reading.kind == "sets" and not reading.splits else []
    return notes


def _one_for_each(listing: Listing) -> list[str]:
    """What lies beside images under their names, and may say their classes."""
    others = [*listing.beside, *listing.lists]
    stems = {stem_of(file.path) for file in listing.files} if others else set()
    own = [path for path in others if stem_of(path).rpartition(".")[0] in stems]
    if len(own) < 2 or 2 * len(own) < len(stems):
        return []
    kinds = ", ".join(sorted({suffix_of(path) for path in own}))
    words = _(
        "{files} called like the images ({kinds}; first: {first}) not read: if they say the "
        "classes, write a table with columns path and label"
    )
    return [words.format(files=counted(len(own), "file"), kinds=kinds, first=displayed(own[0]))]


def refuse_missing_labels(layout: Layout, listing: Listing, asked: Columns) -> None:
    """Refuse a folder given as labeled that names no classes, with the reading that may be meant.

    A table in it that could not be read as one of labels is named, with the reason.

    Raises:
        RunError: `labels-not-found`.
    """
    if layout.kind != "unlabeled":
        return
    loose = sum("/" not in file.path for file in listing.files)
    seen = (
        _(": {num_images} directly in it").format(num_images=counted(loose, "image"))
        if loose
        else ""
    )
    folder = displayed(str(layout.folder))
    tables = "; ".join(_tables_beside(listing, asked))
    offer = " " + _("Tables: {tables}.").format(tables=tables) if tables else ""
    offer += _offer_parent(listing)
    if told := class_words(file.path for file in listing.files):
        offer += f" {told[0].upper()}{told[1:]}."
    raise RunError("labels-not-found", path=folder, seen=seen, offer=offer)


def _tables_beside(listing: Listing, asked: Columns) -> list[str]:
    return unused_tables(listing, (), asked) if listing.tables else []


def split_in_words(
    layout: Layout,
    images: Sequence[Example],
    *,
    val_fraction: float,
    test_fraction: float,
    seed: int,
    groups: Groups | None = None,
    task: Task = TASKS[SINGLE],
) -> tuple[list[Example], list[str]]:
    """Give every labeled image its split, holding out what no folder or table sets apart.

    Groups are held out as a whole.

    Returns:
        The images in the same order, and what was done, in words.

    Raises:
        RunError: `labels-unusable`, `labels-no-train`.
    """
    labels = all_names((image.label for image in images), task)
    folder = displayed(str(layout.folder))
    if not labels:
        raise RunError("labels-unusable", path=folder)
    given = {image.split for image in images if image.split is not None}
    if given and "train" not in given and all(image.split is not None for image in images):
        found = " and ".join(split for split in SPLIT_ORDER if split in given)
        raise RunError("labels-no-train", path=folder, found=found)
    refuse_to_hold_all(given, val_fraction, test_fraction)
    held = [image if image.split else replace(image, split="train") for image in images]
    words = [_counts(layout, held, 0 if task.is_number else len(labels))]
    if len(labels) == 1 and task.is_single:
        # Nothing can be scored, so nothing is kept from pre-training either.
        words.append(
            _("one class ({labels}): there is nothing to tell apart").format(
                labels=displayed(labels[0])
            )
        )
        return held, ["; ".join(words), *groups_in_words(held, groups or {})]
    no = "folder" if layout.kind != "table" else "split"
    kept = 1.0
    if "test" not in given:
        held = hold_out_part(held, test_fraction, seed, "test", groups, task)
        kept -= test_fraction
        words.append(_held_words(no, "test", test_fraction, task))
    if "val" not in given and val_fraction > 0:
        held = hold_out_part(held, val_fraction / kept, seed, "val", groups, task)
        words.append(_held_words(no, "val", val_fraction, task))
    notes = ["; ".join(words), *groups_in_words(held, groups or {})]
    numbers = [float(image.label or 0) for image in images] if task.is_number else ()
    notes += task_in_words(task.name, len(labels), num_without(images), "image", numbers)
    if task.is_number:
        return held, notes
    notes += [*numbers_in_words(labels), *alike_in_words(labels)]
    return held, [*notes, *small_classes(held, "image", task)]


def hold_out_part(
    images: Sequence[Example],
    fraction: float,
    seed: int,
    name: str,
    groups: Groups | None = None,
    task: Task = TASKS[SINGLE],
) -> list[Example]:
    """`hold_out` from the training images alone; the others stay as and where they are."""
    own = [image for image in images if image.split == "train"]
    train = iter(hold_out(own, fraction, seed, name, groups, task))
    return [next(train) if image.split == "train" else image for image in images]


def _counts(layout: Layout, images: Sequence[Example], num_classes: int) -> str:
    total = counted(len(images), "image")
    # Of numbers there are none.
    classes = f" in {counted(num_classes, 'class', 'classes')}" if num_classes else ""
    splits = Counter(image.split for image in images)
    if layout.kind == "classes" and set(splits) == {"train"} and classes:
        return f"{total} in {counted(num_classes, 'class folder')}"
    parts = ", ".join(f"{splits[name]:,} {name}" for name in SPLIT_ORDER if splits[name])
    if layout.kind != "table":
        return f"{total}{classes}: {parts}"
    return f"{total}{classes}, {layout.words}: {parts}"


def _held_words(no: str, name: str, fraction: float, task: Task) -> str:
    if fraction <= 0:
        return _("no {name} {no}: nothing is held out, so nothing can be scored").format(
            name=name, no=no
        )
    how = _("evenly from the smallest to the largest number") if task.is_number else _("stratified")
    return _("no {name} {no}: {fraction:g} % held out, {how}").format(
        name=name, no=no, fraction=100 * fraction, how=how
    )


def _offer_parent(listing: Listing) -> str:
    """The folder above, if this one seems to be one of its class folders."""
    parent = listing.folder.parent
    if parent == listing.folder or not any("/" not in file.path for file in listing.files):
        return ""
    try:
        above = read_layout(list_files(parent), is_sure=False)
    except RunError:
        return ""
    if not above.is_labeled:
        return ""
    return " " + _("The folder above, {parent}, has {words}: maybe give that one.").format(
        parent=displayed(str(parent)), words=above.words
    )


def refuse_without_images(listing: Listing) -> None:
    """Refuse a folder in which there is nothing to check, naming what is there.

    Raises:
        RunError: `folder-no-images`.
    """
    if listing.files:
        return
    seen = [f"{count:,} {reason}" for reason, count in sorted(listing.passed_over.items())]
    seen += [f"{displayed(path)}: {reason}" for path, reason in listing.refused[:3]]
    if listing.tables:
        in_arrow = any(path.endswith(".arrow") for path in listing.tables)
        way_out = _("; pictures in .arrow are read once written as Parquet (`to_parquet`)")
        seen.append(counted(len(listing.tables), "table") + way_out * in_arrow)
    elif others := others_in_words(listing.folder):
        seen.append(_("among them {others}").format(others=others))
    words = f" (found: {', '.join(seen)})" if seen else _(": it is empty")
    raise RunError("folder-no-images", path=displayed(str(listing.folder)), seen=words)


def texts_beside(listings: Mapping[Path, Listing]) -> list[str]:
    """Texts beside the images of folders that aren't theirs: they may be what was meant."""
    notes = []
    for root, listing in listings.items():
        # Most folders hold nothing else, and are not walked once more.
        found = census(root) if listing.passed_over[NOT_AN_IMAGE] else Census()
        num_texts = found.num_texts - sum(path.endswith(".txt") for path in listing.tables)
        if found.num_pictures and num_texts > 0:
            shown = ", ".join(displayed(n) for n in found.texts if n not in listing.tables)
            number = counted(num_texts, "text file")
            notes.append(
                _("{number} among the images passed over ({shown})").format(
                    number=number, shown=shown
                )
            )
    return notes
