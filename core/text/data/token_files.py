"""Token sequences in Arrow files, by `datasets`: written once, then memory-mapped.

The texts of a run go into several files, in order, each with a note beside it that comes last. So a
killed run goes on at the file it was at, and nothing in memory grows with the corpus but a few
bytes of each text and each sequence.
"""

import io
from array import array
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np
import pyarrow as pa

from core.system.atomic import write_bytes
from core.system.stopping import Stopped, never
from core.text.data.framing import Sequences, framed, num_pieces
from core.text.data.tokens import Frame, Tokenize, Tokens

_SCHEMA = pa.schema([("ids", pa.large_list(pa.int32())), ("starts", pa.large_list(pa.uint16()))])
# Texts tokenised together, and their characters; characters of one file.
_TEXTS, _CHARACTERS = 4_000, 1 << 22
_FILE_CHARACTERS = 1 << 25


@dataclass(frozen=True, slots=True)
class Document:
    """A text on its way into the token files.

    Attributes:
        text: The text.
        text_hash: 8 bytes of its hash.
        is_pretrained_on: Whether it becomes sequences for pre-training.
        name: Of a labeled text, which is also kept whole, cut off at the end; None for others.
    """

    text: str
    text_hash: int
    is_pretrained_on: bool
    name: str | None = None

    @property
    def is_wanted(self) -> bool:
        """Whether any tokens of it are."""
        return self.is_pretrained_on or self.name is not None


def write_token_files(
    folder: Path,
    documents: Iterable[Document],
    *,
    tokenize: Tokenize,
    frame: Frame,
    tell: Callable[[int], None] = lambda _: None,
    stopped: Callable[[], bool] = never,
    file_characters: int = _FILE_CHARACTERS,
) -> None:
    """Tokenise texts into as many files as it takes; those that are whole already are kept.

    Long texts become several sequences for pre-training, never crossing from one text into the
    next; for classification they are cut off.

    Args:
        folder: Where to write.
        documents: The same ones in the same order at every call.
        tokenize: Turns texts into tokens.
        frame: Special ids and length.
        tell: Told how many characters were read so far.
        stopped: Asked whether to end.
        file_characters: After so many a new file begins.

    Raises:
        Stopped: Asked to end.
        OSError: As the file system says.
    """
    folder.mkdir(parents=True, exist_ok=True)
    # One iterator for all files: each takes up where the one before it ended. Where that is follows
    # from the characters alone, so a second call cuts the same documents into the same files.
    remaining = iter(documents)
    read = 0
    for number in range(2**31):
        note = note_file(folder, number)
        # A file without its note was cut off, and is written over.
        if note.is_file():
            # Read again all the same, which takes minutes where there are gigabytes.
            if stopped():
                raise Stopped
            read += sum(len(each.text) for each in islice(remaining, len(read_note(note)["hash"])))
            tell(read)
            continue
        with _TokenFile(folder, number, frame) as out:
            for some, tokens in _tokenised(_batches(remaining, file_characters), tokenize):
                if stopped():
                    raise Stopped
                out.add(some, tokens)
                read += sum(len(each.text) for each in some)
                tell(read)
        # Only an empty file says that nothing is left: the one before may have ended full.
        if out.is_empty:
            arrow_file(folder, number).unlink()
            return
        # After the writer is closed: a note vouches for the file beside it.
        out.write_note()


def _batches(documents: Iterator[Document], most: int) -> Iterator[list[Document]]:
    """Batches of documents, until they have so many characters."""
    batch: list[Document] = []
    size = total = 0
    for each in documents:
        batch.append(each)
        size += len(each.text)
        total += len(each.text)
        if len(batch) == _TEXTS or size >= _CHARACTERS or total >= most:
            yield batch
            batch, size = [], 0
        if total >= most:
            return
    if batch:
        yield batch


