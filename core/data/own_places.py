"""Places that are the user's own: where the data of a run lie, also when they were moved.

What was given to a run stands in its recipe. But a table names pictures that lie elsewhere, and a
run that comes from another machine names folders that are not here. Their files are known by name
and size.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import chain
from pathlib import Path
from typing import Final

from core.data.manifest import Example, Manifest
from core.data.manifest_file import read_manifest
from core.errors import RunError
from core.run.folder import RunFolder
from core.run.placing import given_at, given_in, refuse_at
from core.run.whole_paths import whole_path
from core.system.inside import stays_inside

# Of the examples of a folder: enough to know it again, few enough to ask for in every folder above.
_ASKED_FOR: Final = 64


def refuse_data_of(run: RunFolder, place: Path) -> None:
    """Refuse to write among the data of a run; its own folder may lie there already.

    Args:
        run: The run.
        place: The file or folder that shall be written.

    Raises:
        RunError: `report-inside-data`, `out-is-data`; `recipe-unreadable` and the like.
    """
    data = data_at(run, place)
    if data is not None:
        refuse_at(place, data)


def data_at(run: RunFolder, place: Path) -> Path | None:
    """The folder or file of a run's data that `place` lies in, or is; None for a free place."""
    asked = run.recipe().data
    if place.expanduser().absolute().resolve().is_relative_to(run.path.resolve()):
        return None
    given = given_in(asked)
    found = given_at(place, given)
    if found is not None:
        return found
    try:
        manifest = read_manifest(run.manifest_file)
    except RunError:  # Not read yet, or damaged: what was given is all that is known.
        return None
    return examples_at(manifest, place, {whole_path(each) for each in given})


def examples_at(manifest: Manifest, place: Path, given: set[str]) -> Path | None:
    """The folder of a manifest's files that `place` lies in; None for a free place.

    Args:
        manifest: What a scan found.
        place: Where something shall be written.
        given: Whole paths of what was given, folders among them.
    """
    own = place.expanduser().absolute().resolve()
    of_root: dict[int, list[Example]] = defaultdict(list)
    sizes: dict[str, set[int]] = defaultdict(set)
    for each in chain(manifest.unlabeled, manifest.labeled):
        if not _is_row(each.path):
            of_root[each.root].append(each)
            sizes[each.path.rpartition("/")[2]].add(each.num_bytes)
    folders = [found for root, found in of_root.items() if manifest.roots[root] in given]
    for folder in own.parents:
        if any(_is_below(folder, example) for found in folders for example in _some(found)):
            return folder
    # Pictures that a table names: among them, or in a folder of its own beside them.
    return next((at for at in (own, own.parent) if _holds(at, sizes)), None)


def _is_row(name: str) -> bool:
    """Whether an example is a row or a line of a file: `train.jsonl:12`."""
    return name.rpartition(":")[2].isdigit()


def _some(examples: Sequence[Example]) -> Sequence[Example]:
    return examples[:: max(1, len(examples) // _ASKED_FOR)]


def _is_below(folder: Path, example: Example) -> bool:
    return stays_inside(example.path) and _size(folder / example.path) == example.num_bytes


def _holds(folder: Path, sizes: dict[str, set[int]]) -> bool:
    return any(_size(file) in sizes[file.name] for file in _files(folder) if file.name in sizes)


def _files(folder: Path) -> Iterator[Path]:
    try:
        yield from folder.iterdir()
    except OSError:  # Not there yet, or no folder.
        return


def _size(file: Path) -> int | None:
    try:
        return file.stat().st_size
    except (OSError, ValueError):
        return None
