"""A manifest's texts, read again from their files for the tokenizer."""

import hashlib
from collections.abc import Iterator

from core.data.left_out import left_out_of
from core.data.manifest import Example, Manifest, TextFile
from core.errors import RunError
from core.language import _
from core.text.data.hashes import short_hash, shortened
from core.text.data.known_lines import without_known
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
    known = {shortened(text.sha256) for text in manifest.labeled} | manifest.left_out_texts
    held_out = held_out_hashes(manifest) if manifest.cuts_lines and not include_test else set()
    # A plain file with labels has lines.
    files = {(root, file_of(path)): file_of(path) != path for root, path in wanted}
    for (root, name), has_lines in files.items():
        for found in texts_in(
            manifest, root, name, columns, wants_labels=True, is_corpus=has_lines
        ):
            key = (root, reference(name, found))
            text = wanted.pop(key, None)
            if text is None:
                continue
            if short_hash(found.text) != shortened(text.sha256):
                _refuse(manifest, root, name)
            yield Document(found.text, shortened(text.sha256), key in chosen, name_of(text))
    for root, path in wanted:
        _refuse(manifest, root, path)
    listed = listed_in_corpora(manifest)
    for file in manifest.corpora:
        is_wanted = include_test or file.split != "test"
        _check_unchanged(manifest, file)
        for found in corpus_texts(manifest, file, columns):
            text_hash = short_hash(found.text)
            kept, _ = without_known(found.text, held_out)
            # A copy of a labeled text is either among those already, or it is a test text's.
            is_known = text_hash in known or (file.root, reference(file.path, found)) in listed
            yield Document(kept, text_hash, is_wanted and not is_known and bool(kept.strip()))


def listed_in_corpora(manifest: Manifest) -> set[Key]:
    """Rows of files of unlabeled texts that have a label, or can't be used: no unlabeled texts."""
    files = {(file.root, file.path) for file in manifest.corpora}
    listed = [(each.root, each.path) for each in manifest.labeled]
    listed += [(bad.root, bad.path) for bad in manifest.quarantined]
    return {(root, path) for root, path in listed if (root, file_of(path)) in files}


def held_out_hashes(manifest: Manifest) -> set[int]:
    """Hashes of labeled texts of the test and the validation split."""
    held_out = (*manifest.labeled_split("test"), *manifest.labeled_split("val"))
    return {shortened(text.sha256) for text in held_out}


def corpus_texts(manifest: Manifest, file: TextFile, columns: Columns) -> Iterator[Text]:
    """The unlabeled texts of a file, in order; those that say something.

    Raises:
        RunError: `texts-changed`: the file can't be read any more.
    """
    # A small plain file is one text, unless the scan found more in it.
    is_corpus = file.num_texts > 1
    left_out = {path for root, path in left_out_of(manifest) if root == file.root}
    for found in texts_in(
        manifest, file.root, file.path, columns, wants_labels=False, is_corpus=is_corpus
    ):
        # A table with a column of splits counts as two files: its test split, and the rest.
        is_here = found.split is None or (found.split == "test") == (file.split == "test")
        if left_out and reference(file.path, found) in left_out:
            continue
        if is_here and found.text.strip():
            yield found


def texts_in(
    manifest: Manifest,
    root: int,
    name: str,
    columns: Columns,
    *,
    wants_labels: bool,
    is_corpus: bool = False,
) -> Iterator[Text]:
    """All texts of a file of a manifest, until something is wrong with it.

    Args:
        manifest: Has the folders.
        root: Index of the file's.
        name: Its path below that.
        columns: Of tables, as asked for.
        wants_labels: Whether a label column is looked for.
        is_corpus: See `read_texts`.

    Raises:
        RunError: `texts-changed`: the file can't be read any more.
    """
    file = manifest.place(root, name)
    quiet = (lambda *_: None, lambda _: None)
    texts = read_texts(file, columns, *quiet, wants_labels=wants_labels, is_corpus=is_corpus)
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
    file = manifest.place(root, file_of(path))
    raise RunError("texts-changed", path=file, reason=_("it has other texts now"))


def file_of(path: str) -> str:
    """The file of a text, whose path may end in its line."""
    name, colon, line = path.rpartition(":")
    return name if colon and line.isdigit() else path
