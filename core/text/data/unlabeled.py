"""Unlabeled texts as examples that could be labeled: some of what may be a hundred million."""

from collections.abc import Callable, Iterator
from random import Random

from core.data.manifest import Example, Manifest, TextFile
from core.system.stopping import Stopped, never
from core.text.data.documents import listed_in_corpora, texts_in
from core.text.data.hashes import normalised_hash, shortened
from core.text.data.places import reference
from core.text.data.read import Columns


def texts_to_label(
    manifest: Manifest,
    columns: Columns,
    *,
    most: int,
    seed: int,
    stopped: Callable[[], bool] = never,
) -> list[Example]:
    """At most so many texts, of more a draw, in the order of the files; none is a copy.

    Args:
        manifest: Has the files; none of a test split is looked into.
        columns: Of tables, as they were asked for when it was made.
        most: How many at most.
        seed: Of the draw.
        stopped: Asked often.

    Raises:
        RunError: `texts-changed`: a file can't be read any more.
        Stopped: `stopped()` became true.
    """
    random = Random(seed)
    kept: list[tuple[int, Example]] = []
    for number, text in enumerate(_fresh(manifest, columns, stopped)):
        if number < most:
            kept.append((number, text))
        elif (place := random.randrange(number + 1)) < most:
            kept[place] = number, text
    return [text for _, text in sorted(kept, key=lambda each: each[0])]


def _fresh(manifest: Manifest, columns: Columns, stopped: Callable[[], bool]) -> Iterator[Example]:
    known = {shortened(text.sha256) for text in manifest.labeled} | manifest.left_out_texts
    listed = listed_in_corpora(manifest)
    listed |= {(bad.root, bad.path) for bad in manifest.quarantined}
    for file in manifest.corpora:
        if file.split == "test":
            continue
        for text in _texts(manifest, file, columns):
            if stopped():
                raise Stopped
            key = shortened(text.sha256)
            if key not in known and (text.root, text.path) not in listed:
                known.add(key)
                yield text


def _texts(manifest: Manifest, file: TextFile, columns: Columns) -> Iterator[Example]:
    # With labels, as they will be read again: which of the rows can be used depends on it.
    is_corpus = file.num_texts > 1
    for found in texts_in(
        manifest, file.root, file.path, columns, wants_labels=True, is_corpus=is_corpus
    ):
        if found.split == "test" or not found.text.strip():
            continue
        yield Example(
            path=reference(file.path, found),
            root=file.root,
            num_bytes=len(found.text.encode()),
            mtime_ns=file.mtime_ns,
            sha256=normalised_hash(found.text),
            size=(len(found.text), 1),
            note="",
            label=None,
            split=None,
        )
