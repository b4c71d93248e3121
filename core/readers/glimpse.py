"""A few examples of a run, or the beginning of a text, to know it by."""

import json
from pathlib import Path

from core.data import manifest_rows as rows
from core.data.places import is_sealed, place_in
from core.modalities import data_of
from core.recipe import Recipe
from core.run.folder import RunFolder

# Of a manifest with a million images only its beginning is read.
_MOST_BYTES = 262_144


def run_pictures(run: RunFolder, number: int = 4) -> tuple[Path, ...]:
    """Some images from the beginning of the manifest; fewer, or none, when they are not there."""
    paths = _first_paths(run)
    # Apart from each other: neighbours are often alike.
    chosen = paths[:: max(1, len(paths) // number)][:number]
    return tuple(path for path in chosen if path.is_file())


def run_excerpt(run: RunFolder, recipe: Recipe) -> str:
    """The beginning of the run's first example, where it is a text; empty when it is not there."""
    for path in _first_paths(run)[:1]:
        return data_of(recipe.modality).excerpt(path, recipe.data)
    return ""


def _first_paths(run: RunFolder) -> list[Path]:
    try:
        with run.manifest_file.open("rb") as file:
            header = json.loads(file.readline())
            *lines, _ = file.read(_MOST_BYTES).split(b"\n")
        roots = list(map(str, header["roots"]))
        is_own = is_sealed(roots, header.get("seal"))
        found = (_path(json.loads(line), roots, is_own=is_own) for line in lines)
        return [path for path in found if path is not None]
    except (OSError, ValueError, KeyError, TypeError):
        return []


def _path(entry: object, roots: list[str], *, is_own: bool) -> Path | None:
    match entry:
        case [rows.EXAMPLE_ROW | rows.TEXTS_ROW, str(name), int(root), *_] if root < len(roots):
            return place_in(roots[root], name, is_own=is_own)
    return None
