"""Token rows as training batches, padded to a multiple of 8."""

import numpy as np
import torch
from torch import Tensor

from core.text.data.token_rows import TokenRows

_MULTIPLE = 8


def padded(ids: list[np.ndarray], starts: list[np.ndarray], pad_id: int) -> dict[str, Tensor]:
    """`input_ids`, `attention_mask` and `word_start`, (n, length) int64, of rows of any length."""
    longest = max(len(row) for row in ids)
    length = -(-longest // _MULTIPLE) * _MULTIPLE
    batch = {
        "input_ids": torch.full((len(ids), length), pad_id),
        "attention_mask": torch.zeros(len(ids), length, dtype=torch.int64),
        "word_start": torch.arange(length).repeat(len(ids), 1),
    }
    for row, (own, start) in enumerate(zip(ids, starts, strict=True)):
        batch["input_ids"][row, : len(own)] = torch.from_numpy(own)
        batch["attention_mask"][row, : len(own)] = 1
        batch["word_start"][row, : len(own)] = torch.from_numpy(start)
    return batch


class TokenSource:
    """Batches from a token file; implements `ExampleSource`.

    Args:
        rows: Where token ids come from.
        pad_id: Id of the padding token.
    """

    def __init__(self, rows: TokenRows, pad_id: int) -> None:
        self._rows = rows
        self._pad_id = pad_id

    def batch(self, indices: np.ndarray) -> dict[str, Tensor]:
        """The sequences at (n,) `indices`."""
        return padded(*self._rows.rows(indices), self._pad_id)
