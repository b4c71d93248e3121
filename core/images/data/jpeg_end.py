"""Whether a JPEG runs to its end.

libjpeg fills what is missing with grey and only warns, and a copy that broke off is often padded
with zeros, which decode as flat blocks. So the markers are followed here (ITU-T T.81, annex B).
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

# In entropy-coded data 0xFF is followed by 0x00 (stuffing) or D0 … D7 (restart); anything else,
# after any number of fill bytes 0xFF, is the marker that ends it.
_IS_MARKER: Final = np.array(
    [code not in {0x00, 0xFF} and not 0xD0 <= code <= 0xD7 for code in range(256)]
)
_START_OF_SCAN: Final = 0xDA
_END: Final = 0xD9
_WITHOUT_LENGTH: Final = frozenset({0x01, 0xD8})
# Bytes that are searched at once: markers of the header lie close together, the last one far off.
_FIRST_LOOK: Final = 64
_MOST_AT_ONCE: Final = 1 << 20


def has_end(data: bytes) -> bool:
    """Whether the first picture in `data`, a JPEG, has a scan and an end-of-image marker."""
    values = np.frombuffer(data, np.uint8)
    at = 2
    has_scan = False
    while (place := _next_marker(values, at)) is not None:
        code = data[place + 1]
        at = place + 2
        if code == _END:
            return has_scan
        if code in _WITHOUT_LENGTH:
            continue
        has_scan |= code == _START_OF_SCAN
        # What follows the header of a scan is searched for the next marker, as entropy-coded data.
        at += int.from_bytes(data[at : at + 2], "big")
    return False


def _next_marker(values: NDArray[np.uint8], start: int) -> int | None:
    """Where the next marker's last 0xFF is."""
    look = _FIRST_LOOK
    while start + 1 < len(values):
        some = values[start : start + look + 1]
        places = np.flatnonzero(some[:-1] == 0xFF)
        found = places[_IS_MARKER[some[places + 1]]]
        if len(found):
            return start + int(found[0])
        start += look
        look = min(16 * look, _MOST_AT_ONCE)
    return None
