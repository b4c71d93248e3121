"""Starts trainer processes and follows their events.

A window follows the same events through `QProcess`; the command is the same.
"""

import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from core.errors import RunError
from core.run.event_json import from_json
from core.run.events import Event, Outcome, RunEnded
from core.run.files import CONTROL, TRAINER_OUTPUT
from core.run.folder import RunFolder, RunState
from core.system import process_names
from core.system.atomic import write_json
from core.system.own_process import child_environment, module_command


def trainer_command(run: Path, num_processes: int = 1) -> list[str]:
    """The command line of a trainer on `run`.

    Several processes go through torch's elastic launcher, which is what accelerate's own
    launcher runs underneath for GPUs (for CPUs that one insists on MPI). On several nodes the
    same module is run under `torchrun` directly.
    """
    if num_processes == 1:
        return module_command(process_names.TRAINER, str(run))
    launcher = [
        "--standalone",
        "--nproc-per-node",
        str(num_processes),
        "-m",
        process_names.TRAINER,
    ]
    return module_command("torch.distributed.run", *launcher, str(run))


class TrainerProcess:
    """A trainer started from here. It outlives this object and this process."""

    def __init__(self, run: RunFolder, num_processes: int = 1) -> None:
        self._run = run
        with (run.path / TRAINER_OUTPUT).open("wb") as errors:
            self.process = subprocess.Popen(
                trainer_command(run.path, num_processes),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=errors,
                env=child_environment(),
                encoding="utf-8",
                errors="replace",
            )

    def events(self) -> Iterator[Event]:
        """Events as they come; always ends with a `RunEnded`, also when the trainer died."""
        assert self.process.stdout is not None
        last: Event | None = None
        for line in self.process.stdout:
            event = from_json(line)
            if event is not None:
                last = event
                yield event
        code = self.process.wait()
        if not isinstance(last, RunEnded):
            yield self._died(code)

    def _died(self, code: int) -> RunEnded:
        how = f"exit code {code}"
        if code < 0:
            how = f"signal {signal.Signals(-code).name}"
        error = RunError(
            "trainer-died",
            how=how,
            path=self._run.path,
            log=self._run.path / TRAINER_OUTPUT,
        )
        return RunEnded(outcome=Outcome.FAILED, text=str(error), error_id=error.id)


# Trainers started here, kept until they ended: a process that nobody waits for stays a zombie.
_children: list[subprocess.Popen[bytes]] = []


def start_in_background(run: RunFolder, num_processes: int = 1) -> subprocess.Popen[bytes]:
    """Start a trainer that outlives whoever starts it; its events are read from the run folder.

    Raises:
        RunError: The run folder can't be written.
    """
    detached: dict[str, Any] = {"start_new_session": True}
    if sys.platform == "win32":
        flags = subprocess.CREATE_NEW_PROCESS_GROUP | subprocess.CREATE_NO_WINDOW
        detached = {"creationflags": flags}
    _children[:] = [child for child in _children if child.poll() is None]
    try:
        with (run.path / TRAINER_OUTPUT).open("wb") as errors:
            child = subprocess.Popen(
                trainer_command(run.path, num_processes),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=errors,
                env=child_environment(),
                **detached,
            )
    except OSError as error:
        raise RunError("run-not-writable", path=run.path, reason=error.strerror) from error
    _children.append(child)
    return child


def send_command(run: RunFolder, command: str) -> None:
    """Ask the trainer of a run, wherever it was started, to `pause` or `stop`.

    Raises:
        RunError: No trainer is working on the run.
    """
    status = run.status()
    if status.state is not RunState.RUNNING:
        raise RunError("run-not-running", path=run.path, state=status.state, verb=command)
    write_json(run.path / CONTROL, {"command": command})
