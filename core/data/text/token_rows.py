"""What is in the token files: which texts in which rows, and the rows themselves."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from core.data.text.token_files import read_note


@dataclass(frozen=True)
class TokenTexts:
    """Which texts lie in which rows.

    Attributes:
        hashes: (N,) uint64, of every text, in order.
        pieces: (N,) uint32, its sequences for pre-training.
        first_rows: (N,) int64, the first row of it.
        labeled: Row of every labeled text, which follows its sequences for pre-training.
        cut: How many labeled texts were too long.
    """

    hashes: np.ndarray
    pieces: np.ndarray
    first_rows: np.ndarray
    labeled: dict[str, int]
    cut: int

    @classmethod
    def read(cls, folder: Path) -> "TokenTexts":
        """What `write_token_files` noted."""
        notes = [read_note(file) for file in sorted(folder.glob("tokens-*.npz"))]
        hashes, pieces, is_whole = (
            np.concatenate([note[key] for note in notes]) for key in ("hash", "pieces", "is_whole")
        )
        is_whole = is_whole.astype(bool)
        ends = np.cumsum(pieces + is_whole, dtype=np.int64)
        names = (str(name) for note in notes for name in note["names"])
        labeled = dict(zip(names, (ends[is_whole] - 1).tolist(), strict=True))
        cut = sum(int(note["cut"]) for note in notes)
        return cls(hashes, pieces, ends - pieces - is_whole, labeled, cut)

    def rows_of(self, chosen: np.ndarray) -> np.ndarray:
        """(R,) int64 rows for pre-training of the texts that (N,) bool `chosen` says."""
        pieces = np.where(chosen, self.pieces, 0).astype(np.int64)
        ends = np.cumsum(pieces)
        within = np.arange(ends[-1] if len(ends) else 0) - np.repeat(ends - pieces, pieces)
        rows: np.ndarray = np.repeat(self.first_rows, pieces) + within
        return rows


class TokenRows:
    """Rows of the token files, read through memory maps.

    Args:
        folder: As `write_token_files` left it.
    """

    def __init__(self, folder: Path) -> None:
        os.environ.setdefault("HF_DATASETS_OFFLINE", "1")
        from datasets import Dataset, concatenate_datasets

        parts = [Dataset.from_file(str(file)) for file in sorted(folder.glob("tokens-*.arrow"))]
        self._rows: Any = concatenate_datasets(parts).with_format("arrow")

    @property
    def lengths(self) -> np.ndarray:
        """(N,) int32 tokens of every row."""
        lengths = pc.list_value_length(self._rows.data["ids"])
        return np.asarray(lengths.cast(pa.int32()))

    def rows(self, indices: np.ndarray) -> tuple[list[np.ndarray], list[np.ndarray]]:
        """Ids and word starts of (n,) rows."""
        chosen = self._rows[indices]
        ids, starts = (
            [np.asarray(row.values, dtype=np.int64) for row in chosen[name]]
            for name in ("ids", "starts")
        )
        return ids, starts
