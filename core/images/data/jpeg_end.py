"""Whether a JPEG runs to its end.

libjpeg fills what is missing with grey and only warns, and a copy that broke off is often padded
with zeros, which decode as flat blocks. So the markers are followed here (ITU-T T.81, annex B).
"""

import re
from typing import Final

# In entropy-coded data 0xFF is followed by 0x00 (stuffing) or D0 … D7 (restart); anything else,
# after any number of fill bytes 0xFF, is the marker that ends it.
_MARKER: Final = re.compile(rb"\xff[\x01-\xcf\xd8-\xfe]")
_START_OF_SCAN: Final = 0xDA
_END: Final = 0xD9
_WITHOUT_LENGTH: Final = frozenset({0x01, 0xD8})


def has_end(data: bytes) -> bool:
    """Whether the first picture in `data`, a JPEG, has a scan and an end-of-image marker."""
    at = 2
    has_scan = False
    while (found := _MARKER.search(data, at)) is not None:
        at = found.end()
        code = data[at - 1]
        if code == _END:
            return has_scan
        if code in _WITHOUT_LENGTH:
            continue
        has_scan |= code == _START_OF_SCAN
        # What follows the header of a scan is searched for the next marker, as entropy-coded data.
        at += int.from_bytes(data[at : at + 2], "big")
    return False
