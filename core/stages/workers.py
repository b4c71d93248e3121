"""The other devices' processes, as the trainer that started them sees them."""

import os
import subprocess
import threading
from typing import IO

from core.language import _
from core.run.event_json import from_json
from core.run.events import Noticed, Outcome, RunEnded
from core.run.files import output_of_worker
from core.stages.setup import RunSetup
from core.system import process_names
from core.system.own_process import child_environment, module_command
from core.training.context import Interrupted


class Workers:
    """A process for each device but the first; use it in a `with` statement.

    Each shares the run's fine-tunings (`core.processes.finetune_worker`). Their events become
    ours. They end when everything is done, when they are asked to, and when this process ends,
    however it does: their standard input ends with it.
    """

    def __init__(self, setup: RunSetup) -> None:
        self._setup = setup
        self._processes: list[subprocess.Popen[str]] = []
        self._threads: list[threading.Thread] = []

    def __enter__(self) -> "Workers":
        for index, device in enumerate(self._setup.recipe.runtime.devices[1:], 1):
            self._start(index, device)
        return self

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        """Ask them to end, as we were asked ourselves, and wait until they have."""
        stops = isinstance(error, Interrupted) and error.outcome is Outcome.STOPPED
        for process in self._processes:
            send(process.stdin, "stop\n" if stops else "pause\n")
        for process, thread in zip(self._processes, self._threads, strict=True):
            process.wait()
            thread.join()

    def _start(self, index: int, device: str) -> None:
        run = self._setup.run.path
        environment = child_environment()
        # Ours, of the first device.
        environment.pop("ACCELERATE_TORCH_DEVICE", None)
        command = module_command(process_names.FINETUNE_WORKER, os.fspath(run), str(index), device)
        with (run / output_of_worker(index)).open("wb") as errors:
            process = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                env=environment,
                encoding="utf-8",
                errors="replace",
            )
        thread = threading.Thread(target=self._follow, args=(process, device), daemon=True)
        thread.start()
        self._processes.append(process)
        self._threads.append(thread)

    def _follow(self, process: "subprocess.Popen[str]", device: str) -> None:
        assert process.stdout is not None
        ended: RunEnded | None = None
        for line in process.stdout:
            event = from_json(line)
            if isinstance(event, RunEnded):
                ended = event
            elif event is not None:
                self._setup.context.report(event)
        if ended is not None and ended.outcome is not Outcome.FAILED:
            return
        why = (
            ended.text
            if ended is not None
            else _("it ended with code {code}").format(code=process.wait())
        )
        text = _("The process of device {device} ended early; others do its work. {why}").format(
            device=device, why=why
        )
        self._setup.context.report(Noticed(id="device-lost", text=text))


def send(pipe: IO[str] | None, text: str) -> None:
    """Write the last words to a process, which may have ended already, and close its input."""
    assert pipe is not None
    try:
        with pipe:
            pipe.write(text)
    except OSError:
        # It has ended already.
        return
