"""What folders mean, for all modalities: classes, splits, splits in classes, or neither.

A word such as `dev` or `train` is a split only where it can be one: if classes lie below it, or if
all folders beside it are splits too. Otherwise it is a class like its neighbours.
"""

from collections.abc import Mapping

from core.data.folder_tree import Folder, core_of, folder_tree, only_child
from core.data.manifest import displayed
from core.data.parts import (
    are_parts,
    read_alike,
    read_nested,
    read_parts,
    read_recurring,
    read_sets,
    without_copy,
)
from core.data.readings import FEW_SHOWN, FolderSays, Reading, fill, started
from core.data.splits import (
    SPLIT_NAMES,
    Role,
    are_parts_of_examples,
    is_generic,
    is_unlabeled_name,
    nfc,
    roles_of,
    splits_of,
)
from core.language import _


def read_folders(counts: Mapping[str, int], *, is_sure: bool) -> Reading:
    """What folders mean of which each holds so many examples directly.

    Args:
        counts: By POSIX path below the folder that was given; empty for that one.
        is_sure: Whether the user said that it is labeled, as for `read_classes`.
    """
    folder: Folder | None = folder_tree(counts)
    while folder is not None:
        found = read_splits(folder) or read_flat_splits(folder)
        found = found or read_classes(folder, is_sure=is_sure)
        if found is not None:
            return found
        folder = only_child(folder)
    return Reading("unlabeled", places=dict.fromkeys(counts, FolderSays()))


def read_splits(top: Folder) -> Reading | None:
    """Splits with class folders in them, or class folders with splits in them."""
    roles = roles_of(top.children)
    if len(roles) == len(top.children) and len(set(splits_of(roles).values())) > 1:
        return _splits_first(top) or _classes_first(top)
    return (
        _one_with_splits(top)
        or read_sets(top, _has_splits)
        or _classes_first(top)
        or _splits_first(top)
    )


def _has_splits(folder: Folder) -> bool:
    found = _splits_below(folder)
    return found is not None and len(found.classes) > 1


def _one_with_splits(top: Folder) -> Reading | None:
    """Splits in one folder, and nothing of the kind in those beside it: `set/train`, `test`."""
    inside = {name: found for name, c in top.children.items() if (found := _splits_below(c))}
    if len(inside) != 1 or len(top.children) < 2:
        return None
    ((name, reading),) = inside.items()
    roles = roles_of(top.children)
    if name in roles or len(roles) < len(top.children) - 1:
        return None
    for other, role in roles.items():
        fill(reading, top.children[other], FolderSays(split="test" if role == "test" else None))
        kept = _(", and kept out of pre-training") if role == "test" else ""
        reading.notes.append(
            _("{other}/ is unlabeled{kept}").format(other=displayed(nfc(other)), kept=kept)
        )
    reading.places[top.path] = FolderSays(is_beside=True)
    return reading


def _splits_below(folder: Folder | None) -> Reading | None:
    while folder is not None:
        if (found := _splits_first(folder)) is not None:
            return found
        folder = only_child(folder)
    return None


def read_flat_splits(top: Folder) -> Reading | None:
    """Splits without classes: all folders are such, or two of them can't be classes together."""
    roles = roles_of(top.children)
    splits = splits_of(roles)
    found = set(splits.values())
    are_all = len(roles) == len(top.children)
    if len(found) < 2 or not (are_all or "train" in found):
        return None
    reading = started("flat splits", top, splits)
    for name, child in top.children.items():
        split = splits.get(name)
        fill(reading, child, FolderSays(split=split))
    names = ", ".join(f"{displayed(nfc(name))}/" for name in sorted(splits))
    reading.notes.append(_("{names} are splits and hold no classes: unlabeled").format(names=names))
    reading.guess(_("each of {names}").format(names=names), _("a split without classes"))
    return reading


def read_classes(top: Folder, *, is_sure: bool) -> Reading | None:
    """Class folders: at least two, with all examples directly in them, two each on average.

    Args:
        top: The folder that may hold them.
        is_sure: Whether the user said that it is labeled; they may then be nested, hold one
            example each, have others beside them, or be a single one.
    """
    if (merged := read_parts(top)) is not None:
        return merged
    once = without_copy(top)
    classes = [child for name, child in once.items() if not is_unlabeled_name(name)]
    total = sum(child.num_all for child in classes)
    are_direct = not top.num_files and not any(core_of(c).children for c in once.values())
    if len(classes) < 2 and not (is_sure and are_direct and _can_be_single(classes)):
        return None
    names = [child.name for child in classes]
    if are_parts_of_examples(names) or are_parts(names):
        return None
    if not is_sure and (not are_direct or total < 2 * len(classes)):
        return read_alike(top) or read_nested(top) or read_recurring(top)
    reading = started("classes", top, {})
    for name, child in top.children.items():
        place = FolderSays(is_beside=True) if name not in once else FolderSays(nfc(name))
        fill(reading, child, FolderSays() if is_unlabeled_name(name) else place)
    nested = sorted({nfc(name) for child in classes for name in core_of(child).children})
    if nested:
        shown = ", ".join(map(displayed, nested[:FEW_SHOWN]))
        reading.notes.append(
            _("folders in the class folders are not told apart ({shown})").format(shown=shown)
        )
    looks = [n for n in sorted(top.children) if nfc(n).casefold() in SPLIT_NAMES]
    for name in looks:
        reading.guess(f"folder {name}", "a class")
    if looks:
        reading.notes.append(
            _("{looks}: read as a class, not as a split, because of the folders beside it").format(
                looks=", ".join(looks)
            )
        )
    return reading


