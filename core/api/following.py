"""Trains a run in a process of its own and follows it to its end."""

from collections.abc import Callable

from core.errors import RunError
from core.run.events import Event, Outcome, RunEnded
from core.run.folder import RunFolder
from core.run.launch import TrainerProcess, send_command

OnEvent = Callable[[Event], None]


def train(run: RunFolder, on_event: OnEvent | None, processes: int) -> None:
    """Train until the run ends; whatever interrupts the wait pauses the run first.

    Args:
        run: Its folder.
        on_event: Told each event as it comes.
        processes: How many train together.

    Raises:
        RunError: `run-failed`: the trainer could not go on.
    """
    trainer = TrainerProcess(run, processes)
    ended: RunEnded | None = None
    try:
        for event in trainer.events():
            if isinstance(event, RunEnded):
                ended = event
            if on_event is not None:
                on_event(event)
    except BaseException:
        # Ctrl-C, or a mistake in `on_event`: a trainer that nobody listens to would train on.
        _pause(trainer, run)
        raise
    finally:
        assert trainer.process.stdout is not None
        trainer.process.stdout.close()
    assert ended is not None
    if ended.outcome is Outcome.FAILED:
        raise RunError("run-failed", path=run.path, reason=ended.text, cause=ended.error_id)


def _pause(trainer: TrainerProcess, run: RunFolder) -> None:
    """Have the trainer save and end, and wait for that."""
    try:
        send_command(run, "pause")
    except RunError:
        # It has not begun, or has ended already.
        trainer.process.terminate()
    assert trainer.process.stdout is not None
    for _ in trainer.process.stdout:
        pass
    trainer.process.wait()
