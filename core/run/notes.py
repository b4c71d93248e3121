"""What somebody wrote about a run: a plain text file in its folder."""

import re
from pathlib import Path

from core.run.files import NOTES
from core.system.atomic import write_bytes

# More is no note; a list of runs reads all of them.
MOST_LETTERS = 4_000
_TAG = re.compile(r"(?<!\S)#\w[\w-]*")


def read_notes(run: Path) -> str:
    """The notes of a run; empty where there are none, or nobody can read them."""
    try:
        with (run / NOTES).open(encoding="utf-8", errors="replace") as file:
            return file.read(MOST_LETTERS).strip()
    except OSError:
        return ""


def write_notes(run: Path, text: str) -> None:
    """Keep notes; empty ones are removed. Raises `OSError`."""
    text = text.strip()[:MOST_LETTERS]
    if text:
        write_bytes(run / NOTES, f"{text}\n".encode())
    else:
        (run / NOTES).unlink(missing_ok=True)


def tags_in(notes: str) -> tuple[str, ...]:
    """Words behind a #, each once: `Better light #paper` has `#paper`."""
    return tuple(dict.fromkeys(_TAG.findall(notes)))
