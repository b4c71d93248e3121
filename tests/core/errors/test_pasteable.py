"""Commands that messages advise can be pasted into a shell."""

import re
import shlex
import subprocess
import sys

import pytest

from core.errors import CATALOGUE, RunError
from core.errors.pasteable import as_argument


@pytest.mark.skipif(sys.platform == "win32", reason="a POSIX shell")
@pytest.mark.parametrize("path", ["/runs/my photos", "/runs/Ann's $HOME", "/runs/plain"])
def test_that_an_advised_command_names_the_run(path: str) -> None:
    error = RunError("trainer-died", path=path, how="x", log="l")
    (command,) = re.findall(r"`([^`]*)`", error.action)
    assert shlex.split(command) == ["redistill", "resume", path]
    printed = subprocess.check_output(["sh", "-c", f"printf %s {as_argument(path)}"], text=True)
    assert printed == path


def test_that_every_command_of_the_catalogue_quotes_its_values() -> None:
    commands = [
        command
        for entry in CATALOGUE.values()
        for command in re.findall(r"`([a-z]+ [^`]*)`", entry.what + entry.action)
    ]
    assert any("{" in command for command in commands)
    for command in commands:
        assert all(name.endswith("!q") for name in re.findall(r"\{(.*?)\}", command)), command
