"""Rows of the token files, where they lie."""

import os
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc


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