def _tokenised(
    batches: Iterable[list[Document]], tokenize: Tokenize
) -> Iterator[tuple[list[Document], list[Tokens]]]:
    """Batches, and the tokens of those of their texts that are wanted.

    Tokenizers work on all cores, and without Python: meanwhile the batch before is written, and the
    one after it read.
    """
    with ThreadPoolExecutor(1, thread_name_prefix="tokenize") as pool:
        before: tuple[list[Document], Future[list[Tokens]]] | None = None
        for batch in batches:
            coming = pool.submit(tokenize, [each.text for each in batch if each.is_wanted])
            # One batch late: what is yielded is written while `coming` is tokenised. Never more
            # than two are in memory.
            if before is not None:
                yield before[0], before[1].result()
            before = batch, coming
        if before is not None:
            yield before[0], before[1].result()


class _TokenFile:
    """One Arrow file while it is written."""

    def __init__(self, folder: Path, number: int, frame: Frame) -> None:
        from datasets.arrow_writer import ArrowWriter

        self._note = note_file(folder, number)
        self._frame = frame
        self._writer = ArrowWriter(schema=_SCHEMA, path=str(arrow_file(folder, number)))
        # Of every text: hash, sequences for pre-training, whether a whole row follows them.
        self._hashes, self._pieces, self._is_whole = array("Q"), array("I"), array("B")
        self._names: list[str] = []
        self._cut = 0

    def __enter__(self) -> "_TokenFile":
        return self

    def __exit__(self, *exit_details: object) -> None:
        # Also of a file that is given up: an open one would warn.
        self._writer.finalize()

    @property
    def is_empty(self) -> bool:
        """Whether no text came."""
        return not self._hashes

    def add(self, documents: list[Document], tokens: list[Tokens]) -> None:
        """Write some texts, of which those that are wanted have these tokens."""
        is_whole = np.array([each.name is not None for each in documents])
        in_pieces = np.array([each.is_pretrained_on for each in documents])
        # Tokens came for the wanted texts alone, in their order: (wanted,) of `tokens` stand at
        # these places among (n,) documents.
        is_wanted = is_whole | in_pieces
        lengths = np.zeros(len(documents), dtype=np.int64)
        lengths[is_wanted] = [len(each.ids) for each in tokens]
        pieces = np.where(in_pieces, num_pieces(lengths, self._frame), 0)
        self._hashes.extend(each.text_hash for each in documents)
        self._pieces.frombytes(pieces.astype(np.uint32).tobytes())
        self._is_whole.frombytes(is_whole.astype(np.uint8).tobytes())
        self._names += [each.name for each in documents if each.name is not None]
        self._cut += int((lengths[is_whole] > self._frame.room).sum())
        if tokens:
            rows = framed(tokens, self._frame, in_pieces[is_wanted], is_whole[is_wanted])
            self._writer.write_table(_table(rows))

    def write_note(self) -> None:
        """Say that the file is whole, and what is in it."""
        out = io.BytesIO()
        np.savez(
            out,
            hash=np.array(self._hashes, dtype=np.uint64),
            pieces=np.array(self._pieces, dtype=np.uint32),
            is_whole=np.array(self._is_whole, dtype=np.uint8),
            names=np.array(self._names, dtype=np.str_),
            cut=np.array(self._cut),
        )
        write_bytes(self._note, out.getvalue())


def _table(rows: Sequences) -> pa.Table:
    # Arrow's own layout: n + 1 borders into one flat array, so no sequence becomes a Python list.
    ends = np.concatenate([[0], rows.ends])
    columns = [pa.LargeListArray.from_arrays(ends, each) for each in (rows.ids, rows.starts)]
    return pa.table(columns, schema=_SCHEMA)


def arrow_file(folder: Path, number: int) -> Path:
    """Where the sequences of a part lie."""
    return folder / f"tokens-{number:05d}.arrow"


def note_file(folder: Path, number: int) -> Path:
    """What says that a part is whole, and which texts are in it."""
    return folder / f"tokens-{number:05d}.npz"


def read_note(file: Path) -> dict[str, np.ndarray]:
    """The arrays of a note."""
    with np.load(file, allow_pickle=False) as note:
        return dict(note)
