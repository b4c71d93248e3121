"""Grey values of more than 8 bits, brought to 8: scaled, never clipped.

The rule looks at one file alone, so it gives the same picture wherever the file is used. Cameras
and microscopes store 10, 12 or 14 bits in 16-bit files; dividing those by 256 would leave them
nearly black. So the values are scaled from the smallest usual range that holds the maximum.
"""

import numpy as np
from numpy.typing import NDArray

from core.language import _

_DEPTHS = (8, 10, 12, 14, 16, 24, 32)


def whole_to_bytes(values: NDArray[np.integer], stored_bits: int) -> tuple[NDArray[np.uint8], str]:
    """Scale whole numbers to 0 … 255.

    Args:
        values: (H, W), of any integer type.
        stored_bits: What the file has per value, for the note.

    Returns:
        (H, W) uint8 and the note. Values that fit 8 bits are kept as they are; with negative
        values the range is from the smallest to the largest.
    """
    low, high = int(values.min()), int(values.max())
    if low < 0:
        note = _("{stored_bits}-bit, scaled from its own range").format(stored_bits=stored_bits)
        return _scaled(values.astype(np.float64), low, max(high, low + 1)), note
    depth = next(bits for bits in _DEPTHS if high < 2**bits)
    if depth == 8:
        return values.astype(np.uint8), _("{stored_bits}-bit holding 8 bits").format(
            stored_bits=stored_bits
        )
    note = (
        f"{stored_bits}-bit"
        if depth == stored_bits
        else _("{stored_bits}-bit holding {depth}").format(stored_bits=stored_bits, depth=depth)
    )
    return _scaled(values.astype(np.float64), 0, 2**depth - 1), f"{note}, scaled"


def real_to_bytes(values: NDArray[np.floating]) -> tuple[NDArray[np.uint8], str]:
    """Scale real numbers to 0 … 255; what is not a number becomes the smallest value.

    Values within 0 … 1 are scaled from that range, others within 0 … 65,535 from the smallest
    usual range of whole numbers, all others from their own smallest to their largest.
    """
    finite = np.isfinite(values)
    if not finite.any():
        return np.zeros(values.shape, np.uint8), _("float, all not numbers")
    low, high = float(values[finite].min()), float(values[finite].max())
    full = np.where(finite, values, low).astype(np.float64)
    if low >= 0 and high <= 1:
        return _scaled(full, 0, 1), _("float, scaled from 0 … 1")
    if low >= 0 and high < 2**16:
        top = next(2**bits - 1 for bits in _DEPTHS if high < 2**bits)
        return _scaled(full, 0, max(top, high)), _("float, scaled from 0 … {top}").format(top=top)
    return _scaled(full, low, max(high, np.nextafter(low, np.inf))), _(
        "float, scaled from its range"
    )


def _scaled(values: NDArray[np.float64], low: float, high: float) -> NDArray[np.uint8]:
    scaled = (values - low) * (255.0 / (high - low))
    return np.rint(scaled).clip(0, 255).astype(np.uint8)
