"""The command that opens the window; a process of its own, because `core` knows no Qt."""

import subprocess
import sys
from pathlib import Path
from typing import Annotated

import typer

from core.system.own_process import child_environment, module_command
from core.system.process_names import WINDOW


def register(app: typer.Typer) -> None:
    """Add this command to the command line."""
    app.command("window")(window)


def window(
    run: Annotated[Path | None, typer.Argument(metavar="RUN", help="A run folder to open.")] = None,
) -> None:
    """Open the window."""
    arguments = [str(run.absolute())] if run is not None else []
    command = module_command(WINDOW, *arguments)
    sys.exit(subprocess.call(command, env=child_environment()))
