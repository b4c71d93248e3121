"""Keeping the computer from going to sleep while it works."""

import contextlib
import ctypes
import logging
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator

# SetThreadExecutionState, winbase.h.
_ES_CONTINUOUS = 0x80000000
_ES_SYSTEM_REQUIRED = 0x00000001
_PATIENCE_S = 5.0
_log = logging.getLogger("redistill.awake")


@contextlib.contextmanager
def awake(why: str) -> Iterator[None]:
    """Keep the computer awake during the block, where the system lets us.

    The screen may still go dark. However the process ends, the computer may sleep again: no
    trace of this is left. On Windows it holds for the thread that enters the block.

    Args:
        why: Shown to the user by the system, as in "Training my-run".
    """
    if sys.platform == "win32":
        with _windows():
            yield
        return
    child = _start(_command(why))
    try:
        yield
    finally:
        if child is not None:
            _end(child)


def _command(why: str) -> list[str]:
    if sys.platform == "darwin":
        return ["caffeinate", "-i", "-w", str(os.getpid())]
    # `cat` ends when our end of its standard input closes, which even `kill -9` does for us.
    options = ("--what=sleep:idle", "--mode=block", "--who=Redistill", f"--why={why}")
    return ["systemd-inhibit", *options, "cat"]


def _start(command: list[str]) -> "subprocess.Popen[bytes] | None":
    if shutil.which(command[0]) is None:
        _log.info("no %s here: the computer may go to sleep", command[0])
        return None
    try:
        return subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            # Ctrl-C in a terminal asks the trainer to finish its step, awake.
            start_new_session=True,
        )
    except OSError:
        _log.info("%s can't be started: the computer may go to sleep", command[0], exc_info=True)
        return None


def _end(child: "subprocess.Popen[bytes]") -> None:
    refused = child.poll()
    if refused is not None:
        _log.info("the computer was not kept awake: exit code %d", refused)
    assert child.stdin is not None
    child.stdin.close()
    if sys.platform == "darwin":
        child.terminate()  # caffeinate does not read its input
    try:
        child.wait(_PATIENCE_S)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()


@contextlib.contextmanager
def _windows() -> Iterator[None]:
    _set_execution_state(_ES_CONTINUOUS | _ES_SYSTEM_REQUIRED)
    try:
        yield
    finally:
        _set_execution_state(_ES_CONTINUOUS)


def _set_execution_state(flags: int) -> None:
    try:
        kernel = ctypes.WinDLL("kernel32")  # type: ignore[attr-defined,unused-ignore]
        before = kernel.SetThreadExecutionState(ctypes.c_uint(flags))
    except (OSError, AttributeError):
        before = 0
    if not before:
        _log.info("Windows refused: the computer may go to sleep")
