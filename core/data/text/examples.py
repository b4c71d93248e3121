"""A few texts of a data set to look at, read from its files: their number is bounded, never all."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from core.data.manifest import ImageFile, Manifest
from core.data.stopping import Stopped, never
from core.data.text.read import Columns, Text, read_texts
from core.data.text.scan import reference, text_files

# Per class and split, of all labeled ones, per unlabeled file, and of all unlabeled ones.
_OF_A_KIND = 100
_LABELED = 5_000
_OF_A_FILE = 50
_UNLABELED = 1_000
_LONGEST = 20_000


@dataclass(frozen=True, slots=True)
class Example:
    """A text to look at.

    Attributes:
        name: File and line.
        text: Its beginning, at most 20,000 characters.
        label: Its class; None for an unlabeled one.
        split: `train`, `val` or `test` of a labeled one.
    """

    name: str
    text: str
    label: str | None
    split: str | None


def sampled_texts(
    manifest: Manifest,
    unlabeled: Iterable[Path],
    columns: Columns,
    *,
    stopped: Callable[[], bool] = never,
) -> list[Example]:
    """Some texts of every class and split and of the unlabeled files, in the order of the files.

    Args:
        manifest: Tells class and split of the labeled texts.
        unlabeled: Folders and files that were given as unlabeled.
        columns: Of tables, as asked for.
        stopped: Asked whether to end.

    Raises:
        Stopped: Asked to end.
    """
    return [
        *_labeled(manifest, columns, stopped),
        *_unlabeled(manifest, unlabeled, columns, stopped),
    ]


def texts_at(places: Mapping[Path, set[int]], columns: Columns) -> dict[tuple[Path, int], str]:
    """The texts at some lines of some files (line 0: the whole file); what is gone is left out."""
    found: dict[tuple[Path, int], str] = {}
    for file, lines in places.items():
        left = set(lines)
        for text in _texts(file, columns):
            if text.line in left:
                left.discard(text.line)
                found[file, text.line] = text.text[:_LONGEST]
            if not left:
                break
    return found


def place_of_reference(root: str, path: str) -> tuple[Path, int]:
    """File and line of a text as a manifest names it; line 0 for a whole file."""
    name, colon, line = path.rpartition(":")
    if colon and line.isdigit():
        return Path(root, name), int(line)
    return Path(root, path), 0


def _labeled(
    manifest: Manifest, columns: Columns, stopped: Callable[[], bool]
) -> Iterable[Example]:
    shown: Counter[tuple[str | None, str | None]] = Counter()
    most = max(1, min(_OF_A_KIND, _LABELED // max(1, len(manifest.classes))))
    wanted: dict[Path, dict[int, ImageFile]] = {}
    for known in manifest.labeled:
        kind = known.label, known.split
        shown[kind] += 1
        if shown[kind] <= most:
            file, line = place_of_reference(manifest.roots[known.root], known.path)
            wanted.setdefault(file, {})[line] = known
    for file, lines in wanted.items():
        if stopped():
            raise Stopped
        for (_, line), text in texts_at({file: set(lines)}, columns).items():
            known = lines[line]
            yield Example(known.path, text, known.label, known.split)


def _unlabeled(
    manifest: Manifest, unlabeled: Iterable[Path], columns: Columns, stopped: Callable[[], bool]
) -> Iterable[Example]:
    labeled = {place_of_reference(manifest.roots[t.root], t.path)[0] for t in manifest.labeled}
    left = _UNLABELED
    for path in unlabeled:
        for file in text_files(path):
            if stopped():
                raise Stopped
            if file in labeled:
                continue
            name = file.relative_to(path if path.is_dir() else path.parent).as_posix()
            for number, text in enumerate(_texts(file, columns)):
                if not left or number == _OF_A_FILE:
                    break
                if text.text.strip():
                    left -= 1
                    yield Example(reference(name, text), text.text[:_LONGEST], None, None)
            if not left:
                return


def _texts(file: Path, columns: Columns) -> Iterable[Text]:
    """The texts of a file until something is wrong with it: the scan has told what."""
    try:
        yield from read_texts(file, columns, lambda *_: None, lambda _: None)
    except (OSError, KeyError, ValueError):
        return
