"""A test (or validation) part held out of the training images: stratified, seeded, by picture."""

import bisect
import hashlib
from collections import Counter, defaultdict
from collections.abc import Container, Iterable, Sequence
from dataclasses import replace
from typing import Final

from core.data.groups import Groups
from core.data.hold_out_tags import hold_out_tags
from core.data.manifest import Example, Guess
from core.data.tags import names_in
from core.errors import RunError
from core.language import _
from core.recipe.tasks import SINGLE, TASKS, Task

# Of numbers, how many ranges give their share each at most, and how many examples at least.
_RANGES: Final = 10
_FROM_RANGE: Final = 2


def refuse_to_hold_all(given: Container[str | None], val: float, test: float) -> None:
    """Refuse two shares that leave nothing to learn from, where both are drawn.

    Args:
        given: The splits that folders or tables say.
        val: Share for validation.
        test: Share for the test.

    Raises:
        RunError: `recipe-invalid`.
    """
    if "test" in given or "val" in given or val + test < 1:
        return
    raise RunError(
        "recipe-invalid",
        where="",
        count=1,
        problems=f"  - data.val_fraction: with data.test_fraction ({test:g}) it leaves nothing to "
        f"learn from (it is {val:g})",
    )


def drawn_by_us(fraction: float, task: Task) -> Guess:
    """What is said of a test split that the data came without.

    Args:
        fraction: Share that is held out, 0 to 1.
        task: Of numbers nothing is drawn class by class.
    """
    of_each = "" if task.is_number else " " + _("of each class")
    drawn = _("{percent:g} %{of_each}, drawn by us").format(percent=100 * fraction, of_each=of_each)
    return Guess(_("the test split"), drawn, "data.test_fraction")


def hold_out(
    images: Iterable[Example],
    fraction: float,
    seed: int,
    name: str,
    groups: Groups | None = None,
    task: Task = TASKS[SINGLE],
) -> list[Example]:
    """Give a share of each class the split `name`.

    Identical files stay on one side, and so do groups, as far as there are any: the share is then
    met as well as whole groups allow. Which ones are chosen depends on their content and the seed
    alone: not on names, order or machine, and hardly on what is added later.

    Args:
        images: Labeled images, all of split `train`.
        fraction: Share of each class, rounded; at least one picture of a class that has two, and
            never all of them.
        seed: Which choice.
        name: The split they get.
        groups: By root and path, what belongs together.
        task: Whether each has one label or several; of several each label is met as well as it
            can be. Numbers are held out evenly from the smallest to the largest.

    Returns:
        All images, in the same order.
    """
    images = list(images)
    if groups:
        held = _whole_groups(images, fraction, f"{seed}/{name}", groups, task)
        return [replace(i, split=name) if at in held else i for at, i in enumerate(images)]
    if task.is_multi:
        tags = {each.sha256: names_in(each.label, task) for each in reversed(images)}
        number = Counter(each.sha256 for each in images)
        several = hold_out_tags(tags, number, fraction, f"{seed}/{name}")
        return [replace(i, split=name) if i.sha256 in several else i for i in images]
    strata = _labels_or_ranges(images, fraction, task)
    # Copies under different labels are one picture; it is counted where it is seen first.
    of_class: dict[str, dict[str, int]] = defaultdict(dict)
    label_of: dict[str, str] = {}
    for image, stratum in zip(images, strata, strict=True):
        label = label_of.setdefault(image.sha256, stratum)
        of_class[label][image.sha256] = of_class[label].get(image.sha256, 0) + 1
    chosen: set[str] = set()
    for copies in of_class.values():
        chosen |= _choose(copies, fraction, f"{seed}/{name}")
    return [replace(image, split=name) if image.sha256 in chosen else image for image in images]


def _labels_or_ranges(images: Sequence[Example], fraction: float, task: Task) -> list[str]:
    """What is held out evenly from: the label of each; of numbers which range it is in."""
    labels = [image.label or "" for image in images]
    if not task.is_number:
        return labels
    different = sorted({image.sha256: float(image.label or 0) for image in images}.values())
    number = max(1, min(_RANGES, int(fraction * len(different) / _FROM_RANGE)))
    ends = [different[len(different) * n // number] for n in range(1, number)]
    return [str(bisect.bisect_right(ends, float(label))) for label in labels]


def _choose(copies: dict[str, int], fraction: float, salt: str) -> set[str]:
    if fraction <= 0 or len(copies) < 2:
        return set()
    wanted = max(1, round(fraction * sum(copies.values())))
    order = sorted(copies, key=lambda sha: hashlib.blake2b(f"{salt}/{sha}".encode()).digest())
    chosen: set[str] = set()
    total = 0
    for sha in order[:-1]:
        if total >= wanted:
            break
        chosen.add(sha)
        total += copies[sha]
    return chosen


def _whole_groups(
    images: Sequence[Example], fraction: float, salt: str, groups: Groups, task: Task
) -> set[int]:
    """Places of images that make up about a share of each class, in whole groups."""
    parts = _parts(images, groups)
    # To have none of the labels is like a class.
    names: list[tuple[str | None, ...]] = [
        names_in(image.label, task) or (image.label,) for image in images
    ]
    if task.is_number:
        names = [(stratum,) for stratum in _labels_or_ranges(images, fraction, task)]
    total = Counter(label for own in names for label in own)
    spread = Counter(
        label for part in parts.values() for label in {name for i in part for name in names[i]}
    )
    wanted = Counter(
        {
            label: max(1, round(fraction * total[label]))
            for label, count in spread.items()
            if count > 1 and fraction > 0
        }
    )
    counts = {
        name: Counter(label for i in part for label in names[i]) for name, part in parts.items()
    }
    order = sorted(parts, key=lambda part: hashlib.blake2b(f"{salt}/{part}".encode()).digest())
    held: Counter[str | None] = Counter()
    chosen: list[str] = []

    def excess(more: Counter[str | None]) -> int:
        return sum(abs(wanted[label] - held[label] - more[label]) for label in total)

    def take(part: str) -> None:
        held.update(counts[part])
        chosen.append(part)

    def leaves_some(part: str) -> bool:
        return all(total[label] - held[label] > n for label, n in counts[part].items())

    for part in order:
        if leaves_some(part) and excess(counts[part]) < excess(Counter()):
            take(part)
    # Where every group is large, too much is better than nothing.
    for label in sorted(wanted, key=str):
        able = [part for part in order if counts[part][label] and leaves_some(part)]
        if not held[label] and able:
            take(min(able, key=lambda part: excess(counts[part])))
    return {index for part in chosen for index in parts[part]}


def _parts(images: Sequence[Example], groups: Groups) -> dict[str, list[int]]:
    """Places of images that can't be parted: of one group, or copies of one that is in it."""
    above: dict[str, str] = {}

    def top(name: str) -> str:
        while above.setdefault(name, name) != name:
            above[name] = above[above[name]]
            name = above[name]
        return name

    names = []
    for image in images:
        content = f"content {image.sha256}"
        group = groups.get((image.root, image.path))
        names.append(content if group is None else f"group {group}")
        one, other = sorted((top(content), top(names[-1])))
        above[other] = one
    parts: dict[str, list[int]] = defaultdict(list)
    for index, name in enumerate(names):
        parts[top(name)].append(index)
    return parts
