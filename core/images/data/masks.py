"""Masks of images: pictures that mark what is where in another one, and are no examples.

They lie beside it (`benign (1)_mask.png`) or under its name in a folder of their own
(`annotations/trimaps/`, `ground_truth/`).
"""

import re
from collections.abc import Iterable
from functools import lru_cache

from core.data.manifest import counted, displayed
from core.data.splits import GENERIC_NAMES, SPLIT_NAMES
from core.images.data.walk import Listing
from core.language import _

_WORDS = r"(?:masks?|seg|segmentation|trimap|ground[ _]?truth|gt"
_NAME = re.compile(rf"(.+?)[ _.\-]+{_WORDS})(?:[ _\-]?\d+)?")
# In a folder of masks more says so; beside an image `_L` may be the left one of two.
_NAME_THERE = re.compile(rf"(.+?)[ _.\-]+{_WORDS}|l|labels?|label_?ids)(?:[ _\-]?\d+)?")
_BETWEEN = re.compile(r"[\W\d_]+")
_OF_MASKS = frozenset(
    {"mask", "masks", "trimap", "trimaps", "groundtruth", "gt", "segmentation", "segmentations"}
    | {"annotation", "annotations", "segmentationclass", "segmentationobject", "label", "labels"}
)
_LABELS = frozenset({"label", "labels"})
_BESIDE = GENERIC_NAMES | SPLIT_NAMES.keys()
_MOSTLY = 0.5
_FEW = 3


def without_masks(listing: Listing) -> Listing:
    """The listing itself, its masks passed over, counted and named."""
    masks = _masks_in(file.path for file in listing.files)
    if not masks:
        return listing
    listing.files = [file for file in listing.files if file.path not in masks]
    listing.passed_over["mask of another image"] += len(masks)
    shown = ", ".join(displayed(path) for path in sorted(masks)[:_FEW])
    shown += ", …" if len(masks) > _FEW else ""
    listing.notes.append(
        _("{num_masks} of other images left out ({shown})").format(
            num_masks=counted(len(masks), "mask"), shown=shown
        )
    )
    return listing


def _masks_in(paths: Iterable[str]) -> set[str]:
    """Those that are masks of others."""
    stems_in: dict[str, set[str]] = {}
    named: list[tuple[str, str, str]] = []
    in_folders: dict[str, list[str]] = {}
    for path in paths:
        folder, _, name = path.casefold().rpartition("/")
        stem = name.rpartition(".")[0]
        of_masks = _mask_folder(folder)
        if of_masks is not None:
            in_folders.setdefault(of_masks, []).append(path)
            continue
        stems_in.setdefault(folder, set()).add(stem)
        if (found := _NAME.fullmatch(stem)) is not None:
            named.append((folder, found[1].strip(), path))
    masks = {path for folder, stem, path in named if stem in stems_in[folder]}
    # Classes may be called `mask` and `no_mask`, with the same names of files in both.
    stems = {stem for folder, names in stems_in.items() if "mask" not in folder for stem in names}
    # `label` may be a class among others, unless the images lie in `images` or the like.
    plain = {stem for folder, names in stems_in.items() if _is_plain(folder) for stem in names}
    for folder, some in in_folders.items():
        known = plain if _LABELS & _words(folder) else stems
        if sum(_image_of(path) in known for path in some) > _MOSTLY * len(some):
            masks.update(some)
    return masks


@lru_cache(maxsize=4096)
def _mask_folder(folder: str) -> str | None:
    """The highest folder on the way to a file that is named for masks."""
    parts = folder.split("/")
    at = next((number for number, part in enumerate(parts) if _is_of_masks(part)), None)
    return None if at is None else "/".join(parts[: at + 1])


def _is_of_masks(name: str) -> bool:
    words = _words(name.replace("ground_truth", "groundtruth"))
    return bool(words & _OF_MASKS) and words <= _OF_MASKS | _BESIDE


def _is_plain(folder: str) -> bool:
    return _words(folder.rpartition("/")[2]) <= _BESIDE


def _words(name: str) -> set[str]:
    return set(filter(None, _BETWEEN.split(name)))


def _image_of(path: str) -> str:
    """The name of the image that a mask in a folder of masks belongs to."""
    stem = path.casefold().rpartition("/")[2].rpartition(".")[0]
    found = _NAME_THERE.fullmatch(stem)
    return found[1].strip() if found is not None else stem
