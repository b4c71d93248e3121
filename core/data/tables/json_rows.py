"""Rows of JSON: lines of objects, one array of them, or columns; only the last is held whole."""

import json
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any, TextIO

from core.data.tables.annotations import plain_row, refuse_other_formats
from core.data.tables.columns import is_known
from core.data.tables.dialect import LONGEST, lines_of
from core.data.tables.encodings import kind_of, open_text
from core.language import _

Bad = Callable[[int, str], None]
Rows = Iterator[tuple[int, dict[str, Any]]]
_CHUNK = 1 << 16
# A file that is one object has to fit into the memory.
_LARGEST_OBJECT = 1 << 28
_LISTS = ("data", "rows", "examples", "records", "items")


def json_rows(file: Path, encoding: str, bad: Bad, note: Callable[[str], None]) -> Rows:
    """(line, or number in an array, and row by column).

    Raises:
        ValueError: It is a single object that is no table, in words.
    """
    with open_text(file, encoding) as stream:
        start = _first_character(stream)
        head = stream.readline(_CHUNK)
        after = _first_character(stream)
    if start == "[":
        note(_("it is one array, not lines"))
        found = _array(file, encoding, bad)
    elif start == "{" and kind_of(file) == ".json" and not _is_object(start + head, after):
        found = _columns(file, encoding)
    else:
        found = _lines(file, encoding, bad)
    for number, value in found:
        row = _as_row(value)
        if row is None:
            bad(number, _(_("it is no JSON object")))
        else:
            yield number, plain_row(row)


def _first_character(stream: TextIO) -> str:
    while (start := stream.read(1)).isspace():
        pass
    return start


def _is_object(line: str, after: str) -> bool:
    """Whether a line is a whole object, so that others may follow, or do with an `after`."""
    try:
        value = json.loads(line)
    except (ValueError, RecursionError):
        return False
    if not isinstance(value, dict):
        return False
    return after == "{" or not any(isinstance(v, dict | list) for v in value.values())


def _as_row(value: Any) -> dict[str, Any] | None:
    if isinstance(value, dict):
        return value
    # As spaCy trains: [text, {"cats": …}].
    if isinstance(value, list) and len(value) == 2 and isinstance(value[1], dict):
        return {"text": value[0], **value[1]}
    return None


def _lines(file: Path, encoding: str, bad: Bad) -> Iterator[tuple[int, Any]]:
    too_long = 0
    with open_text(file, encoding) as stream:
        for number, line in lines_of(stream):
            if len(line) == LONGEST or number == too_long:
                if number != too_long:
                    bad(
                        number,
                        _("it is longer than {longest:,} characters").format(longest=LONGEST),
                    )
                too_long = number
            elif line.strip():
                try:
                    yield number, json.loads(line)
                except (ValueError, RecursionError) as error:
                    bad(number, _("it is no JSON ({error})").format(error=error))


def _array(file: Path, encoding: str, bad: Bad) -> Iterator[tuple[int, Any]]:
    """The elements of an array, in memory one after the other."""
    decode = json.JSONDecoder().raw_decode
    number = 1
    with open_text(file, encoding) as stream:
        _first_character(stream)
        text = ""
        while True:
            text = text.lstrip(" \t\r\n,")
            if text.startswith("]"):
                return
            try:
                # A number at the end of what was read may go on.
                value, end = decode(text)
                is_whole = end < len(text)
            except RecursionError:
                bad(number, _("it is no JSON (too deeply nested)"))
                return
            except ValueError:
                is_whole = False
            if is_whole:
                yield number, value
                number, text = number + 1, text[end:]
                continue
            more = stream.read(max(_CHUNK, len(text)))
            if not more or len(text) > LONGEST:
                bad(number, _("it is no JSON from here on") if text else _("its array has no end"))
                return
            text += more


def _columns(file: Path, encoding: str) -> Iterator[tuple[int, Any]]:
    """A single object: lists by column, cells by column and row, or a list of rows inside."""
    if file.stat().st_size > _LARGEST_OBJECT:
        raise ValueError(_("it is a single JSON object too large to be read; write JSON lines"))
    with open_text(file, encoding) as stream:
        whole = json.load(stream)
    if not isinstance(whole, dict):
        raise ValueError("it is no JSON object")
    refuse_other_formats(whole)
    lists = [whole[name] for name in _LISTS if _is_list_of_rows(whole.get(name))]
    if len(lists) == 1:
        yield from enumerate(lists[0], start=1)
        return
    if _are_rows_by_key(whole):
        yield from enumerate(whole.values(), start=1)
        return
    columns = {
        name: list(value.values()) if isinstance(value, dict) else value
        for name, value in whole.items()
    }
    lengths = {len(value) if isinstance(value, list) else -1 for value in columns.values()}
    if len(lengths) != 1 or lengths <= {-1, 0}:
        names = ", ".join(islice(whole, 8))
        words = _("it is a JSON object that is no table (it has: {columns})")
        raise ValueError(words.format(columns=names))
    for number, cells in enumerate(zip(*columns.values(), strict=True), start=1):
        yield number, dict(zip(columns, cells, strict=True))


def _is_list_of_rows(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(v, dict) for v in value[:20])


def _are_rows_by_key(whole: dict[str, Any]) -> bool:
    """Whether it has a row by key, as `{"12": {"text": …}}`, not cells by column and row."""
    if not whole or not all(isinstance(value, dict) and value for value in whole.values()):
        return False
    inner = set().union(*islice(whole.values(), 20))
    return not any(map(is_known, whole)) and not all(name.isdigit() for name in inner)
