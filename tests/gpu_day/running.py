"""Runs sections one after the other, each in a process that may fail, hang or crash."""

import contextlib
import json
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import psutil

from core.system.own_process import child_environment
from tests.gpu_day.child import failed
from tests.gpu_day.day import Day
from tests.gpu_day.plan import Part, limits
from tests.helpers.trainers import ROOT

# Less is not worth the start of a process.
_LEAST_S = 5.0
_SAID = 800

Command = Callable[[Part, Day, Path], list[str]]
Told = Callable[[Part, dict[str, Any]], None]


def section_command(part: Part, day: Day, answer: Path) -> list[str]:
    """The command line of a section's process."""
    return [sys.executable, "-m", "tests.gpu_day.child", part.name, day.to_json(), str(answer)]


def run_sections(
    parts: Sequence[Part],
    device: str,
    folder: Path,
    minutes: float,
    told: Told,
    command: Command = section_command,
) -> dict[str, dict[str, Any]]:
    """What each section found, by its name.

    Args:
        parts: Which ones, in order.
        device: As of `Day`.
        folder: For what they write.
        minutes: That all of them together may take.
        told: What was found, after each.
        command: How a section is started.
    """
    end = time.monotonic() + 60 * minutes
    found: dict[str, dict[str, Any]] = {}
    for part, limit in limits(tuple(parts), minutes):
        left = end - time.monotonic()
        if left <= min(_LEAST_S, limit / 2):
            found[part.name] = {**failed("no time was left"), "state": "not run", "seconds": 0.0}
        else:
            day = Day(device=device, folder=folder, seconds=min(limit, left))
            found[part.name] = _run(part, day, command)
        told(part, found[part.name])
    return found


def _run(part: Part, day: Day, command: Command) -> dict[str, Any]:
    began = time.monotonic()
    answer = day.folder / "answer.json"
    answer.unlink(missing_ok=True)
    output = day.folder / f"{part.name.replace(' ', '-')}.txt"
    with output.open("wb") as said:
        process = subprocess.Popen(
            command(part, day, answer),
            cwd=ROOT,
            env=child_environment(),
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=said,
        )
        why = _wait(process, day.seconds)
    values: dict[str, Any] = failed(f"{why}: {_end_of(output)}" if why else "it said nothing")
    with contextlib.suppress(OSError, ValueError):
        values = json.loads(answer.read_text(encoding="utf-8"))
    return {**values, "seconds": round(time.monotonic() - began, 1)}


def _wait(process: "subprocess.Popen[bytes]", seconds: float) -> str:
    """Why it did not end well; empty if it did. Nothing of it is left."""
    children = psutil.Process(process.pid)
    try:
        code = process.wait(seconds)
    except subprocess.TimeoutExpired:
        _kill(children)
        process.wait()
        return f"it took more than {seconds:.0f} s"
    return f"it ended with code {code}" if code else ""


def _kill(process: psutil.Process) -> None:
    """End a process and all that it has started."""
    with contextlib.suppress(psutil.Error):
        for each in [process, *process.children(recursive=True)]:
            with contextlib.suppress(psutil.Error):
                each.kill()


def _end_of(output: Path) -> str:
    text = output.read_text(encoding="utf-8", errors="replace").strip()
    return text[-_SAID:]
