"""How many examples can be computed at once without gradients, by an estimate."""

from typing import Final

import torch

from core.devices.table import kind_of
from core.system.free_memory import free_bytes

# What a layer holds of each token, in widths of the model, about.
WIDTHS: Final = 16
# Share of the free memory that a batch may take, as estimated: estimates are rough.
_SHARE: Final = 0.3
# Width of a head of attention, of nearly all models.
_HEAD: Final = 64
# Rows of a batch where nothing speaks for more or fewer, the least and the most of a device.
USUAL_ROWS: Final = 128
_LEAST_ROWS: Final = 32
_MOST_ROWS: Final = 1024


def bytes_of_row(tokens: int, width: int, values: int) -> int:
    """What an example takes on a device while it is computed, roughly.

    Args:
        tokens: In it.
        width: Of the model.
        values: Numbers that it consists of, at most.
    """
    attention = 2 * tokens * max(1, width // _HEAD)
    return 4 * (tokens * (width * WIDTHS + attention) + 3 * values)


def memory_for_batches(device: torch.device, at_once: int = 1) -> int:
    """Bytes that a batch may take, where so many are computed at once."""
    free = kind_of(device).free_bytes(device)
    return int(_SHARE * (free_bytes() if free is None else free) / at_once)


def rows_at_once(device: torch.device, row_bytes: int) -> int:
    """Rows of a batch: on a device with memory of its own as many as fit, a power of two.

    A processor gains nothing by more.
    """
    if not kind_of(device).keeps_examples:
        return USUAL_ROWS
    fit = memory_for_batches(device) // max(1, row_bytes)
    return max(_LEAST_ROWS, min(_MOST_ROWS, 1 << max(0, fit.bit_length() - 1)))
