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
        num_rows: (N,) uint32, rows of each: sequences for pre-training, then a labeled one's own.
        labeled: Row of every labeled text as the classifier takes it.
        cut: How many labeled texts were too long.
    """

    hashes: np.ndarray
    num_rows: np.ndarray
    labeled: dict[str, int]
    cut: int

    @classmethod
    def read(cls, folder: Path) -> "TokenTexts":
        """What `write_token_files` noted."""
        hashes, num_rows, is_whole, names = [], [], [], []
        cut = 0
        for file in sorted(folder.glob("tokens-*.npz")):
            note = read_note(file)
            hashes.append(note["hash"])
            num_rows.append(note["pieces"] + note["is_whole"])
            is_whole.append(note["is_whole"])
            names += note["names"].tolist()
            cut += int(note["cut"])
        counts = np.concatenate(num_rows)
        whole = np.flatnonzero(np.concatenate(is_whole))
        # Labeled texts come first, so this is short however many others there are.
        ends = np.cumsum(counts[: whole[-1] + 1 if len(whole) else 0], dtype=np.int64)
        labeled = dict(zip(names, (ends[whole] - 1).tolist(), strict=True))
        return cls(np.concatenate(hashes), counts, labeled, cut)

    def rows_of(self, chosen: np.ndarray) -> np.ndarray:
        """(R,) int64 rows for pre-training of the texts that (N,) bool `chosen` says."""
        is_chosen = np.repeat(chosen, self.num_rows)
        is_chosen[list(self.labeled.values())] = False
        return np.flatnonzero(is_chosen)


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
