"""Identical files, by the hash of their bytes."""

from collections import defaultdict
from collections.abc import Callable, Sequence

from core.data.manifest import Example, Leak

Named = Callable[[Example], str]


def find_duplicates(images: Sequence[Example], named: Named) -> tuple[tuple[str, ...], ...]:
    """Groups of identical files, each and all in the order of `images`."""
    return tuple(tuple(named(image) for image in group) for group in _groups(images))


def find_leaks(images: Sequence[Example], named: Named) -> tuple[Leak, ...]:
    """Identical labeled files of different splits, and those with different labels."""
    leaks: list[Leak] = []
    for group in _groups(images):
        paths = tuple(named(image) for image in group)
        splits = tuple(image.split or "" for image in group)
        labels = tuple(image.label or "" for image in group)
        if len(set(splits)) > 1:
            leaks.append(Leak("splits", paths, splits))
        if len(set(labels)) > 1:
            leaks.append(Leak("labels", paths, labels))
    return tuple(leaks)


def _groups(images: Sequence[Example]) -> list[list[Example]]:
    by_hash: defaultdict[str, list[Example]] = defaultdict(list)
    for image in images:
        by_hash[image.sha256].append(image)
    return [group for group in by_hash.values() if len(group) > 1]