def _can_be_single(classes: list[Folder]) -> bool:
    names = [folder.name for folder in classes]
    return len(names) == 1 and not roles_of(names) and not is_generic(names[0])


def _splits_first(top: Folder) -> Reading | None:
    roles = roles_of(top.children)
    splits = splits_of(roles)
    found = set(splits.values())
    cores = {name: core_of(top.children[name]) for name in splits}
    classes = {name for core in cores.values() for name in core.children}
    if not classes or are_parts_of_examples(classes):
        return None
    if "train" not in found and len(found) < 2:
        return None
    others = [child for name, child in top.children.items() if name not in roles]
    if len(found) == 1 or "train" not in found:
        inside = [set(core_of(child).children) for child in others]
        # Where one word alone is that of a split, folders like it are classes together.
        if any(names and not names & classes for names in inside):
            return None
        if len(splits) > 1 and len(found) == 1 and not _share_classes(list(cores.values())):
            return None
    reading = started("splits", top, splits)
    trained = {nfc(c) for n, core in cores.items() if splits[n] == "train" for c in core.children}
    for name, child in top.children.items():
        if name in splits:
            _fill_split(reading, child, splits[name], trained)
        else:
            fill(reading, child, FolderSays(is_beside=name not in roles))
    said = []
    for name, role in _renamed(roles).items():
        value = "unlabeled" if role == "unlabeled" else _("the split {role}").format(role=role)
        reading.guess(f"folder {name}", value)
        said.append(f"{displayed(nfc(name))}/ is {value}")
    reading.notes += ["; ".join(said)] if said else []
    return reading


def _share_classes(cores: list[Folder]) -> bool:
    return bool(set.intersection(*(set(core.children) for core in cores)))


def _fill_split(reading: Reading, folder: Folder, split: str, trained: set[str]) -> None:
    """Say what lies in a split's folder.

    Args:
        reading: Where to say it.
        folder: The split's.
        split: Which.
        trained: Classes of the training split: nothing is scored on none of them.
    """
    core = core_of(folder)
    held_out = "test" if split == "test" else None
    names = [name for name in core.children if not is_unlabeled_name(name)]
    is_foreign = bool(names and trained) and trained.isdisjoint(map(nfc, names))
    if not core.children or is_foreign:
        fill(reading, folder, FolderSays(split=held_out))
        kept = _(", and kept out of pre-training") if held_out else ""
        shown = ", ".join(displayed(nfc(name)) for name in sorted(names)[:FEW_SHOWN])
        lacks = (
            _("none of the training classes ({shown})").format(shown=shown)
            if is_foreign
            else _("no classes")
        )
        reading.notes.append(
            _("{path}/ has {lacks}: unlabeled{kept}").format(
                path=displayed(folder.path), lacks=lacks, kept=kept
            )
        )
        if is_foreign:
            reading.guess(f"folder {folder.path}", "unlabeled")
        return
    fill(reading, folder, FolderSays(is_beside=True))
    for name, child in core.children.items():
        is_unlabeled = is_unlabeled_name(name)
        fill(
            reading,
            child,
            FolderSays(split=held_out) if is_unlabeled else FolderSays(nfc(name), split),
        )


def _classes_first(top: Folder) -> Reading | None:
    """Splits in class folders, in most of them."""
    classes = {n: core_of(c) for n, c in top.children.items() if not is_unlabeled_name(n)}
    splits = {name: inside for name, core in classes.items() if (inside := _only_splits(core))}
    found = {split for each in splits.values() for split in each.values()}
    if len(classes) < 2 or 2 * len(splits) < len(classes):
        return None
    if len(found) < 2 and "train" not in found:
        return None
    first = min(splits)
    shown = ", ".join(f"{displayed(nfc(first))}/{name}" for name in sorted(splits[first]))
    names = {name: split for each in splits.values() for name, split in each.items()}
    reading = started("splits", top, names)
    reading.notes.append(_("the splits lie in the class folders ({shown})").format(shown=shown))
    reading.guess(_("each of {shown}").format(shown=shown), _("a split of its class"))
    for name, child in top.children.items():
        label = None if is_unlabeled_name(name) else nfc(name)
        fill(reading, child, FolderSays(label))
        for part, folder in classes[name].children.items() if name in splits else ():
            split = splits[name].get(part)
            fill(reading, folder, FolderSays(label, split) if split else FolderSays())
    missing = sorted(set(classes) - set(splits))
    if missing:
        shown = ", ".join(displayed(nfc(name)) for name in missing[:FEW_SHOWN])
        reading.notes.append(
            _("no splits in {shown}: all of it is training data").format(shown=shown)
        )
    return reading


def _only_splits(core: Folder) -> dict[str, str] | None:
    """The splits in a class folder; None where anything else is in it."""
    roles = roles_of(core.children)
    if core.num_files or len(roles) < len(core.children):
        return None
    return splits_of(roles) or None


def _renamed(roles: Mapping[str, Role]) -> dict[str, Role]:
    """Folders whose names don't say it themselves."""
    return {
        name: role
        for name, role in sorted(roles.items())
        if nfc(name).casefold() not in SPLIT_NAMES and nfc(name).casefold() != role
    }
