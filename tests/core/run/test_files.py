"""Names of files and other constants are defined once."""

import ast
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from core.run import files
from core.system.resources import ROOT

# Values that are equal by chance, or are short for something in Qt or typing.
SEPARATE = {
    "CHUNK": "how many images at once: validating and storing may differ",
    "CENTRE": "short for a flag of Qt",
    "LEFT": "short for a flag of Qt",
    "REFRESH_MS": "how often a part of the window draws itself",
    "SUPERSAMPLING": "of two families of generated images",
    "FEW": "how many names a sentence holds, each for itself",
    "FEW_FILES": "how many files a sentence names, each for itself",
    "MOSTLY": "shares of cells and of files",
    "NEARLY_ALL": "shares of cells and of names",
    "R": "a type variable",
    "T": "a type variable",
    "TOLERANCE": "how exact a format has to be",
}
FILE_NAMES = {value for key, value in vars(files).items() if key.isupper() and "." in str(value)}


def modules() -> Iterator[tuple[str, ast.Module]]:
    """Our modules, by their path."""
    for package in ("core", "gui"):
        for file in sorted((ROOT / package).rglob("*.py")):
            text = file.read_text(encoding="utf-8")
            yield file.relative_to(ROOT).as_posix(), ast.parse(text)


def constants(module: ast.Module) -> Iterator[tuple[str, str]]:
    """Names (without underscores before them) and values of a module's constants."""
    for statement in module.body:
        match statement:
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                pass
            case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value):
                pass
            case _:
                continue
        if name.isupper():
            yield name.strip("_"), ast.unparse(value)


def test_that_no_constant_stands_twice() -> None:
    places: dict[tuple[str, str], list[str]] = defaultdict(list)
    for path, module in modules():
        for name, value in constants(module):
            places[name, value].append(path)
    twice = {key: where for key, where in places.items() if len(where) > 1}
    assert {key: where for key, where in twice.items() if key[0] not in SEPARATE} == {}
    assert {key[0] for key in twice} == set(SEPARATE)


def test_that_the_names_of_a_runs_files_are_spelled_in_one_module() -> None:
    spelled = [
        f"{path}:{node.lineno} {node.value}"
        for path, module in modules()
        if path != "core/run/files.py"
        for node in ast.walk(module)
        if isinstance(node, ast.Constant) and _last_part(node.value) in FILE_NAMES
    ]
    assert spelled == []


def _last_part(value: object) -> str:
    """The name at the end of a path or pattern; empty for what is none."""
    return Path(value).name if isinstance(value, str) and " " not in value else ""


def test_that_no_two_files_of_a_run_have_one_name() -> None:
    names = [value for key, value in vars(files).items() if key.isupper()]
    assert len(names) == len(set(names))
