"""Which rows of the token files are for what, in files that are mapped and not read."""

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from core.system.atomic import write_json
from core.text.data.copies import first_of_each
from core.text.data.number_file import mapped
from core.text.data.token_files import arrow_file, read_note

_INDEX: Final = "texts.json"
# Of every sequence for pre-training its row, and of every row its tokens.
_ROWS, _LENGTHS = ("pretraining-rows.bin", np.int64), ("lengths.bin", np.int32)


@dataclass(frozen=True)
class TokenIndex:
    """What is in which row.

    Attributes:
        pretraining: (R,) int64 rows for pre-training, each text among them once.
        lengths: (N,) int32 tokens of every row.
        labeled: Row of every labeled text as the classifier takes it.
        cut: How many labeled texts were too long.
    """

    pretraining: np.ndarray
    lengths: np.ndarray
    labeled: dict[str, int]
    cut: int

    @classmethod
    def read(cls, folder: Path) -> "TokenIndex":
        """What `write_token_index` wrote."""
        found = json.loads((folder / _INDEX).read_text(encoding="utf-8"))
        pretraining, lengths = (
            mapped(folder / name, dtype, ((folder / name).stat().st_size // dtype().itemsize,))
            for name, dtype in (_ROWS, _LENGTHS)
        )
        return cls(pretraining, lengths, found["labeled"], found["cut"])


def has_token_index(folder: Path) -> bool:
    """Whether `write_token_index` has ended."""
    return (folder / _INDEX).is_file()


def write_token_index(folder: Path) -> None:
    """Look through the token files that `write_token_files` has left, a file at a time.

    Of labeled copies the manifest has chosen one; of others the first is taken.

    Raises:
        OSError: As the file system says.
    """
    notes = sorted(folder.glob("tokens-*.npz"))
    chosen = first_of_each(_Hashes(notes), folder)
    labeled: dict[str, int] = {}
    cut = first_text = first_row = 0
    with (folder / _ROWS[0]).open("wb") as rows, (folder / _LENGTHS[0]).open("wb") as lengths:
        for number, file in enumerate(notes):
            note = read_note(file)
            is_whole = note["is_whole"].astype(bool)
            counts = note["pieces"].astype(np.int64) + is_whole
            ends = np.cumsum(counts)
            whole = ends[is_whole] - 1
            labeled |= dict(zip(note["names"].tolist(), (first_row + whole).tolist(), strict=True))
            is_chosen = np.repeat(chosen[first_text : first_text + len(counts)] | is_whole, counts)
            is_chosen[whole] = False
            rows.write((first_row + np.flatnonzero(is_chosen)).astype(_ROWS[1]).tobytes())
            lengths.write(_row_lengths(arrow_file(folder, number)).tobytes())
            cut += int(note["cut"])
            first_text += len(counts)
            first_row += len(is_chosen)
        for out in (rows, lengths):
            out.flush()
            os.fsync(out.fileno())
    write_json(folder / _INDEX, {"labeled": labeled, "cut": cut})


class _Hashes:
    """Hashes of all texts, from one note after the other."""

    def __init__(self, notes: list[Path]) -> None:
        self._notes = notes

    def __iter__(self) -> Iterator[np.ndarray]:
        for file in self._notes:
            with np.load(file, allow_pickle=False) as note:
                yield note["hash"]


def _row_lengths(file: Path) -> np.ndarray:
    """(n,) int32 tokens of every row of a token file."""
    os.environ.setdefault("HF_DATASETS_OFFLINE", "1")
    from datasets import Dataset

    lengths = pc.list_value_length(Dataset.from_file(str(file)).data["ids"])
    return np.asarray(lengths.cast(pa.int32()))
