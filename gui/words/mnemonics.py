"""Words with a mark at the letter that uses them together with Alt."""

import re

# Where a language has no letters, one is added: `保存(&S)`.
_ADDED = re.compile(r"\s?\(&.\)")


def without_mnemonic(words: str) -> str:
    """The words alone: `&Open` as `Open`, `保存(&S)` as `保存`."""
    return _ADDED.sub("", words).replace("&", "")
