"""Token rows as batches: padded little, and only at the end."""

import numpy as np
import pytest

from core.text.token_source import padded


@pytest.mark.parametrize(("lengths", "width"), [((3,), 8), ((8, 5), 8), ((9, 2, 16), 16)])
def test_that_batches_are_padded_to_a_multiple_of_8(lengths: tuple[int, ...], width: int) -> None:
    ids = [np.arange(length, dtype=np.int64) + 5 for length in lengths]
    starts = [np.zeros(length, dtype=np.int64) for length in lengths]
    batch = padded(ids, starts, pad_id=1)
    for row, length in enumerate(lengths):
        assert batch["input_ids"][row].tolist() == [*range(5, 5 + length), *[1] * (width - length)]
        assert batch["attention_mask"][row].tolist() == [1] * length + [0] * (width - length)
        # Beyond the text every place is a word of its own, so that nothing reaches into it.
        assert batch["word_start"][row].tolist() == [0] * length + list(range(length, width))
