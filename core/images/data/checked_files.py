"""What the files of a scan turned out to be: images, their looks and groups, and what is none."""

from collections.abc import Iterable, Mapping

from core.data.groups import Key
from core.data.manifest import Example, Quarantined
from core.images.data.candidates import Candidate
from core.images.data.scan_cache import Checked

Files = Mapping[str, tuple[int, Candidate]]
Outcomes = Mapping[str, Checked]


def images_in(files: Files, checked: Outcomes) -> list[Example]:
    """Files that are images, by root and path.

    Args:
        files: Root and candidate by absolute path.
        checked: What became of each.
    """
    images = [
        Example(
            candidate.file.path,
            root,
            outcome.num_bytes,
            outcome.mtime_ns,
            outcome.sha256,
            (outcome.width, outcome.height),
            outcome.note,
            candidate.label,
            candidate.split,
        )
        for (root, candidate), outcome in zip(files.values(), checked.values(), strict=True)
        if outcome.reason is None
    ]
    return sorted(images, key=lambda image: (image.root, image.path))


def looks_in(files: Files, checked: Outcomes) -> dict[Key, bytes]:
    """What each image looks like, by root and path."""
    pairs = zip(files.values(), checked.values(), strict=True)
    return {(root, candidate.file.path): outcome.look for (root, candidate), outcome in pairs}


def groups_in(files: Files) -> dict[Key, str]:
    """The group that a table names, by root and path."""
    return {
        (root, candidate.file.path): candidate.group
        for root, candidate in files.values()
        if candidate.group is not None
    }


def quarantined_in(
    files: Files, checked: Outcomes, refused: Iterable[tuple[int, str, str]]
) -> tuple[Quarantined, ...]:
    """Files that can't be used, and what was refused before."""
    bad = {
        (root, candidate.file.path, outcome.reason)
        for (root, candidate), outcome in zip(files.values(), checked.values(), strict=True)
        if outcome.reason is not None
    }
    return tuple(
        Quarantined(path, root, reason) for root, path, reason in sorted(bad | set(refused))
    )
