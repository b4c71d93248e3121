"""What of a reading a person should have seen before anything is trained on it."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

# Guesses that may turn one reading into another: kind, splits, classes, encoding, columns. How
# much is held out is a choice, not a reading.
_SETTINGS: Final = frozenset({"data.kind", "data.labeled", "data.unlabeled", "data.encoding"})
# A column that is called what it is taken for leaves no doubt; which one splits is always shown.
_SAYS_IT: Final = {
    "data.path_column": frozenset({"path", "file", "file_name", "filename"}),
    "data.text_column": frozenset({"text"}),
    "data.label_column": frozenset({"label"}),
}

Words = Mapping[str, Any]


def is_doubt(guess: Words) -> bool:
    """Whether a guess (`what`, `value`, `setting`) makes a reading doubtful."""
    setting, value = str(guess["setting"]), str(guess["value"])
    if value.strip().lower() in _SAYS_IT.get(setting, ()):
        return False
    return setting in _SETTINGS or setting.endswith("_column")


def doubts_in(guesses: Iterable[Words]) -> list[Words]:
    """Those that make a reading doubtful."""
    return [guess for guess in guesses if is_doubt(guess)]


def mark_of(roots: Sequence[str], guess: Words) -> str:
    """What one guess about some folders is remembered by, without naming any of them."""
    text = json.dumps([list(roots), *(str(guess[key]) for key in ("what", "value", "setting"))])
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]
