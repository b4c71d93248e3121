"""`run.py`, which goes with every export, and through which the export is checked."""

import contextlib
import logging
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jinja2

from core.export.parity import Runner
from core.hub.catalog import starter_folder
from core.recipe.tasks import SINGLE, TASKS, Task

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


def write_runner(folder: Path, template: str, task: Task = TASKS[SINGLE]) -> None:
    """Write the `run.py` of a format.

    Args:
        folder: Of the export.
        template: Of the format.
        task: What a classifier is asked.
    """
    text = render(template, **_words_of(task))
    (folder / RUNNER).write_text(text, encoding="utf-8")


def _words_of(task: Task) -> dict[str, Any]:
    """How logits become an answer, and what that is."""
    if task.is_number:
        return {
            "has_several": False,
            "is_number": True,
            "activated": "",
            "answers": "(N, 1) predicted numbers, in the unit of the labels",
        }
    return {
        "has_several": task.is_multi,
        "is_number": False,
        "activated": ".sigmoid()" if task.is_multi else ".softmax(1)",
        "answers": "(N, classes) probabilities",
    }


@contextlib.contextmanager
def _without_advice() -> Iterator[None]:
    """Transformers advises to train parts that nothing reads, such as a pooler of its own."""
    logger = logging.getLogger("transformers")
    before = logger.level
    logger.setLevel(logging.ERROR)
    try:
        yield
    finally:
        logger.setLevel(before)


def open_runner(folder: Path) -> Runner:
    """The `outputs` of the export's own `run.py`, which opens it by the format's own library.

    So what is checked is what a user will run, from the files in the folder on.
    """
    file = folder / RUNNER
    code = compile(file.read_text(encoding="utf-8"), str(file), "exec")
    names: dict[str, Any] = {"__file__": str(file), "__name__": "redistill_export"}
    # Libraries chat; standard output belongs to whoever asked for the export.
    with contextlib.redirect_stdout(sys.stderr), _without_advice():
        exec(code, names)  # our own template, written a moment ago
    outputs: Runner = names["outputs"]
    return outputs
