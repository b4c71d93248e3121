"""How our own modules are started as processes, also from the packaged program."""

import os
import subprocess
import sys
from pathlib import Path
from typing import IO, Any

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


# Those started here, kept until they ended: a process that nobody waits for stays a zombie.
_children: list[subprocess.Popen[bytes]] = []


def start_detached(command: list[str], errors: IO[bytes] | None = None) -> subprocess.Popen[bytes]:
    """Start a process that outlives whoever starts it, and is heard by nobody.

    Args:
        command: One of `module_command`.
        errors: Takes its standard error.

    Raises:
        OSError: It can't be started.
    """
    detached: dict[str, Any] = {"start_new_session": True}
    if sys.platform == "win32":
        flags = subprocess.CREATE_NEW_PROCESS_GROUP | subprocess.CREATE_NO_WINDOW
        detached = {"creationflags": flags}
    _children[:] = [child for child in _children if child.poll() is None]
    child = subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL if errors is None else errors,
        env=child_environment(),
        **detached,
    )
    _children.append(child)
    return child


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
