"""Versions of what a run folder holds, and the refusal of what a newer Redistill wrote there.

A number is raised when an older version would misread what this one writes. The names of stages
belong to the run's, the layout of parameter groups to the checkpoints'. Recipe, manifest and
results carry numbers of their own; those of recipe and manifest stand with what reads them. Runs
of every released version are kept and tried: `tests/fixtures/runs/`.
"""

import re
import time
from pathlib import Path
from typing import Any

from core.errors import RunError
from core.recipe.tasks import MULTI, REGRESSION, SINGLE
from core.run.files import RUN
from core.version import __version__

# Of the run. 2: a search before the fine-tunings.
RUN_FORMAT = 2
EVENTS_FORMAT = 1
CHECKPOINT_FORMAT = 1
# Of results.json, which carries it itself. 2: a difference may be there and not be judged. 3: the
# metrics are those of several labels. 4: they are those of numbers.
RESULTS_FORMAT = 4
# An older version reads on where it knows the task.
FORMATS_OF_TASKS = {SINGLE: 2, MULTI: 3, REGRESSION: RESULTS_FORMAT}

# By the keys of run.json: what the number is of, and up to which it is read.
_PARTS = {
    "format": ("it has", RUN_FORMAT),
    "events": ("its events have", EVENTS_FORMAT),
    "checkpoints": ("its checkpoints have", CHECKPOINT_FORMAT),
}


def identity(before: dict[str, Any] | None = None) -> dict[str, Any]:
    """What run.json says of a run that this version writes; `before` is what it said until now."""
    formats = {key: known for key, (_, known) in _PARTS.items()}
    created = (before or {}).get("created", time.time())
    return {**formats, "redistill": __version__, "created": created}


def refuse_newer(path: Path, found: dict[str, Any]) -> None:
    """Refuse a run that this version would misread.

    Args:
        path: Its folder.
        found: What its run.json says.

    Raises:
        RunError: `run-newer`, or `run-damaged` when it says no numbers.
    """
    for key, (has, known) in _PARTS.items():
        number = found.get(key) if key == "format" else found.get(key, 1)
        if not isinstance(number, int):
            reason = f"{key} is {number!r}, not a number"
            raise RunError("run-damaged", file=RUN, path=path, reason=reason)
        if number > known:
            raise newer(path, found, f"{has} format {number}, and this one reads up to {known}")


def newer(path: Path, found: dict[str, Any], reason: str) -> RunError:
    """The refusal of a run, with the version that wrote it."""
    version = found.get("redistill", "version unknown")
    return RunError("run-newer", path=path, version=version, own=__version__, reason=reason)


def is_newer(found: dict[str, Any]) -> bool:
    """Whether the version that run.json names is above this one."""
    return _numbers(str(found.get("redistill", ""))) > _numbers(__version__)


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", version)[:3])
