"""Functions called in a process of their own, which has the device: torch keeps it for good."""

import multiprocessing
import sys
import traceback
from collections.abc import Callable
from multiprocessing.connection import Connection
from typing import Any

from tests.helpers.trainers import start_fork_server
from tests.later.kind import Later

_context = multiprocessing.get_context("forkserver" if sys.platform == "linux" else "spawn")


def on_later(function: Callable[..., Any], *arguments: object, later: Later | None = None) -> Any:
    """What a function of a module returns where the device is; what it raises fails the test."""
    start_fork_server()
    ours, theirs = _context.Pipe()
    call = (theirs, later or Later(), function, arguments)
    process = _context.Process(target=_call, args=call)
    process.start()
    theirs.close()
    try:
        problem, result = ours.recv()
    except EOFError:
        problem, result = "the process died", None
    process.join(60)
    assert not problem, problem
    return result


def _call(
    answer: Connection, later: Later, function: Callable[..., Any], arguments: tuple[Any, ...]
) -> None:
    try:
        later()
        answer.send(("", function(*arguments)))
    except BaseException:  # noqa: BLE001  (the test that waits wants to know all of them)
        answer.send((traceback.format_exc(), None))
