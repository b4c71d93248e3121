"""Exports tried as their users would: by their own runner, in a process of its own."""

import contextlib
import json
import os
import re
import runpy
import subprocess
import sys
from pathlib import Path
from typing import Any

from core.run.folder import RunFolder
from core.system import process_names
from core.system.own_process import child_environment, module_command
from tests.helpers.faces import predict
from tests.helpers.trainers import ROOT, forks
from tests.helpers.warm import have_warm

# What programs in cards call their answers.
_TOLD = ("said", "number", "name", "probability", "scores")


def probabilities(run: RunFolder, pictures: list[Path]) -> dict[Path, dict[str, float]]:
    """What the trained model says."""
    return {found.path: dict(found.probabilities) for found in predict(run, pictures)}


def said_by_runner(folder: Path, *images: Path) -> list[str]:
    """The lines that the export's own `run.py` prints, in a process of its own.

    That process is forked from one that has imported torch already, which takes seconds.
    """
    output = folder.parent / "said.txt"
    process = forks().Process(target=_run, args=(folder / "run.py", images, output))
    process.start()
    process.join(120)
    said = output.read_text(encoding="utf-8")
    assert process.exitcode == 0, said
    return said.splitlines()


def _run(script: Path, images: tuple[Path, ...], output: Path) -> None:
    # From elsewhere, and without our packages: it has to stand alone.
    os.chdir(output.parent)
    sys.path = [place for place in sys.path if place and Path(place).resolve() != ROOT]
    with output.open("w", encoding="utf-8") as file, contextlib.redirect_stdout(file):
        sys.argv = [str(script), *map(str, images)]
        runpy.run_path(str(script), run_name="__main__")


def told_by_card(folder: Path, example: str) -> list[dict[str, Any]]:
    """What each program in the export's card leaves in its names, run for an example as it stands.

    Args:
        folder: Of the export.
        example: Takes the place of the one in the card.
    """
    card = (folder / "README.md").read_text(encoding="utf-8")
    output = folder.parent / "told.json"
    found = []
    for code in re.findall(r"```python\n(.*?)```", card, re.DOTALL):
        program = re.sub('"(photo.jpg|A text.)"', lambda _: repr(example), code)
        program = program.replace('"FOLDER"', repr(str(folder)))
        process = forks().Process(target=_run_program, args=(program, output))
        process.start()
        process.join(120)
        assert process.exitcode == 0, program
        found.append(json.loads(output.read_text(encoding="utf-8")))
    return found


def _run_program(program: str, output: Path) -> None:
    os.chdir(output.parent)
    sys.path = [place for place in sys.path if place and Path(place).resolve() != ROOT]
    names: dict[str, Any] = {}
    exec(program, names)
    told = {name: value for name, value in names.items() if name in _TOLD}
    output.write_text(json.dumps(told), encoding="utf-8")


def process_lines(*arguments: str) -> list[dict]:
    """What `python -m core.processes.export` prints while its standard input stays open."""
    have_warm()
    with subprocess.Popen(
        module_command(process_names.EXPORT, *arguments, "--json"),
        env=child_environment(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        return [json.loads(line) for line in process.stdout]
