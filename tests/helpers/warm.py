"""One warm server for all tests of a session, started by the first that needs it."""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock

from core.system.warm import VARIABLE, address_for, bound
from core.system.warm_server import WarmServer
from tests.helpers.environment import HOME

_PATIENCE_S = 120
# What all processes of the tests have; see `remember_environment`.
_usual: dict[str, str] = {}


def remember_environment() -> None:
    """What is in the environment now is what a server serves: no test has changed it yet.

    Begun by a test that has set something of its own, it would serve that test alone, and every
    other process of the session would load torch anew.
    """
    _usual.update(os.environ)


def back_to_usual() -> set[str]:
    """Undo what was done to the part of the environment that a server looks at.

    Returns:
        The names of what had been added or changed.
    """
    usual, now = bound(_usual), bound(os.environ)
    for name in now.keys() - usual.keys():
        del os.environ[name]
    os.environ.update(usual)
    return {name for name, _ in now.items() ^ usual.items()}


def have_warm() -> None:
    """Have processes of this one start from the session's server; waits until it is ready.

    The process that starts it ends it; the next that needs one then starts another.
    """
    if _is_there():
        return
    home = Path(os.environ[HOME])
    known = home / "warm"
    with FileLock(home / "warm.lock"):
        if known.exists():
            address = known.read_text(encoding="utf-8")
            if not address:
                return  # here is none
            os.environ[VARIABLE] = address
            if _is_there():
                return
        before = dict(os.environ)
        os.environ.clear()
        os.environ.update(_usual or before)
        try:
            address = _started()
        finally:
            os.environ.clear()
            os.environ.update(before)
        known.write_text(address, encoding="utf-8")
        if address:
            os.environ[VARIABLE] = address


def _is_there() -> bool:
    return address_for("core.processes.predict") is not None


@contextmanager
def own_warm(environment: dict[str, str], *loads: str) -> Iterator[None]:
    """A server for processes in another environment: libraries read it when they are loaded.

    Args:
        environment: What they shall have read.
        loads: Modules that it loads; all if there are none.
    """
    before = dict(os.environ)
    os.environ.pop(VARIABLE, None)
    os.environ.update(environment)
    try:
        _started(*loads)
        yield
    finally:
        _servers.pop().stop()
        os.environ.clear()
        os.environ.update(before)


def _started(*loads: str) -> str:
    server = WarmServer(*loads, at_once=True)
    server.start()
    _servers.append(server)
    end = time.monotonic() + _PATIENCE_S
    while not server.is_ready() and not server.has_ended() and time.monotonic() < end:
        time.sleep(0.02)
    return os.environ[VARIABLE] if server.is_ready() else ""


def end_servers() -> None:
    """End what this process has started; another that needs a server starts its own."""
    while _servers:
        _servers.pop().stop()


# Held: their input is open as long as this process lives.
_servers: list[WarmServer] = []
