"""Folders that divide a data set without being its classes: numbered parts, and sets of their own.

`images_part_1`, `images_part_2` hold one thing in several folders; `enron1`, `enron2` have the same
classes in each. `bottle`, `cable` with `train` and `test` in each are data sets beside each other.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable

from core.data.folder_tree import FEW_LOOSE, Folder, core_of
from core.data.manifest import displayed
from core.data.readings import FEW_SHOWN, FolderSays, Reading, fill, started
from core.data.splits import is_generic, is_unlabeled_name, nfc, roles_of, splits_of
from core.language import _

_NUMBERED = re.compile(r"(.*?)[\W_]*\d+")
_LAST_WORD = re.compile(r"[^\W\d_]+$")
_PARTS = frozenset(
    {"part", "parts", "batch", "chunk", "shard", "fold", "archive", "zip", "vol", "volume", "disk"}
)


def _is_numbered(names: Iterable[str]) -> bool:
    """Whether names differ by their number only: `enron1`, `enron2`; not by numbers alone."""
    return _stem_of(names) is not None


def are_parts(names: Iterable[str]) -> bool:
    """Whether numbered names are those of parts: `images_001`, `HAM10000_images_part_2`."""
    stem = _stem_of(names)
    if stem is None:
        return False
    last = _LAST_WORD.search(stem)
    return last is not None and (last[0] in _PARTS or is_generic(last[0]))


def _classes_in_parts(top: Folder) -> frozenset[str]:
    """Names of the class folders that numbered folders share; empty where they share none."""
    children = list(top.children.values())
    if top.num_files or not _is_numbered(top.children):
        return frozenset()
    if any(c.num_files * FEW_LOOSE > c.num_below for c in children):
        return frozenset()
    shared = frozenset.intersection(*(frozenset(map(nfc, c.children)) for c in children))
    found = frozenset().union(*(frozenset(map(nfc, c.children)) for c in children))
    return found if len(shared) > 1 and 2 * len(shared) >= len(found) else frozenset()


def _sets_in(top: Folder, has_splits: Callable[[Folder], bool]) -> list[Folder]:
    """Folders of which each is a data set with splits and classes of its own; empty if none are."""
    children = list(top.children.values())
    if len(children) < 2 or top.num_files:
        return []
    found = list(filter(has_splits, children))
    return found if len(found) == len(children) else []


def without_copy(top: Folder) -> dict[str, Folder]:
    """The folders in one, but for a copy of it: `flowers/flowers` beside the same classes."""
    names = set(map(nfc, top.children))
    return {
        name: child
        for name, child in top.children.items()
        if not (
            nfc(name).casefold() == nfc(top.name).casefold()
            and not child.num_files
            and len(child.children) > 1
            and set(map(nfc, child.children)) <= names
        )
    }


def read_sets(top: Folder, has_splits: Callable[[Folder], bool]) -> Reading | None:
    """Data sets beside each other, each with splits and classes of its own."""
    sets = _sets_in(top, lambda folder: not roles_of([folder.name]) and has_splits(folder))
    if not sets:
        return None
    reading = started("sets", top, {})
    for each in sets:
        fill(reading, each, FolderSays())
        core = core_of(each)
        for name, split in splits_of(roles_of(core.children)).items():
            if split == "test":
                fill(reading, core.children[name], FolderSays(split="test"))
                reading.splits[f"{each.name}/{name}"] = "test"
    names = ", ".join(f"{displayed(nfc(each.name))}/" for each in sets[:FEW_SHOWN])
    more = ", …" if len(sets) > FEW_SHOWN else ""
    reading.notes.append(
        _(
            "each of {names}{more} has splits and classes of its own: unlabeled "
            "together, and their tests kept out of pre-training; give one of them to use "
            "its classes"
        ).format(names=names, more=more)
    )
    reading.guess(
        _("each of {names}{more}").format(names=names, more=more), _("a data set of its own")
    )
    return reading


def read_alike(top: Folder) -> Reading | None:
    """Folders with the same class folders in each, of which nobody said which level is meant."""
    children = list(top.children.values())
    inside = [frozenset(map(nfc, core_of(child).children)) for child in children]
    if top.num_files or len(children) < 2 or len(inside[0]) < 2 or len(set(inside)) > 1:
        return None
    reading = started("sets", top, {})
    for child in children:
        fill(reading, child, FolderSays())
    names = ", ".join(f"{displayed(nfc(name))}/" for name in sorted(top.children)[:FEW_SHOWN])
    same = ", ".join(map(displayed, sorted(inside[0])[:FEW_SHOWN]))
    reading.notes.append(
        _(
            "each of {names} holds the same folders ({same}): give one of them as "
            "labeled to use these as classes, or the folder around them to tell them "
            "apart themselves"
        ).format(names=names, same=same)
    )
    return reading


def read_nested(top: Folder) -> Reading | None:
    """Folders with folders of their own in each, as videos or patients in classes: nobody said so.

    Dates and other numbers are no classes.
    """
    children = list(top.children.values())
    are_numbers = any(nfc(child.name).isdigit() for child in children)
    if top.num_files or len(children) < 2 or are_numbers:
        return None
    if any(child.num_files or len(core_of(child).children) < 2 for child in children):
        return None
    reading = started("sets", top, {})
    for child in children:
        fill(reading, child, FolderSays())
    shown = ", ".join(f"{displayed(nfc(name))}/" for name in sorted(top.children)[:FEW_SHOWN])
    reading.notes.append(
        _(
            "{shown} hold folders of their own and are read as unlabeled: if they are "
            "the classes, give the folder around them as labeled (data.labeled); "
            "data.group_pattern keeps together what lies in one folder of them"
        ).format(shown=shown)
    )
    return reading


def read_recurring(top: Folder) -> Reading | None:
    """Folders with folders of a few names in them, some here, some there: `patient3/benign`."""
    children = list(top.children.values())
    inside = Counter(nfc(name) for child in children for name in child.children)
    if top.num_files or any(child.num_files or not child.children for child in children):
        return None
    if not 2 <= len(inside) < len(children) or min(inside.values()) < 2:
        return None
    if roles_of(inside) or any(name.isdigit() or is_generic(name) for name in inside):
        return None
    reading = started("sets", top, {})
    for child in children:
        fill(reading, child, FolderSays())
    shown = ", ".join(displayed(nfc(name)) for name in sorted(top.children)[:FEW_SHOWN])
    same = ", ".join(map(displayed, sorted(inside)[:FEW_SHOWN]))
    reading.notes.append(
        _(
            "folders of the same names ({classes}) lie in several others ({shown}, …) and are read "
            "as unlabeled: if these are the classes, write a table with columns path and label, "
            "and one for the folder around them (data.group_column)"
        ).format(classes=same, shown=shown)
    )
    return reading


def read_parts(top: Folder) -> Reading | None:
    """Numbered folders with the same class folders in each."""
    labels = _classes_in_parts(top)
    if not labels or roles_of(labels):
        return None
    reading = started("classes", top, {})
    for part in top.children.values():
        fill(reading, part, FolderSays(is_beside=True))
        for name, child in part.children.items():
            fill(reading, child, FolderSays() if is_unlabeled_name(name) else FolderSays(nfc(name)))
    names = ", ".join(f"{displayed(nfc(name))}/" for name in sorted(top.children)[:FEW_SHOWN])
    reading.notes.append(
        _("{names} are read as parts, each with the same class folders").format(names=names)
    )
    reading.guess(_("each of {names}").format(names=names), _("a part, no class"))
    return reading


def _stem_of(names: Iterable[str]) -> str | None:
    matches = [_NUMBERED.fullmatch(nfc(name).casefold()) for name in names]
    stems = {match[1] if match is not None else "" for match in matches}
    return stems.pop() or None if len(matches) > 1 and len(stems) == 1 else None
