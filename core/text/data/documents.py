"""A manifest's texts, read again from their files for the tokenizer."""

import hashlib
from collections.abc import Iterator

from core.data.left_out import left_out_of
from core.data.manifest import Example, Manifest, TextFile
from core.errors import RunError
from core.text.data.hashes import short_hash, shortened
from core.text.data.places import reference
from core.text.data.read import UNREADABLE, Columns, Text, message_of, read_texts
from core.text.data.token_files import Document

Key = tuple[int, str]


def name_of(text: Example) -> str:
    """What a labeled text is called in the token files."""
    return f"{text.root}/{text.path}"


def documents_of(manifest: Manifest, columns: Columns, *, include_test: bool) -> Iterator[Document]:
    """Labeled texts, then unlabeled ones, in the order of the manifest.

    Args:
        manifest: Of a run.
        columns: Of tables, as they were asked for when it was made.
        include_test: Whether texts of the test split are pre-trained on.

    Raises:
        RunError: `texts-changed`: a file is not what it was.
    """
    wanted = {(text.root, text.path): text for text in manifest.labeled}
    chosen = {(text.root, text.path) for text in manifest.pretraining_examples(include_test)}
    known = {shortened(text.sha256) for text in manifest.labeled}
    for root, name in dict.fromkeys((root, _file_of(path)) for root, path in wanted):
        for found in _texts(manifest, root, name, columns, wants_labels=True):
            key = (root, reference(name, found))
            text = wanted.pop(key, None)
            if text is None:
                continue
            if short_hash(found.text) != shortened(text.sha256):
                _refuse(manifest, root, name)
            yield Document(found.text, shortened(text.sha256), key in chosen, name_of(text))
    for root, path in wanted:
        _refuse(manifest, root, path)
    for file in manifest.corpora:
        yield from _corpus(manifest, file, columns, known, include_test=include_test)


def _corpus(
    manifest: Manifest, file: TextFile, columns: Columns, known: set[int], *, include_test: bool
) -> Iterator[Document]:
    is_wanted = include_test or file.split != "test"
    left_out = {path for root, path in left_out_of(manifest) if root == file.root}
    _check_unchanged(manifest, file)
    for found in _texts(manifest, file.root, file.path, columns, wants_labels=False):
        # A table with a column of splits counts as two files: its test split, and the rest.
        is_here = found.split is None or (found.split == "test") == (file.split == "test")
        if left_out and reference(file.path, found) in left_out:
            continue
        if is_here and found.text.strip():
            text_hash = short_hash(found.text)
            # A copy of a labeled text is either among those already, or it is a test text's.
            yield Document(found.text, text_hash, is_wanted and text_hash not in known)


def _texts(
    manifest: Manifest, root: int, name: str, columns: Columns, *, wants_labels: bool
) -> Iterator[Text]:
    file = manifest.place(root, name)
    quiet = (lambda *_: None, lambda _: None)
    texts = read_texts(file, columns, *quiet, wants_labels=wants_labels)
    while True:
        try:
            found = next(texts, None)
        except OSError as error:
            reason = message_of(error)
            raise RunError("texts-changed", path=file, reason=reason) from error
        except UNREADABLE:
            # Damaged from here on: the scan has said so.
            return
        if found is None:
            return
        yield found


def _check_unchanged(manifest: Manifest, file: TextFile) -> None:
    path = manifest.absolute(file)
    try:
        stat = path.stat()
        if (stat.st_size, stat.st_mtime_ns) == (file.num_bytes, file.mtime_ns):
            return
        with path.open("rb") as raw:
            is_same = hashlib.file_digest(raw, "sha256").hexdigest() == file.sha256
    except OSError as error:
        raise RunError("texts-changed", path=path, reason=message_of(error)) from error
    if not is_same:
        _refuse(manifest, file.root, file.path)


def _refuse(manifest: Manifest, root: int, path: str) -> None:
    file = manifest.place(root, _file_of(path))
    raise RunError("texts-changed", path=file, reason="it has other texts now")


def _file_of(path: str) -> str:
    name, colon, line = path.rpartition(":")
    return name if colon and line.isdigit() else path
