"""How many words a text has, in scripts without blanks too."""

import re
from typing import Final

# Kana, Han and Thai letters.
_UNSPACED: Final = re.compile("[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\u0e00-\u0e7f]")


def num_words(text: str) -> int:
    """Words of a text, about: two letters of a script without blanks count as one."""
    return len(text.split()) + len(_UNSPACED.findall(text)) // 2
