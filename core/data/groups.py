"""Examples that belong together, as those of one patient: a split must not go through them."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from core.data.manifest import Example, Manifest, counted, displayed
from core.data.splits import SPLIT_ORDER, nfc
from core.errors import RunError
from core.language import _

Key = tuple[int, str]
Groups = Mapping[Key, str]
_MOST_NAMED: Final = 3


def groups_of(
    examples: Sequence[Example],
    by_column: Groups,
    *,
    column: str | None,
    pattern: str | None,
    path: object,
) -> tuple[Groups, list[str]]:
    """The groups that a recipe asks for, and in words how many examples have none.

    Args:
        examples: Labeled ones.
        by_column: What the column of groups says, by root and path.
        column: That column, if one was named.
        pattern: For names, if one was given.
        path: Where the examples come from.

    Raises:
        RunError: `groups-not-found`, `groups-without-table`.
    """
    if not examples:
        return {}, []
    if pattern is not None:
        return groups_by_pattern(examples, pattern)
    if column is None:
        return {}, []
    without = [each for each in examples if (each.root, each.path) not in by_column]
    if len(without) == len(examples):
        raise RunError("groups-without-table", column=column, path=path)
    return by_column, _without(without, "data.group_column")


def groups_by_pattern(
    examples: Iterable[Example], pattern: str
) -> tuple[dict[Key, str], list[str]]:
    """The group of each example whose path has one, and in words how many have none.

    Args:
        examples: Labeled ones.
        pattern: A regular expression with one group.

    Raises:
        RunError: `groups-not-found`: no path matches.
    """
    expression = re.compile(pattern)
    groups: dict[Key, str] = {}
    without: list[Example] = []
    for example in examples:
        found = expression.search(nfc(displayed(example.path)))
        if found is None or not found[1]:
            without.append(example)
        else:
            groups[example.root, example.path] = found[1]
    if without and not groups:
        first = displayed(without[0].path)
        raise RunError("groups-not-found", pattern=pattern, count=len(without), first=first)
    return groups, _without(without, "data.group_pattern")


def numbered(examples: Iterable[Example], groups: Groups) -> tuple[int | None, ...]:
    """The group of each example by a number, None where it has none; empty without groups.

    Numbers, since names of patients belong to nobody but the table.
    """
    if not groups:
        return ()
    numbers: dict[str, int] = {}
    named = (groups.get((each.root, each.path)) for each in examples)
    return tuple(None if name is None else numbers.setdefault(name, len(numbers)) for name in named)


def clusters_of(manifest: Manifest, split: str, pattern: str | None) -> list[int] | None:
    """A number for each used example of a split, equal for those that belong together.

    Args:
        manifest: With what a column of a table or a pattern said when it was made; older versions
            kept nothing of it.
        split: Which split.
        pattern: What names say, for such an older one.

    Returns:
        None when nothing says what belongs together.
    """
    groups: dict[Key, object] = {
        (each.root, each.path): group
        for each, group in zip(manifest.labeled, manifest.groups, strict=False)
        if group is not None
    }
    if not groups and pattern is not None:
        groups.update(groups_by_pattern(manifest.labeled, pattern)[0])
    if not groups:
        return None
    numbers: dict[object, int] = {}
    keys = ((each.root, each.path) for each in manifest.used_split(split))
    return [numbers.setdefault(groups.get(key, key), len(numbers)) for key in keys]


def _without(without: Sequence[Example], setting: str) -> list[str]:
    if not without:
        return []
    number = counted(len(without), "labeled example")
    return [
        _("{number} without a group ({setting}; first: {path})").format(
            number=number, setting=setting, path=displayed(without[0].path)
        )
    ]


def groups_in_words(examples: Iterable[Example], groups: Groups) -> list[str]:
    """How many groups there are, and which of them lie on several sides of the splits.

    Args:
        examples: Labeled ones, with their splits; only splits that were given go through groups.
        groups: The group of each, by root and path.
    """
    sides: dict[str, set[str]] = defaultdict(set)
    for example in examples:
        group = groups.get((example.root, example.path))
        if group is not None and example.split is not None:
            sides[group].add(example.split)
    notes = (
        [
            _("{num_groups} of examples that belong together").format(
                num_groups=counted(len(sides), "group")
            )
        ]
        if sides
        else []
    )
    crossing = [group for group, splits in sides.items() if len(splits) > 1]
    if crossing:
        few = [f"{displayed(group)} in {_in_words(sides[group])}" for group in crossing]
        shown = ", ".join(few[:_MOST_NAMED]) + (", …" if len(few) > _MOST_NAMED else "")
        lie = "lies" if len(crossing) == 1 else "lie"
        number = counted(len(crossing), "group")
        notes.append(
            _("{number} {lie} in more than one split ({shown}): scores are too good").format(
                number=number, lie=lie, shown=shown
            )
        )
    return notes


def _in_words(splits: set[str]) -> str:
    return " and ".join(split for split in SPLIT_ORDER if split in splits)
