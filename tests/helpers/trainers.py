"""Real trainer processes that start fast.

A trainer spends seconds on importing torch. Here a fork server imports it once, and every
trainer is a fork of it: a real process with real signals and files, without the wait. Where
there is no fork server (Windows, macOS), each one imports for itself.
"""

import json
import multiprocessing
import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.run.event_log import read_events
from core.run.events import Event, RunEnded, StepDone
from core.run.folder import RunFolder

ROOT = Path(__file__).resolve().parents[2]
_context = multiprocessing.get_context("forkserver" if sys.platform == "linux" else "spawn")
_CALM = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "HF_HUB_OFFLINE": "1"}


@contextmanager
def changed_environment(changes: dict[str, str]) -> Iterator[None]:
    """Environment variables for a process that starts meanwhile."""
    before = dict(os.environ)
    os.environ.update(changes)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def start_fork_server() -> None:
    """Import what trainers need, once for the whole session of tests."""
    if sys.platform != "linux":
        return
    from multiprocessing import forkserver

    _context.set_forkserver_preload(["tests.helpers.trainers", "tests.helpers.preloaded"])
    with changed_environment({**_CALM, "PYTHONPATH": str(ROOT)}):
        forkserver.ensure_running()


def forks() -> Any:
    """What starts processes that have that imported already."""
    start_fork_server()
    return _context


@dataclass(frozen=True)
class At:
    """Lets a trainer die, or hold still, right after it has logged an event.

    Holding, its training thread waits for the file `go` in the run folder; its main thread goes
    on listening. So a test can do something at a moment that it knows.

    Attributes:
        run: The run folder.
        kind: Kind of the event.
        stage: Stage of the event.
        step: Step of the event.
        dies: Die (by SIGKILL), instead of holding.
    """

    run: Path
    kind: str
    stage: str
    step: int
    dies: bool = False

    def __call__(self) -> None:
        """Watch this process's log from now on."""
        from core.run.event_log import EventLog

        append = EventLog.append

        def watched(log: EventLog, event: Event) -> None:
            append(log, event)
            if (event.kind, getattr(event, "stage", ""), getattr(event, "step", 0)) == (
                self.kind,
                self.stage,
                self.step,
            ):
                self._act()

        EventLog.append = watched  # type: ignore[method-assign]

    def _act(self) -> None:
        if self.dies:
            os.kill(os.getpid(), signal.SIGKILL)
        (self.run / "held").touch()
        while not (self.run / "go").exists():
            time.sleep(0.005)
        for name in ("held", "go"):
            (self.run / name).unlink()


class Trainer:
    """`python -m core.processes.trainer RUN`, started fast.

    Args:
        run: What to work on.
        cache: Folder for the cache of scans.
        prelude: Called in the process before the trainer's `main`.
        environment: More environment variables.
        anew: Start it without the fork server: CUDA can't be used in a fork of a process that has
            asked for it, and what a server imports may.
    """

    def __init__(
        self,
        run: RunFolder,
        cache: Path,
        prelude: Callable[[], None] | None = None,
        environment: dict[str, str] | None = None,
        *,
        anew: bool = False,
    ) -> None:
        self.run = run
        self.output = run.path / "test-output.txt"
        environment = {**_CALM, "REDISTILL_CACHE": str(cache), **(environment or {})}
        arguments = (str(run.path), str(self.output), environment, prelude)
        context = multiprocessing.get_context("spawn") if anew else forks()
        self.process = context.Process(target=_trainer, args=arguments)
        self.process.start()

    @property
    def pid(self) -> int:
        """Its process."""
        assert self.process.pid is not None
        return self.process.pid

    def wait(self, timeout_s: float = 120) -> int:
        """Its exit code; negative for a signal."""
        self.process.join(timeout_s)
        code = self.process.exitcode
        if code is None:
            self.kill()
            raise AssertionError(f"the trainer went on for {timeout_s} s: {self.said()}")
        self.process.close()
        return code

    def kill(self) -> None:
        """`kill -9`, and wait until it is gone."""
        self.signal(signal.SIGKILL)
        self.process.join(30)

    def signal(self, number: int) -> None:
        """Send a signal, if it is still there."""
        if self.process.is_alive():
            os.kill(self.pid, number)

    def is_alive(self) -> bool:
        """Whether it still runs."""
        return self.process.is_alive()

    def said(self) -> str:
        """Everything on its standard output and error."""
        return self.output.read_text(encoding="utf-8", errors="replace")

    def wait_until_held(self, timeout_s: float = 60) -> None:
        """Wait for the moment that an `At` holds."""
        self._until((self.run.path / "held").exists, timeout_s)

    def let_go(self) -> None:
        """End the hold."""
        (self.run.path / "go").touch()

    def _until(self, happened: Callable[[], bool], timeout_s: float) -> None:
        end = time.monotonic() + timeout_s
        while not happened():
            if not self.is_alive():
                raise AssertionError(f"the trainer ended before: {self.said()[-2000:]}")
            if time.monotonic() > end:
                self.kill()
                raise AssertionError("it never happened")
            time.sleep(0.005)

    def wait_for(self, wanted: Callable[[Event], bool], timeout_s: float = 60) -> Event:
        """The first event that is wanted, as soon as it is in the log."""
        found: list[Event] = []

        def happened() -> bool:
            found.extend(filter(wanted, read_events(self.run.events_file)))
            return bool(found)

        self._until(happened, timeout_s)
        return found[0]


def _trainer(
    run: str, output: str, environment: dict[str, str], prelude: Callable[[], None] | None
) -> None:
    from core.processes.trainer import main

    os.environ.update(environment)
    with Path(output).open("ab") as file:
        for descriptor in (1, 2):
            os.dup2(file.fileno(), descriptor)
    sys.stdout = os.fdopen(1, "w", encoding="utf-8", closefd=False)
    sys.stderr = os.fdopen(2, "w", encoding="utf-8", closefd=False)
    if prelude is not None:
        prelude()
    code = main([run])
    sys.stdout.flush()
    sys.exit(code)


def finished(run: RunFolder, cache: Path, prelude: Callable[[], None] | None = None) -> RunFolder:
    """Train a run to its end."""
    trainer = Trainer(run, cache, prelude)
    code = trainer.wait()
    assert code == 0, trainer.said()[-3000:]
    return run


def events_of(run: RunFolder, kind: type[Event] | None = None) -> list[Any]:
    """All events in the log, or all of one kind."""
    return [
        event for event in read_events(run.events_file) if kind is None or isinstance(event, kind)
    ]


def outcome(run: RunFolder) -> RunEnded:
    """How the last trainer ended."""
    last = events_of(run)[-1]
    assert isinstance(last, RunEnded), last
    return last


def losses_of(run: RunFolder) -> dict[str, dict[int, dict[str, float]]]:
    """Per stage and step the losses; of a step done again, the last."""
    losses: dict[str, dict[int, dict[str, float]]] = {}
    for event in events_of(run, StepDone):
        losses.setdefault(event.stage, {})[event.step] = event.losses
    return losses


def weights_of(run: RunFolder) -> dict[str, bytes]:
    """Everything that a run learned, byte for byte."""
    files = [*run.path.glob("stages/*/*.safetensors"), *run.path.glob("exports/*/*.safetensors")]
    return {file.relative_to(run.path).as_posix(): file.read_bytes() for file in sorted(files)}


def summary_of(run: RunFolder, stage: str) -> dict[str, Any]:
    """The summary of a stage that is done."""
    text = (run.stage(stage) / "summary.json").read_text(encoding="utf-8")
    summary: dict[str, Any] = json.loads(text)
    return summary
