"""How our own modules are started as processes, also from the packaged program."""

import os
import sys
from pathlib import Path

from core.system.resources import IMPORTED_FROM
from core.system.warm import address_for


def module_command(module: str, *arguments: str) -> list[str]:
    """The command line that runs one of our modules; at once, where there is a warm server."""
    if address_for(module) is not None:
        return plain_command("core.system.warm_client", module, *arguments)
    return plain_command(module, *arguments)


def plain_command(module: str, *arguments: str) -> list[str]:
    """The command line that runs one of our modules; the packaged program runs them itself."""
    return [_executable(), "-m", module, *arguments]


def _executable() -> str:
    """What runs our modules; packaged for Windows the twin with a console, which has streams."""
    own = Path(sys.executable)
    twin = own.with_name(f"redistill-cli{own.suffix}")
    return str(twin) if getattr(sys, "frozen", False) and twin.exists() else str(own)


def child_environment() -> dict[str, str]:
    """The environment of our processes, which find our packages wherever they are started."""
    root = str(IMPORTED_FROM)
    known = os.environ.get("PYTHONPATH", "")
    return {
        **os.environ,
        "PYTHONIOENCODING": "utf-8",
        "PYTHONUNBUFFERED": "1",
        "PYTHONPATH": os.pathsep.join(path for path in (root, known) if path),
    }
