"""Hashes of texts that do not see case, spacing and Unicode form."""

import hashlib
import re
import unicodedata

_SPACE = re.compile(r"\s+")


def normalised_hash(text: str) -> str:
    """SHA-256 of a text without differences of case, spacing and Unicode form, in hex."""
    return hashlib.sha256(_normalised(text)).hexdigest()


def short_hash(text: str) -> int:
    """The first 8 bytes of `normalised_hash`, as a number."""
    return int.from_bytes(hashlib.sha256(_normalised(text)).digest()[:8])


def shortened(sha256: str) -> int:
    """`short_hash` from `normalised_hash`."""
    return int(sha256[:16], 16)


def _normalised(text: str) -> bytes:
    if text.isascii():
        return b" ".join(text.lower().encode().split())
    plain = unicodedata.normalize("NFKC", text).casefold()
    return _SPACE.sub(" ", plain).strip().encode("utf-8", "surrogatepass")
