"""Loads torch and what builds on it once, and forks a process for each module that is asked for.

    python -m core.processes.warm [--at-once] SOCKET [MODULE …]

Linux only (`core.system.warm`). The socket appears when everything is loaded. It listens until its
standard input ends, because whoever started it is gone; processes forked before go on to their end.
Loading has the lowest priority of all unless it is waited for (`--at-once`), what is forked has the
usual one.
"""

import atexit
import contextlib
import ctypes
import gc
import json
import os
import runpy
import select
import signal
import sys
import threading
import traceback
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import NoReturn

from core.system.own_process import plain_command
from core.system.process_names import MEASURE
from core.system.waiting import SPINS, let_threads_spin
from core.system.warm import AT_ONCE, bound, may_be_warm, who
from core.system.warm_loop import Request, Server

# Nothing that starts threads which a fork would lose: no onnxruntime.
LOADED = (
    "core.images.model.sources",
    "core.stages.pipeline",
    "core.stages.prepare",
    "core.training.device",
    "core.training.waiting",
    "core.images.modality",
    "core.images.predict",
    "core.text.modality",
    "core.text.model.check",
    "core.text.predict",
    "core.export.export",
    "core.images.export.writers",
    "core.text.export.writers",
    "core.report.report",
    "core.doctor.compute",
)
# It measures what training costs, and lets its threads wait for each other as the trainer's do.
_DEATH_SIGNAL = 1  # PR_SET_PDEATHSIG


def load(names: Sequence[str], *, at_once: bool = False) -> bool:
    """Import modules; False if nobody needs them any more.

    Args:
        names: The modules.
        at_once: As fast as can be, instead of slowly where others need the processor.
    """
    done: list[str] = []

    def work() -> None:
        # Of this thread alone: no process may raise its priority again, nor what it forks.
        if not at_once:
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), 19)
        for name in names:
            if select.select([0], [], [], 0)[0]:
                return
            import_module(name)
            done.append(name)

    thread = threading.Thread(target=work, name="load")
    thread.start()
    thread.join()
    # What is here for good need not be looked at, nor copied, by every process that is forked.
    gc.collect()
    gc.freeze()
    return len(done) == len(names)


class Gate:
    """Decides whether a request is one that a fork of this process serves as a new one would."""

    def __init__(self, environment: dict[str, str]) -> None:
        self._bound = bound(environment)
        self._files = self._times()

    def lets(self, data: bytes) -> Request | None:
        """The request, if it is for one of our modules, this program and this environment."""
        try:
            asked = json.loads(data)
            request = Request(
                module=asked["module"],
                arguments=tuple(asked["arguments"]),
                folder=asked["folder"],
                environment=asked["environment"],
                umask=asked["umask"],
            )
        except (ValueError, KeyError, TypeError):
            return None
        is_same = asked["who"] == who() and bound(request.environment) == self._bound
        is_same = is_same and self._times() == self._files
        return request if is_same and may_be_warm(request.module) else None

    def _times(self) -> dict[str, int]:
        """When our files were written: what was edited or updated since must not run as it was."""
        own = [
            file
            for name, module in list(sys.modules.items())
            if name.startswith("core.") and (file := getattr(module, "__file__", None))
        ]
        times = {}
        for file in (*own, sys.executable):
            try:
                times[file] = os.stat(file).st_mtime_ns  # noqa: PTH116
            except OSError:
                times[file] = 0  # packed into the program
        return times


def become(request: Request, server: int, *, we_let_spin: bool) -> None:
    """Make this fork what a new process for the request would be, but for what is loaded."""
    ctypes.CDLL(None).prctl(_DEATH_SIGNAL, signal.SIGKILL)
    if os.getppid() != server:
        os._exit(1)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    os.umask(request.umask)
    os.chdir(request.folder)
    os.environ.clear()
    os.environ.update(request.environment)
    for stream, handed in enumerate(request.streams):
        os.dup2(handed, stream)
        os.close(handed)
    _renew_streams()
    sys.argv = [request.module, *request.arguments]
    _renew_libraries(request, we_let_spin=we_let_spin)


def _renew_streams() -> None:
    names = ("stdin", "stdout", "stderr")
    for descriptor, (name, old) in enumerate(
        zip(names, (sys.stdin, sys.stdout, sys.stderr), strict=True)
    ):
        new = os.fdopen(
            descriptor,
            "r" if descriptor == 0 else "w",
            encoding=old.encoding,
            errors=old.errors,
            closefd=False,
        )
        if descriptor:
            new.reconfigure(
                line_buffering=descriptor == 2 or new.isatty(),
                write_through="PYTHONUNBUFFERED" in os.environ,
            )
        setattr(sys, name, new)
        setattr(sys, f"__{name}__", new)


def _renew_libraries(request: Request, *, we_let_spin: bool) -> None:
    if "torch" not in sys.modules:
        return
    import numpy as np
    import torch

    if torch.cuda._is_in_bad_fork():  # noqa: SLF001  (there is no other way to ask)
        # Something has asked the driver for GPUs while it was loaded: no fork can use them.
        command = plain_command(request.module, *request.arguments)
        os.execv(command[0], command)
    np.random.seed()  # noqa: NPY002  (each process has its own, as new ones have)
    if we_let_spin and request.module != MEASURE and torch.get_num_threads() > 1:
        from core.training.waiting import IdleTeam

        # As `OMP_WAIT_POLICY=PASSIVE` has it in a new process: beside idle threads none spins.
        _kept.append(IdleTeam())


_kept: list[object] = []


def run_to_the_end(module: str) -> NoReturn:
    """Run a module as a program and end as Python would, but without taking everything apart.

    That takes a second when so much is loaded, and libraries complain of what is kept for good.
    """
    # It may be here under its name already, imported by another.
    sys.modules.pop(module, None)
    code = 0
    try:
        runpy.run_module(module, run_name="__main__", alter_sys=True)
    except SystemExit as asked:
        code = _exit_code(asked)
    except KeyboardInterrupt:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        os.kill(os.getpid(), signal.SIGINT)
    except BaseException:  # noqa: BLE001  (told as Python tells it)
        traceback.print_exc()
        code = 1
    threading._shutdown()  # type: ignore[attr-defined]  # noqa: SLF001
    atexit._run_exitfuncs()  # noqa: SLF001
    for stream in (sys.stdout, sys.stderr):
        # Closed or broken: nobody reads what is left.
        with contextlib.suppress(OSError, ValueError, AttributeError):
            stream.flush()
    os._exit(code)


def _exit_code(asked: SystemExit) -> int:
    if asked.code is None or isinstance(asked.code, int):
        return (asked.code or 0) & 0xFF
    sys.stderr.write(f"{asked.code}\n")
    return 1


def main(arguments: list[str]) -> int:
    """Load, listen, fork; in each fork, run what was asked for. Returns the exit code."""
    at_once = arguments[0] == AT_ONCE
    address, *names = arguments[at_once:]
    for number in (signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    started_in = dict(os.environ)
    let_threads_spin()
    we_let_spin = "GOMP_SPINCOUNT" not in started_in and os.environ.get("GOMP_SPINCOUNT") == SPINS
    if not load(names or LOADED, at_once=at_once):
        return 1
    own = os.getpid()
    request = Server(Path(address), Gate(started_in).lets).serve()
    if request is None:
        os._exit(0)  # to take everything apart would keep a window from closing
    become(request, own, we_let_spin=we_let_spin)
    run_to_the_end(request.module)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
