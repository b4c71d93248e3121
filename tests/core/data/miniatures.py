"""Data sets as people download them, a few small files each, with their true names and columns."""

import itertools
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from typer.testing import CliRunner

from core.cli.main import app
from tests.core.images.data.pictures import encoded, picture

PICTURE = b"picture"
_KINDS = {"jpg": "JPEG", "jpeg": "JPEG", "png": "PNG", "tif": "TIFF"}
_BRACES = re.compile(r"\{([^{}]*)\}")
_SUBJECTS = ("the film", "this story", "every scene", "the music", "her voice", "the last act")
_VERBS = ("moves", "bores", "charms", "annoys", "surprises", "pleases")


def sentence(number: int) -> str:
    """A sentence, another one for each number."""
    subject, verb = _SUBJECTS[number % 6], _VERBS[number // 6 % 6]
    return f"{subject} {verb} whoever comes to the cinema in week {number} of a long year"


def rows(head: str, row: str, numbers: range, names: str = "0 1", end: str = "\n") -> str:
    """Lines below a head: `{i}` is the number of each, `{c}` one of the names, `{s}` a sentence."""
    kinds = names.split()
    lines = [row.format(i=i, c=kinds[i % len(kinds)], s=sentence(i)) for i in numbers]
    return "".join(line + end for line in ([head] if head else []) + lines)


def flags(head: str, row: str, numbers: range, count: int, on: str = "1", off: str = "0") -> str:
    """Rows that end in a column for each of so many classes."""
    kinds = [",".join(on if k == j else off for k in range(count)) for j in range(count)]
    return rows(head, row + ",{c}", numbers, " ".join(kinds))


def expanded(pattern: str) -> Iterator[str]:
    """`{a,b}/{1..3}.txt` as six names."""
    parts = _BRACES.split(pattern)
    choices = []
    for at, part in enumerate(parts):
        first, dots, last = part.partition("..")
        if at % 2 == 0:
            choices.append([part])
        elif dots:
            width = len(first)
            choices.append([f"{n:0{width}}" for n in range(int(first), int(last) + 1)])
        else:
            choices.append(part.split(","))
    return ("".join(each) for each in itertools.product(*choices))


def make(folder: Path, files: dict[str, str | bytes]) -> Path:
    """Write files; `{s}` in the text of many is a sentence of its own."""
    number = 0
    for pattern, content in files.items():
        for name in expanded(pattern):
            number += 1
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            if content == PICTURE:
                kind = _KINDS[name.rpartition(".")[2].lower()]
                path.write_bytes(encoded(picture(number), kind))
            elif isinstance(content, bytes):
                path.write_bytes(content)
            else:
                path.write_text(content.replace("{s}", sentence(number)), newline="")
    return folder


def facts(folder: Path, *options: str) -> dict[str, Any]:
    """What `redistill scan --json` says."""
    result = CliRunner().invoke(app, ["scan", str(folder), "--json", *options])
    found: dict[str, Any] = json.loads(result.stdout)
    return found


def shown(found: dict[str, Any]) -> str:
    """Classes with their training, validation and test examples: `cat 5/0/1, dog 5/0/1`."""
    classes = found["classes"].items()
    return ", ".join(f"{name} {'/'.join(map(str, counts.values()))}" for name, counts in classes)
