"""What of a reading a person should have seen before anything is trained on it."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from core.data.manifest_file import read_header
from core.errors import RunError

# Guesses that may turn one reading into another: kind, splits, classes, encoding, columns. How
# much is held out is a choice, not a reading.
_SETTINGS: Final = frozenset(
    {"data.kind", "data.task", "data.labeled", "data.unlabeled", "data.encoding"}
)
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


def reading_of_manifest(file: Path) -> tuple[list[str], list[Words]]:
    """Folders and guesses of what a run was trained on; nothing of a damaged manifest."""
    try:
        with file.open("rb") as lines:
            header = read_header(lines.readline(), file)
        keys = ("what", "value", "setting")
        guesses = [dict(zip(keys, values, strict=True)) for values in header.get("guesses", ())]
        return [str(root) for root in header["roots"]], list(guesses)
    except (OSError, ValueError, TypeError, KeyError, RunError):
        return [], []
