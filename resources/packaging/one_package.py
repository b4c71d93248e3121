"""Our packages as parts of one, `redistill`, as the wheel has them.

`core` and `gui` are too common to be installed beside other people's packages. In the wheel they
are `redistill.core` and `redistill.gui`; what the sources say of them is rewritten: imports, and
texts that are the whole name of one of our modules, as processes are started by. Lines keep their
numbers.
"""

import ast
import re
import shutil
from collections.abc import Iterator, Set
from pathlib import Path

NAME = "redistill"
OURS = ("core", "gui")
# What is imported as `redistill`.
DOOR = "core/api/__init__.py"
# For who builds an application, and for the front page.
_LEFT_OUT = {"resources/packaging", "resources/images"}
_OF_OURS = re.compile(rf"({'|'.join(OURS)})\.[\w.]*")


def own_modules(root: Path) -> set[str]:
    """The dotted names of our modules and packages in a checkout."""
    found = set()
    for package in OURS:
        for file in (root / package).rglob("*.py"):
            parts = file.relative_to(root).with_suffix("").parts
            found.add(".".join(parts[:-1] if parts[-1] == "__init__" else parts))
    return found


def rewritten(source: str, modules: Set[str]) -> str:
    """A module's text with our packages inside of `redistill`.

    Args:
        source: The text.
        modules: All our modules.

    Raises:
        ValueError: Something names our packages in a way that can't be rewritten.
    """
    lines = [line.encode() for line in source.splitlines(keepends=True)]
    for line, column in sorted(_places(ast.parse(source), lines, modules), reverse=True):
        text = lines[line - 1]
        lines[line - 1] = text[:column] + f"{NAME}.".encode() + text[column:]
    return b"".join(lines).decode()


def _places(tree: ast.Module, lines: list[bytes], modules: Set[str]) -> Iterator[tuple[int, int]]:
    """Where (line, column in bytes) a name of ours begins."""
    pieces = [node.values for node in ast.walk(tree) if isinstance(node, ast.JoinedStr)]
    in_formats = {id(part) for values in pieces for part in values}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and not node.level and _is_ours(node.module or ""):
            # `from`, and whatever space there is.
            found = re.compile(rb"from\s+(?=\w)").match(lines[node.lineno - 1], node.col_offset)
            if found is None:
                raise ValueError(f"line {node.lineno}: write `from {node.module}` on one line")
            yield node.lineno, found.end()
        elif isinstance(node, ast.Import):
            for alias in node.names:
                if _is_ours(alias.name) and alias.asname is None:
                    raise ValueError(f"line {node.lineno}: `import {alias.name}` needs an `as`")
                if _is_ours(alias.name):
                    yield alias.lineno, alias.col_offset
        elif isinstance(node, ast.Constant) and _names_ours(node.value):
            if id(node) in in_formats or node.value not in modules:
                raise ValueError(f"line {node.lineno}: {node.value!r} is no module's whole name")
            yield node.lineno, _begin(node, node.value, lines)


def _names_ours(value: object) -> bool:
    """Whether it is a text that names a module of ours, or the beginning of such a name."""
    return isinstance(value, str) and _OF_OURS.fullmatch(value) is not None


def _is_ours(module: str) -> bool:
    return module.partition(".")[0] in OURS


def _begin(node: ast.Constant, text: str, lines: list[bytes]) -> int:
    """Where a text begins behind its quote."""
    begin = lines[node.lineno - 1].find(text.encode(), node.col_offset)
    if begin < 0:
        raise ValueError(f"line {node.lineno}: write {text!r} in one piece")
    return begin


def entry_point(reference: str) -> str:
    """What a command starts with: `core.cli.main:run` in the wheel's names."""
    return f"{NAME}.{reference}" if _is_ours(reference) else reference


def write_package(root: Path, folder: Path) -> None:
    """Write the one package.

    Args:
        root: The checkout.
        folder: Where `redistill` shall be made.

    Raises:
        ValueError: A file, which is named, can't be rewritten.
    """
    modules = own_modules(root)
    for package in OURS:
        for file in sorted((root / package).rglob("*.py")):
            place = folder / file.relative_to(root)
            place.parent.mkdir(parents=True, exist_ok=True)
            try:
                text = rewritten(file.read_text(encoding="utf-8"), modules)
            except ValueError as error:
                raise ValueError(f"{file.relative_to(root)}, {error}") from error
            place.write_text(text, encoding="utf-8", newline="\n")
    shutil.copy(folder / DOOR, folder / "__init__.py")
    shutil.copytree(
        root / "resources",
        folder / "resources",
        ignore=lambda at, names: {
            name
            for name in names
            if name == "__pycache__" or (Path(at) / name).relative_to(root).as_posix() in _LEFT_OUT
        },
    )
