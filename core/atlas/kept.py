"""Maps that were laid out before: a map is made once of the same encoders and files.

Where the cache can't be written, as on a full disk, nothing is kept, and that is all.
"""

import hashlib
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

import numpy as np

from core.atlas.encoders import Encoder
from core.data.manifest import Manifest
from core.data.modality import DataModality
from core.errors import RunError
from core.hub.catalog import starter_folder
from core.hub.hub import commit_in_cache
from core.modalities import hub_of
from core.readers.atlas import Atlas, read_atlas, write_atlas
from core.recipe import Recipe
from core.run.folder import RunFolder
from core.system.atomic import write_atomically
from core.system.cache_folder import cache_folder

MAPS: Final = "maps"
# What is laid out in another way from now on has another number here.
_VERSION: Final = 1
_MOST_KEPT: Final = 30


def mark_of(
    run: RunFolder,
    manifest: Manifest,
    encoders: Sequence[Encoder],
    part: DataModality,
    most: int,
) -> str:
    """A digest of all that a map depends on: encoders, examples, and their files as they are now.

    Raises:
        OSError: A file of the run can't be read.
    """
    found = hashlib.sha256(_how(run.recipe(), most))
    weights = [each.file for each in encoders if each.file is not None]
    for file in (*sorted(filter(Path.is_file, run.model.rglob("*"))), *weights, run.manifest_file):
        with file.open("rb") as opened:
            found.update(hashlib.file_digest(opened, "sha256").digest())
    found.update(_stamps(manifest, part))
    return found.hexdigest()[:32]


def mark_of_data(recipe: Recipe, manifest: Manifest, part: DataModality, most: int) -> str:
    """The same of data that no run has read: what the recipe says of them, its model, the files."""
    found = hashlib.sha256(_how(recipe, most))
    for section in (recipe.data, recipe.model):
        found.update(f"{section.model_dump_json()}\0".encode("utf-8", "surrogatepass"))
    found.update(f"{recipe.seed} {manifest.corrections}\0".encode("utf-8", "backslashreplace"))
    found.update(_stamps(manifest, part))
    name = recipe.model.name
    places = (starter_folder(name), Path(name))
    local = next((each for each in places if each.exists()), None)
    if local is None:
        found.update(_fetched(recipe).encode())
    else:
        inside = filter(Path.is_file, local.rglob("*")) if local.is_dir() else [local]
        for file in sorted(inside):
            found.update(f"{file}{_stamp(file)}\0".encode("utf-8", "backslashreplace"))
    return found.hexdigest()[:32]


def _how(recipe: Recipe, most: int) -> bytes:
    return f"{_VERSION} {most} {recipe.runtime.device} {recipe.runtime.precision}".encode()


def _fetched(recipe: Recipe) -> str:
    """What was fetched of a model from the hub; empty where nothing was."""
    with suppress(RunError):
        return commit_in_cache(hub_of(recipe.modality).repository_of(recipe.model.name))
    return ""


def _stamps(manifest: Manifest, part: DataModality) -> bytes:
    """Of all files that examples are in."""
    listed = (*manifest.unlabeled, *manifest.labeled)
    files = {part.place(manifest.absolute(each))[0] for each in listed}
    files |= {manifest.absolute(each) for each in manifest.corpora}
    return "".join(f"{_stamp(file)}\0" for file in sorted(files)).encode()


def _stamp(file: Path) -> tuple[int, int]:
    try:
        status = file.stat()
    except OSError:
        return -1, -1
    return status.st_size, status.st_mtime_ns


def kept_atlas(mark: str) -> Atlas | None:
    """The map of that mark, if there is one."""
    with suppress(RunError, OSError):
        file = _folder() / f"{mark}.parquet"
        if not file.exists():
            return None
        found = read_atlas(file)
        file.touch()
        return found
    return None


def keep_atlas(atlas: Atlas) -> None:
    """Have it the next time."""
    with suppress(OSError):
        write_atlas(_folder() / f"{atlas.mark}.parquet", atlas)
        _make_room()


def mark_of_features(features: Sequence[np.ndarray], seed: int) -> str:
    """A digest of what a layout depends on."""
    found = hashlib.sha256(f"{_VERSION} {seed}".encode())
    for each in features:
        found.update(np.ascontiguousarray(each).tobytes())
    return found.hexdigest()[:32]


def kept_places(mark: str) -> np.ndarray | None:
    """(N, 2) places of that mark, if they are there."""
    with suppress(OSError, ValueError):
        found: np.ndarray = np.load(_folder() / f"{mark}.npy", allow_pickle=False)
        return found
    return None


def keep_places(mark: str, places: np.ndarray) -> None:
    """Have them the next time."""
    with suppress(OSError):
        write_atomically(_folder() / f"{mark}.npy", lambda file: np.save(file, places))
        _make_room()


def _folder() -> Path:
    folder = cache_folder() / MAPS
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _make_room() -> None:
    """Let those go that were not asked for longest."""
    files = [each for each in _folder().iterdir() if each.suffix in {".parquet", ".npy"}]
    files.sort(key=lambda each: each.stat().st_mtime, reverse=True)
    for file in files[_MOST_KEPT:]:
        file.unlink(missing_ok=True)
