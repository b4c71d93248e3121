"""A few texts of a data set to look at, read from its files: their number is bounded, never all."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from itertools import islice
from pathlib import Path

from core.data.findings import Sample
from core.data.manifest import Example, Manifest, displayed
from core.system.stopping import Stopped, never
from core.text.data.places import reference
from core.text.data.read import UNREADABLE, Columns, Text, read_texts

# Per class and split, of all labeled ones, per unlabeled file, and of all unlabeled ones.
_OF_A_KIND = 100
_LABELED = 5_000
_OF_A_FILE = 50
_UNLABELED = 1_000
_LONGEST = 20_000


def sampled_texts(
    manifest: Manifest, columns: Columns, *, stopped: Callable[[], bool] = never
) -> list[Sample]:
    """Some texts of every class and split and of the unlabeled files, in the order of the files.

    Args:
        manifest: Tells the labeled texts and the files of the unlabeled ones.
        columns: Of tables, as asked for.
        stopped: Asked whether to end.

    Raises:
        Stopped: Asked to end.
    """
    return [*_labeled(manifest, columns, stopped), *_unlabeled(manifest, columns, stopped)]


def texts_at(places: Mapping[Path, set[int]], columns: Columns) -> dict[tuple[Path, int], str]:
    """The texts at some lines of some files (line 0: the whole file); what is gone is left out."""
    found: dict[tuple[Path, int], str] = {}
    for file, lines in places.items():
        left = set(lines)
        for text in _texts(file, columns, is_corpus=any(left)):
            if text.line in left:
                left.discard(text.line)
                found[file, text.line] = text.text[:_LONGEST]
            if not left:
                break
    return found


def first_text(file: Path, columns: Columns) -> str:
    """The first text of a file; empty when there is none."""
    found = next(iter(_texts(file, columns, wants_labels=False)), None)
    return found.text[:_LONGEST] if found is not None else ""


def place_of_reference(root: str, path: str) -> tuple[Path, int]:
    """File and line of a text as a manifest names it; line 0 for a whole file."""
    name, colon, line = path.rpartition(":")
    if colon and line.isdigit():
        return Path(root, name), int(line)
    return Path(root, path), 0


def _labeled(manifest: Manifest, columns: Columns, stopped: Callable[[], bool]) -> Iterator[Sample]:
    shown: Counter[tuple[str | None, str | None]] = Counter()
    most = max(1, min(_OF_A_KIND, _LABELED // max(1, len(manifest.classes))))
    wanted: dict[Path, dict[int, Example]] = {}
    for known in manifest.labeled:
        kind = known.label, known.split
        shown[kind] += 1
        if shown[kind] <= most:
            name, line = place_of_reference("", known.path)
            file = manifest.place(known.root, str(name))
            wanted.setdefault(file, {})[line] = known
    for file, lines in wanted.items():
        if stopped():
            raise Stopped
        for (_, line), text in texts_at({file: set(lines)}, columns).items():
            known = lines[line]
            yield Sample(displayed(known.path), text, known.label, known.split)


def _unlabeled(
    manifest: Manifest, columns: Columns, stopped: Callable[[], bool]
) -> Iterator[Sample]:
    left = _UNLABELED
    for corpus in manifest.corpora:
        if stopped():
            raise Stopped
        is_corpus = corpus.num_texts > 1
        texts = _texts(manifest.absolute(corpus), columns, wants_labels=False, is_corpus=is_corpus)
        for text in islice(texts, min(_OF_A_FILE, left)):
            if text.text.strip():
                left -= 1
                name = displayed(reference(corpus.path, text))
                yield Sample(name, text.text[:_LONGEST], None, None)
        if not left:
            return


def _texts(
    file: Path, columns: Columns, *, wants_labels: bool = True, is_corpus: bool = False
) -> Iterator[Text]:
    """The texts of a file until something is wrong with it: the scan has told what."""
    try:
        yield from read_texts(
            file,
            columns,
            lambda *_: None,
            lambda _: None,
            wants_labels=wants_labels,
            is_corpus=is_corpus,
        )
    except UNREADABLE:
        return
