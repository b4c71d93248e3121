"""A few images of a run, or the beginning of a text, to know it by."""

import json
from contextlib import suppress
from pathlib import Path

from core.recipe import Recipe
from core.run.folder import RunFolder
from core.text.data.examples import first_text, place_of_reference, texts_at
from core.text.data.read import Columns

# Of a manifest with a million images only its beginning is read.
_MOST_BYTES = 262_144
_EXCERPT = 300
_LARGEST = 1 << 25


def run_pictures(run: RunFolder, number: int = 4) -> tuple[Path, ...]:
    """Some images from the beginning of the manifest; fewer, or none, when they are not there."""
    paths = _first_paths(run)
    # Apart from each other: neighbours are often alike.
    chosen = paths[:: max(1, len(paths) // number)][:number]
    return tuple(path for path in chosen if path.is_file())


def run_excerpt(run: RunFolder, recipe: Recipe) -> str:
    """The beginning of the run's first text; empty when it is not there."""
    columns = Columns(recipe.data.text_column, recipe.data.label_column)
    for path in _first_paths(run)[:1]:
        file, line = place_of_reference("", str(path))
        with suppress(OSError):
            # To know its encoding all of a file is read.
            if file.stat().st_size > _LARGEST:
                return ""
        place = texts_at({file: {line}}, columns) if line else {}
        text = place.get((file, line)) or first_text(file, columns)
        return " ".join(text[:_EXCERPT].split())
    return ""


def _first_paths(run: RunFolder) -> list[Path]:
    try:
        with run.manifest_file.open("rb") as file:
            header = json.loads(file.readline())
            *lines, _ = file.read(_MOST_BYTES).split(b"\n")
        roots = [Path(root) for root in header["roots"]]
        return [path for line in lines if (path := _path(json.loads(line), roots)) is not None]
    except (OSError, ValueError, KeyError, TypeError):
        return []


def _path(entry: object, roots: list[Path]) -> Path | None:
    match entry:
        case ["image" | "texts", str(name), int(root), *_] if root < len(roots):
            return roots[root] / name
    return None
