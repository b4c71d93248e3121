"""Our own processes are named in one place, exist, and are bundled."""

import ast
from importlib.util import find_spec
from pathlib import Path

import pytest

from core.system import process_names
from core.system.resources import ROOT

NAMES = {key: value for key, value in vars(process_names).items() if key.isupper()}
GUARD = 'if __name__ == "__main__":'


@pytest.mark.parametrize("name", NAMES.values())
def test_that_each_name_is_of_a_module_that_can_be_started(name: str) -> None:
    spec = find_spec(name)
    assert spec is not None
    assert spec.origin is not None
    assert GUARD in Path(spec.origin).read_text(encoding="utf-8")


def test_that_every_process_has_a_name() -> None:
    there = {f"core.processes.{file.stem}" for file in (ROOT / "core/processes").glob("[a-z]*.py")}
    assert there == set(NAMES.values()) - {process_names.COMMAND_LINE, process_names.WINDOW}


def test_that_no_module_spells_the_name_of_a_process() -> None:
    found = []
    for file in [*(ROOT / "core").rglob("*.py"), *(ROOT / "gui").rglob("*.py")]:
        if file.name == "process_names.py":
            continue
        found += [
            f"{file.relative_to(ROOT)}:{node.lineno}"
            for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
            if isinstance(node, ast.Constant) and node.value in NAMES.values()
        ]
    assert found == []


def test_that_the_packaged_program_bundles_every_process() -> None:
    script = ast.parse((ROOT / "build.spec").read_text(encoding="utf-8"))
    (function,) = [
        node
        for node in script.body
        if isinstance(node, ast.FunctionDef) and node.name == "own_modules"
    ]
    names: dict = {"ROOT": ROOT}
    exec(compile(ast.Module([function], []), "build.spec", "exec"), names)
    assert set(NAMES.values()) <= set(names["own_modules"]())
    assert "hiddenimports=[*own_modules()," in (ROOT / "build.spec").read_text(encoding="utf-8")
