"""`run.py`, which goes with every export, and through which the export is checked."""

import contextlib
import sys
from pathlib import Path
from typing import Any

import jinja2

from core.export.parity import Runner
from core.hub.catalog import starter_folder

RUNNER = "run.py"
_TEMPLATES = starter_folder().parent / "templates" / "export"


def render(template: str, **values: Any) -> str:
    """A template of `resources/templates/export`, filled in."""
    # Plain text, not HTML: escaping would only spoil it.
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_TEMPLATES),
        undefined=jinja2.StrictUndefined,
        autoescape=False,
        keep_trailing_newline=False,
    )
    return environment.get_template(template).render(**values) + "\n"


def write_runner(folder: Path, template: str, *, has_several: bool = False) -> None:
    """Write the `run.py` of a format.

    Args:
        folder: Of the export.
        template: Of the format.
        has_several: Whether a classifier may say several labels, or none.
    """
    text = render(template, has_several=has_several)
    (folder / RUNNER).write_text(text, encoding="utf-8")


def open_runner(folder: Path) -> Runner:
    """The `outputs` of the export's own `run.py`, which opens it by the format's own library.

    So what is checked is what a user will run, from the files in the folder on.
    """
    file = folder / RUNNER
    code = compile(file.read_text(encoding="utf-8"), str(file), "exec")
    names: dict[str, Any] = {"__file__": str(file), "__name__": "redistill_export"}
    # Libraries chat; standard output belongs to whoever asked for the export.
    with contextlib.redirect_stdout(sys.stderr):
        exec(code, names)  # our own template, written a moment ago
    outputs: Runner = names["outputs"]
    return outputs
