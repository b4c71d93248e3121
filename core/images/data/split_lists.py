"""Lists of the images of a split, as `meta/train.txt` and `meta/test.txt` of Food-101 have them."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

from core.data.manifest import Guess, counted, displayed
from core.data.splits import SPLIT_ORDER, nfc, roles_of_files
from core.images.data.candidates import Candidates
from core.images.data.walk import Listing, stem_of
from core.language import _

_LARGEST: Final = 1 << 26
# Of the lines of a list, those that have to name an image.
_NEARLY_ALL: Final = 0.95
_FEW: Final = 6


@dataclass
class _SplitLists:
    """What lists beside images say of their splits.

    Attributes:
        splits: By path of an image.
        notes: What was decided, in words.
        guesses: The same, one by one.
    """

    splits: dict[str, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    guesses: list[Guess] = field(default_factory=list)


def listed_splits(listing: Listing, found: Candidates) -> list[Guess]:
    """Tell labeled images without a split the one that a list says.

    Returns:
        What was guessed.
    """
    if any(candidate.split is not None for candidate in found.labeled):
        return []
    lists = _read(listing)
    found.notes += lists.notes
    if not lists.splits:
        return []
    found.labeled = [
        replace(candidate, split=lists.splits.get(candidate.file.path))
        for candidate in found.labeled
    ]
    num_unlisted = sum(candidate.split is None for candidate in found.labeled)
    if num_unlisted:
        found.notes.append(
            _("{num_images} in no list: training images").format(
                num_images=counted(num_unlisted, "labeled image")
            )
        )
    return lists.guesses


def _read(listing: Listing) -> _SplitLists:
    """The lists of a folder that name images, if there is one of each split."""
    read = _SplitLists()
    by_folder: defaultdict[str, list[str]] = defaultdict(list)
    for path in listing.lists:
        by_folder[path.rpartition("/")[0]].append(path)
    files = _Files(file.path for file in listing.files) if by_folder else None
    for paths in by_folder.values():
        roles = roles_of_files(path.rpartition("/")[2] for path in paths)
        named = {
            path: (role, images)
            for path in paths
            if (role := roles.get(path.rpartition("/")[2])) in SPLIT_ORDER
            and (images := _named_in(listing.folder / path, files)) is not None
        }
        splits = {role for role, _file in named.values()}
        if not splits - {"train"}:
            continue
        shown = ", ".join(displayed(path) for path in sorted(named)[:_FEW])
        shown += ", …" if len(named) > _FEW else ""
        if read.splits or len(splits) < len(named):
            read.notes.append(
                _(
                    "{shown}: lists of the images of splits, not used since there are several of "
                    "a split; write the one you mean as a table with columns path, label and "
                    "split"
                ).format(shown=shown)
            )
            continue
        for role, images in named.values():
            read.splits |= dict.fromkeys(images, str(role))
        read.notes.append(_("the splits are those that {shown} list").format(shown=shown))
        read.guesses.append(
            Guess(_("the splits"), _("as listed in {shown}").format(shown=shown), "data.labeled")
        )
    return read


class _Files:
    """Images by the ends of their paths, without suffix and case."""

    def __init__(self, paths: Iterable[str]) -> None:
        self._by_name: defaultdict[str, list[tuple[list[str], str]]] = defaultdict(list)
        for path in paths:
            self._by_name[stem_of(path)].append((_folders(path), path))

    def named(self, written: str) -> str | None:
        """The only image that a path may mean."""
        folders = _folders(written)
        found = [
            path
            for above, path in self._by_name.get(stem_of(written), ())
            if not folders or above[-len(folders) :] == folders
        ]
        return found[0] if len(found) == 1 else None


def _named_in(file: Path, files: _Files | None) -> list[str] | None:
    """The images that a list names; None if it names (nearly) none."""
    assert files is not None
    try:
        lines = list(_lines(file))
    except (OSError, UnicodeDecodeError):
        return None
    found = [files.named(line) or files.named(line.split()[0]) for line in lines]
    images = [path for path in found if path is not None]
    return images if lines and len(images) >= _NEARLY_ALL * len(lines) else None


def _lines(file: Path) -> Iterator[str]:
    if file.stat().st_size > _LARGEST:
        return
    with file.open(encoding="utf-8") as stream:
        yield from (line.strip().replace("\\", "/") for line in stream if line.strip())


def _folders(path: str) -> list[str]:
    return [nfc(part).casefold() for part in path.split("/")[:-1] if part not in {"", "."}]
