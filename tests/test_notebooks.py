"""The notebooks say what is so: their cells run, without Jupyter and without network."""

import json
import sys
from pathlib import Path

import pytest

import core.api
from core.system.resources import RESOURCES

NOTEBOOK = RESOURCES / "notebooks" / "from-python.ipynb"


def cells(kind: str) -> list[str]:
    read = json.loads(NOTEBOOK.read_text(encoding="utf-8"))
    assert read["nbformat"] == 4
    return ["".join(cell["source"]) for cell in read["cells"] if cell["cell_type"] == kind]


def test_that_a_notebook_is_kept_without_what_it_printed() -> None:
    read = json.loads(NOTEBOOK.read_text(encoding="utf-8"))
    code = [cell for cell in read["cells"] if cell["cell_type"] == "code"]
    assert all((cell["outputs"], cell["execution_count"]) == ([], None) for cell in code)


@pytest.mark.slow
def test_that_the_cells_of_the_notebook_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("REDISTILL_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    # As the wheel, or a checkout that was installed, has it (`tests/test_wheel.py`).
    monkeypatch.setitem(sys.modules, "redistill", core.api)
    names: dict = {"__name__": "__main__"}
    for number, source in enumerate(cells("code")):
        exec(compile(source, f"cell {number}", "exec"), names)
    assert names["stages"]
    assert names["run"].state == "finished"
    assert len(names["predictions"]) == len(names["vectors"]) == 8
    assert (tmp_path / "redistill-notebook" / "model-for-timm").is_dir()
    assert "run-not-found" in capsys.readouterr().out
