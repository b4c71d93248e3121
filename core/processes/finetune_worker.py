"""One more device for a run: a process that shares its fine-tunings with the trainer.

    python -m core.processes.finetune_worker RUN INDEX DEVICE

The trainer starts it once pre-training is done, and owns everything else: its lock, its state, its
log of events. Events go to standard output as JSON lines, the last one a `RunEnded`; a line `pause`
or `stop` on standard input, or its end, ends the work after a checkpoint.
"""

import logging
import multiprocessing
import signal
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING

from core.errors import RunError
from core.modalities import stages_of
from core.run.event_json import to_json
from core.run.events import Event, Outcome, RunEnded
from core.run.files import adjustments_of_worker
from core.run.folder import RunFolder
from core.system.waiting import let_threads_spin

if TYPE_CHECKING:
    from core.training.context import RunContext


class EventSink:
    """Writes events to standard output; none before `is_on`, for the trainer has written those."""

    def __init__(self) -> None:
        self.is_on = False
        self._lock = threading.Lock()

    def __call__(self, event: Event) -> None:
        """Write it, if events are wanted by now."""
        if self.is_on:
            self.write(event)

    def write(self, event: Event) -> None:
        """Write it in any case; with nobody listening any more, standard input has ended too."""
        with self._lock:
            try:
                sys.stdout.write(to_json(event) + "\n")
                sys.stdout.flush()
            except OSError:
                self.is_on = False


def work(run: RunFolder, index: int, device: str, sink: EventSink) -> RunEnded:
    """Share the fine-tunings of a run until all are done, or until asked to end."""
    from core.stages.pipeline import share_fine_tunings
    from core.stages.prepare import prepare
    from core.training.context import Adjustments, Interrupted, RunContext
    from core.training.device import runtime_on, set_up_hardware

    adjustments = Adjustments.load(run.path / adjustments_of_worker(index))
    context = RunContext(sink, adjustments)
    threading.Thread(target=_listen, args=(context,), daemon=True).start()
    try:
        recipe = run.recipe()
        hardware = set_up_hardware(runtime_on(recipe.runtime, device))
        setup = prepare(run, recipe, hardware, context, stages_of(recipe.modality))
        sink.is_on = True
        share_fine_tunings(setup)
    except Interrupted as interrupted:
        return RunEnded(outcome=interrupted.outcome, text="Asked to end.")
    except RunError as error:
        return RunEnded(outcome=Outcome.FAILED, text=str(error), error_id=error.id)
    except Exception as error:
        # A bug must end in words: the trainer goes on without this device.
        logging.getLogger("redistill.worker").exception("unexpected error")
        return RunEnded(outcome=Outcome.FAILED, text=f"{type(error).__name__}: {error}")
    return RunEnded(outcome=Outcome.FINISHED, text="All fine-tunings are done.")


def _listen(context: "RunContext") -> None:
    line = sys.stdin.readline().strip()
    context.request("stop" if line == "stop" else "pause")


def main(arguments: list[str]) -> int:
    """Work for the run named on the command line; returns the exit code."""
    # Ctrl-C in a terminal reaches the trainer as well, which then asks.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    let_threads_spin()
    logging.captureWarnings(capture=True)
    sink = EventSink()
    try:
        run = RunFolder.open(Path(arguments[0]))
        ended = work(run, int(arguments[1]), arguments[2], sink)
    except RunError as error:
        ended = RunEnded(outcome=Outcome.FAILED, text=str(error), error_id=error.id)
    sink.write(ended)
    return 2 if ended.outcome is Outcome.FAILED else 0


if __name__ == "__main__":
    multiprocessing.freeze_support()
    sys.exit(main(sys.argv[1:]))
