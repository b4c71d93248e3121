"""Plain files as fastText trains on: `__label__spam some words`, one text a line."""

from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from core.data.tables.dialect import lines_of
from core.data.tables.encodings import open_text

_MARK = "__label__"
_SAMPLED_LINES = 20


def is_fasttext(file: Path, encoding: str) -> bool:
    """Whether all of the first lines begin with a label."""
    with open_text(file, encoding) as stream:
        lines = [line for _, line in islice(lines_of(stream), _SAMPLED_LINES) if line.strip()]
    return bool(lines) and all(line.startswith(_MARK) for line in lines)


def fasttext_rows(file: Path, encoding: str) -> Iterator[tuple[int, dict[str, Any]]]:
    """(line, row with `text` and `label`)."""
    with open_text(file, encoding) as stream:
        for number, line in lines_of(stream):
            labels, rest = [], line.strip()
            while rest.startswith(_MARK):
                label, _, rest = rest.partition(" ")
                labels.append(label.removeprefix(_MARK))
                rest = rest.lstrip()
            if rest or labels:
                yield number, {"text": rest, "label": labels}
