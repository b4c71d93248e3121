"""Several processes that train together, started by hand, and what befalls one of them."""

import importlib
import os
import signal
import socket
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.run.folder import RunFolder
from tests.helpers.trainers import Trainer


def free_port() -> str:
    """A port that nobody listens to."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        return str(free.getsockname()[1])


def environment_of(rank: int, world: int, port: str) -> dict[str, str]:
    """What torch's launcher would set for a process."""
    return {
        "RANK": str(rank),
        "LOCAL_RANK": str(rank),
        "WORLD_SIZE": str(world),
        "LOCAL_WORLD_SIZE": str(world),
        "MASTER_ADDR": "127.0.0.1",
        "MASTER_PORT": port,
    }


@dataclass(frozen=True)
class Fault:
    """Befalls a trainer when it calls a function for the n-th time.

    Attributes:
        place: The function: `core.stages.pipeline:_complete` or `…:Class.method`.
        what: `kill`; `freeze`, as a machine does that swaps; `pause`, which it is asked to; `fail`;
            `tear`, when memory runs out.
        mark: A file that is made at that moment.
        call: Which call, from 1.
    """

    place: str
    what: str
    mark: Path
    call: int = 1

    def __call__(self) -> None:
        """Lie in wait."""
        module, _, name = self.place.partition(":")
        owner: Any = importlib.import_module(module)
        *classes, last = name.split(".")
        for part in classes:
            owner = getattr(owner, part)
        function = getattr(owner, last)
        calls = 0

        def struck(*inputs: Any, **named: Any) -> Any:
            nonlocal calls
            calls += 1
            if calls == self.call:
                self._strike()
            return function(*inputs, **named)

        setattr(owner, last, struck)

    def _strike(self) -> None:
        self.mark.touch()
        if self.what == "fail":
            raise ValueError("a disk went up in smoke")
        if self.what == "tear":
            raise MemoryError
        number = {"kill": signal.SIGKILL, "freeze": signal.SIGSTOP, "pause": signal.SIGTERM}
        os.kill(os.getpid(), number[self.what])


class Blind:
    """A trainer that sees no checkpoint, as on a file system that is not shared."""

    def __call__(self) -> None:
        """Let none be found."""
        from core.training import stored

        stored.load_newest_checkpoint = lambda *inputs: None  # type: ignore[assignment]


def start_together(
    run: RunFolder, cache: Path, faults: Mapping[int, Callable[[], None]], world: int = 2
) -> list[Trainer]:
    """Trainers of one run, some of them with a fault before them."""
    port = free_port()
    return [
        Trainer(run, cache, faults.get(rank), environment_of(rank, world, port))
        for rank in range(world)
    ]


def seconds_to_end(trainers: list[Trainer], mark: Path, limit_s: float = 90) -> float:
    """How long after a fault the last of the trainers ended that still could."""
    began = time.monotonic()
    while not mark.exists():
        assert time.monotonic() - began < limit_s, "the fault never struck"
        assert any(trainer.is_alive() for trainer in trainers), trainers[0].said()[-3000:]
        time.sleep(0.02)
    struck = time.monotonic()
    while any(trainer.is_alive() and not is_frozen(trainer.pid) for trainer in trainers):
        if time.monotonic() - struck > limit_s:
            for trainer in trainers:
                trainer.kill()
            raise AssertionError(f"others waited for {limit_s} s: {trainers[0].said()[-3000:]}")
        time.sleep(0.02)
    took = time.monotonic() - struck
    for trainer in trainers:
        if trainer.is_alive():
            trainer.kill()
    return took


def is_frozen(pid: int) -> bool:
    """Whether a process is stopped (SIGSTOP)."""
    import psutil

    try:
        return psutil.Process(pid).status() == psutil.STATUS_STOPPED
    except psutil.NoSuchProcess:
        return False
