"""Plain files that name an image and its class on each line, as `meta/train.txt` of MMPretrain."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

from core.data.file_types import IMAGE_SUFFIXES
from core.data.tables.dialect import lines_of
from core.data.tables.encodings import open_text
from core.language import _

_SUFFIXES: Final = "|".join(re.escape(suffix[1:]) for suffix in sorted(IMAGE_SUFFIXES))
_LINE: Final = re.compile(rf"(\S.*?\.(?:{_SUFFIXES}))[ \t,;]+([^\s,;]+)", re.IGNORECASE)
_LOOKED_AT_BYTES: Final = 1 << 12


def is_path_list(file: Path | str) -> bool:
    """Whether the first lines of a plain file are an image and a class each."""
    try:
        with Path(file).open("rb") as raw:
            head = raw.read(_LOOKED_AT_BYTES)
    except OSError:
        return False
    text = head.decode("utf-8-sig", errors="replace")
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if len(head) >= _LOOKED_AT_BYTES:
        lines.pop()
    return len(lines) > 1 and all(map(_LINE.fullmatch, lines))


def path_list_rows(
    file: Path, encoding: str, bad: Callable[[int, str], None]
) -> Iterator[tuple[int, dict[str, Any]]]:
    """(line, row with `path` and `label`)."""
    with open_text(file, encoding) as stream:
        for number, line in lines_of(stream):
            if (found := _LINE.fullmatch(line.strip())) is not None:
                yield number, {"path": found[1], "label": found[2]}
            elif line.strip():
                bad(number, _("it is not an image and a class"))
