"""How the selftest calls parts of the program: as processes of their own, as everything does."""

import json
import subprocess
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from core.system import process_names
from core.system.own_process import child_environment, module_command

PATIENCE_S: Final = 600
_REFUSED: Final = 2


class Failed(Exception):  # noqa: N818  (what a part says, not an error of this program)
    """A part does not work; says how."""


@dataclass(frozen=True)
class Part:
    """One part: its name, and what tries it and returns a few words of what was seen."""

    name: str
    try_it: Callable[[], str]


def helper(module: str, *arguments: str) -> dict[str, Any]:
    """What one of our helper processes ends with."""
    with tempfile.TemporaryFile() as errors:
        process = subprocess.Popen(
            module_command(module, *arguments),
            env=child_environment(),
            stdin=subprocess.PIPE,  # open until it has ended: its end would mean "stop"
            stdout=subprocess.PIPE,
            stderr=errors,
            encoding="utf-8",
            errors="replace",
        )
        assert process.stdout is not None
        with process:
            lines = process.stdout.read().splitlines()
        errors.seek(0)
        said = errors.read().decode("utf-8", "replace")[-1500:]
    last: dict[str, Any] = json.loads(lines[-1]) if lines else {}
    if last.get("kind") != "done":
        raise Failed(f"{last.get('what', '')} {last.get('action', '')} {said}".strip())
    return last


def command(*arguments: str) -> str:
    """What a command of the command line prints."""
    done = _run(*arguments)
    if done.returncode:
        raise Failed(f"exit code {done.returncode}: {(done.stderr or done.stdout)[-1500:]}")
    return done.stdout


def refusal(*arguments: str) -> str:
    """What a command says that can't be carried out here."""
    done = _run(*arguments)
    if done.returncode != _REFUSED:
        raise Failed(f"exit code {done.returncode} of what can't be: {done.stderr[-1500:]}")
    return done.stderr


def _run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        module_command(process_names.COMMAND_LINE, *arguments),
        env=child_environment(),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        errors="replace",
        timeout=PATIENCE_S,
        check=False,
    )
