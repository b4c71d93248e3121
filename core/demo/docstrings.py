"""Real text that is on every machine: the docstrings of installed scientific packages.

Read from the packages' sources with `ast`: nothing is imported, nothing is run.
"""

import ast
import hashlib
import importlib.util
import re
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

# Of ten modules of a package these many are kept from pre-training the starter.
_HELD_OUT_OF_TEN = 3
_LEAST_WORDS = 6
_LEAST_LETTERS = 0.75
_SKIPPED_FOLDERS = {"tests", "testing", "_vendor", "externals", "_internal", "examples"}
_ROLE = re.compile(r":[\w:]+:`([^`<]*?)\s*(?:<[^`]*>)?`")
_NO_PROSE = re.compile(r"\s*(>>>|\.\.|[-=~^*#+|]{3,}|http|@)")


@dataclass(frozen=True)
class Package:
    """A package whose docstrings are read.

    Attributes:
        name: As it is imported.
        distribution: As it is installed.
        licence: Of its sources, and so of its docstrings.
    """

    name: str
    distribution: str
    licence: str


@dataclass(frozen=True)
class Docstring:
    """The prose of one docstring: a module's name and its paragraphs."""

    module: str
    paragraphs: tuple[str, ...]


def is_held_out(module: str) -> bool:
    """Whether a module is kept from the starter's pre-training, so that the demo can test on it.

    A function of the name alone, the same on every machine.
    """
    digest = hashlib.sha256(module.encode("utf-8")).digest()
    return int.from_bytes(digest[:4]) % 10 < _HELD_OUT_OF_TEN


def folder_of(package: Package) -> Path | None:
    """Where the package's sources are; None when it is not installed."""
    # Of a name without a dot, this looks only, and imports nothing.
    spec = importlib.util.find_spec(package.name)
    places = spec.submodule_search_locations if spec else None
    return Path(places[0]) if places else None


def modules_of(package: Package) -> list[tuple[str, Path]]:
    """Names and files of a package's modules, in an order that mixes them and never changes."""
    folder = folder_of(package)
    if folder is None:
        return []
    found = []
    for file in folder.rglob("*.py"):
        parts = file.relative_to(folder.parent).with_suffix("").parts
        if not _SKIPPED_FOLDERS & set(parts):
            name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
            found.append((name, file))
    return sorted(found, key=lambda each: hashlib.sha256(each[0].encode("utf-8")).digest()[8:])


def docstrings_of(module: str, file: Path) -> Iterator[Docstring]:
    """The docstrings of a file that have prose in them; none of a file that is no Python."""
    try:
        with warnings.catch_warnings():
            # About escapes in other people's strings.
            warnings.simplefilter("ignore")
            tree = ast.parse(file.read_text(encoding="utf-8"))
    except (OSError, ValueError, SyntaxError, RecursionError):
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            paragraphs = prose(ast.get_docstring(node) or "")
            if paragraphs:
                yield Docstring(module, paragraphs)


def prose(docstring: str) -> tuple[str, ...]:
    """The paragraphs of running text: no code, tables, headings, nor markup."""
    kept = []
    for block in re.split(r"\n\s*\n", docstring):
        lines = block.splitlines()
        if any(_NO_PROSE.match(line) for line in lines):
            continue
        text = _ROLE.sub(r"\1", " ".join(" ".join(lines).split())).replace("`", "").replace("*", "")
        letters = sum(letter.isalpha() or letter == " " for letter in text)
        if len(text.split()) >= _LEAST_WORDS and letters >= _LEAST_LETTERS * len(text):
            kept.append(text)
    return tuple(kept)


def likeness(text: str) -> str:
    """What two texts share that differ in case, digits and punctuation only."""
    return re.sub(r"[^a-z]", "", text.lower())
