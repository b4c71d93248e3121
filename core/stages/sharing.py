"""Fine-tunings shared by several processes: each claims one, and nobody waits for a dead one.

A claim is a lock of the operating system, which frees it when its process ends, however it does.
Then another process takes the fine-tuning up from its last checkpoint.
"""

import contextlib
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import filelock

from core.run.files import CLAIM
from core.run.plan import StagePlan
from core.stages.results import is_done
from core.stages.setup import RunSetup

_POLL_S = 0.1


@contextlib.contextmanager
def claimed(folder: Path) -> Iterator[bool]:
    """Whether a stage is this process's own, for the length of the `with` block."""
    lock = filelock.FileLock(folder / CLAIM)
    try:
        lock.acquire(timeout=0)
    except filelock.Timeout:
        yield False
        return
    try:
        yield True
    finally:
        lock.release()


def share_stages(
    setup: RunSetup, stages: list[StagePlan], complete: Callable[[StagePlan], None]
) -> None:
    """Complete stages that nobody else works on, until all of them are done by someone.

    Raises:
        Interrupted: The run was asked to pause or stop.
        RunError: A stage can't go on.
    """
    while left := [stage for stage in stages if not is_done(setup, stage)]:
        did_something = False
        for stage in left:
            setup.context.raise_if_requested()
            with claimed(setup.run.stage(stage.name)) as is_ours:
                if is_ours and not is_done(setup, stage):
                    complete(stage)
                    did_something = True
        if not did_something:
            setup.context.raise_if_requested()
            time.sleep(_POLL_S)


def forget_claims(setup: RunSetup, stages: list[StagePlan]) -> None:
    """Remove the files of claims, once nobody claims any more."""
    for stage in stages:
        with contextlib.suppress(OSError):
            (setup.run.stage(stage.name) / CLAIM).unlink()
