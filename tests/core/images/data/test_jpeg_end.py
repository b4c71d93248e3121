"""The end of a JPEG is found as the markers say, however they lie."""

import io
import re

import numpy as np
from hypothesis import example, given
from hypothesis import strategies as st
from PIL import Image

from core.images.data.jpeg_end import has_end

MARKER = re.compile(rb"\xff+([^\x00\xff\xd0-\xd7])", re.DOTALL)


def followed(data: bytes) -> bool:
    """The same, marker by marker, as ITU-T T.81 tells it."""
    at, has_scan = 2, False
    while (match := MARKER.search(data, at)) is not None:
        code, at = match[1][0], match.end()
        if code == 0xD9:
            return has_scan
        if code not in {0x01, 0xD8}:
            has_scan |= code == 0xDA
            at += int.from_bytes(data[at : at + 2], "big")
    return False


# Few different bytes, so that markers are frequent.
PARTS = st.sampled_from(
    [b"\xff", b"\x00", b"\xd9", b"\xda", b"\xd3", b"\x01", b"\xe1", b"\x00\x02", b"\x00\x41"]
)


@given(st.lists(PARTS, max_size=60), st.integers(0, 200))
@example([b"\x00", b"\x00", b"\xff", b"\xda", b"\x00\x02", b"\xff", b"\xff", b"\xd9"], 0)
def test_that_markers_are_found_as_by_following_them(parts: list[bytes], padding: int) -> None:
    data = b"".join(parts)
    # Also far from where the search began.
    for each in (data, data[:12] + bytes(padding * 700) + data[12:]):
        assert has_end(each) == followed(each)


def test_that_every_length_of_a_real_file_is_judged_the_same() -> None:
    noise = np.random.default_rng(0).integers(0, 256, (48, 64, 3), dtype=np.uint8)
    for options in ({}, {"progressive": True}, {"quality": 98, "optimize": True}):
        out = io.BytesIO()
        Image.fromarray(noise).save(out, "JPEG", exif=_with_thumbnail(noise), **options)
        data = out.getvalue()
        assert has_end(data)
        for length in range(0, len(data), 7):
            assert has_end(data[:length]) == followed(data[:length])


def _with_thumbnail(noise: np.ndarray) -> Image.Exif:
    small = io.BytesIO()
    Image.fromarray(noise[:8, :8]).save(small, "JPEG")
    exif = Image.Exif()
    exif[0x927C] = small.getvalue()
    return exif
