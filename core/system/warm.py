"""Where a process with torch loaded runs our modules, and what it and its clients agree on.

Importing torch and its libraries takes seconds of a processor. On Linux a server
(`core.processes.warm`) does it once; whoever starts one of our modules then starts
`core.system.warm_client`, which has the server fork a process for it. Everywhere else, and whenever
the server is not there, busy loading or of another version, the module is started as ever.
"""

import os
import stat
import sys
from collections.abc import Mapping

from core.system.process_names import COMMAND_LINE, FINETUNE_WORKER, TRACKER, TRAINER, WARM
from core.system.resources import ROOT

# Names the server's socket to everything that the starter of the server starts.
VARIABLE = "REDISTILL_WARM"
# Asks the server to load with the usual priority.
AT_ONCE = "--at-once"
# They train for hours, outlive windows and launchers, and start once: they are always started anew.
_NEVER = {TRAINER, FINETUNE_WORKER, TRACKER, WARM}
_ALSO = {COMMAND_LINE}
_PROCESSES = WARM.removesuffix("warm")
# What the names of our modules begin with, in the wheel, too.
OURS = _PROCESSES.removesuffix("processes.")
# Read when they are used, by us or by tests; all others may have been read by an import.
_READ_LATE = ("REDISTILL_", "PYTEST_")
_OF_SHELLS = {"PWD", "OLDPWD", "SHLVL", "_"}


def may_be_warm(module: str) -> bool:
    """Whether a server runs a module at all."""
    return module in _ALSO or (module.startswith(_PROCESSES) and module not in _NEVER)


def address_for(module: str) -> str | None:
    """The socket of a server that may run a module; None if there is none that is ours alone."""
    address = os.environ.get(VARIABLE)
    if sys.platform != "linux" or not address or not may_be_warm(module):
        return None
    try:
        folder, socket = os.stat(os.path.dirname(address)), os.stat(address)  # noqa: PTH116, PTH120
    except OSError:
        return None
    is_private = folder.st_uid == os.getuid() and not folder.st_mode & 0o077
    return address if is_private and stat.S_ISSOCK(socket.st_mode) else None


def who() -> list[str]:
    """Which program this process is; a server and its clients have to be the same."""
    return [sys.executable, sys.version, str(ROOT)]


def bound(environment: Mapping[str, str]) -> dict[str, str]:
    """The variables that may have been read while something was imported."""
    return {
        name: value
        for name, value in environment.items()
        if name not in _OF_SHELLS and not name.startswith(_READ_LATE)
    }
