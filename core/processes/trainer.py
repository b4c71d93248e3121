"""The trainer: a process of its own that works on one run folder.

    python -m core.processes.trainer RUN

The main thread listens (signals, `control.json` in the run folder) and a background thread does
all the training. Events go out as JSON lines on standard output and into `events.jsonl`. The
process outlives whoever started it; ending it gives all GPU memory back.

Nothing heavy is imported at the top: spawned decoding workers import this module too.
"""

import contextlib
import faulthandler
import json
import logging
import multiprocessing
import os
import shutil
import signal
import sys
import threading
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

from core.errors import RunError
from core.errors.pasteable import as_argument
from core.errors.signed_links import UnsignedFormatter
from core.language import _
from core.modalities import stages_of
from core.run.environment import write_environment
from core.run.event_json import to_json
from core.run.events import Outcome, RunEnded, RunStarted
from core.run.files import ADJUSTMENTS, CONTROL, RESULTS
from core.run.folder import RunFolder, RunState
from core.run.reporter import Reporter
from core.system.awake import awake
from core.system.waiting import let_threads_spin
from core.tracking.start import start_trackers

if TYPE_CHECKING:
    from core.training.context import RunContext
    from core.training.together import Together

_POLL_S = 0.2
_STATES = {
    Outcome.FINISHED: RunState.FINISHED,
    Outcome.PAUSED: RunState.PAUSED,
    Outcome.STOPPED: RunState.STOPPED,
    Outcome.FAILED: RunState.FAILED,
}
_log = logging.getLogger("redistill.trainer")


class Trainer:
    """One process at work on one run; `work` runs in the background thread."""

    def __init__(self, run: RunFolder, reporter: Reporter, *, is_main: bool) -> None:
        self._run = run
        self._report = reporter
        self._is_main = is_main
        self._context: RunContext | None = None
        self._together: Together | None = None
        self._requests = 0
        self._wanted: str | None = None
        self.ended = RunEnded(outcome=Outcome.FAILED, text=_("The trainer did not start."))

    def request(self, command: str) -> None:
        """Pause or stop after the current step (from the main thread)."""
        self._wanted = command
        self._pass_on_request()

    def on_signal(self, number: int, frame: FrameType | None) -> None:
        """Ctrl-C or SIGTERM: once to finish the step and save, twice to leave at once."""
        del frame
        self._requests += 1
        if self._requests > 1:
            # What is on disk is whole, so leaving now loses only the steps since then.
            os._exit(128 + number)
        self.request("pause")

    def listen(self, thread: threading.Thread) -> None:
        """Pass on commands until the background thread ends."""
        control = self._run.path / CONTROL
        while thread.is_alive():
            thread.join(_POLL_S)
            if self._together is not None and self._together.is_stuck():
                # Nothing but the end of this process ends it.
                self.ended = self._after(self._together.departure())
                return
            if self._is_main:
                command = take_command(control)
                if command is not None:
                    self.request(command)
            self._pass_on_request()

    def work(self) -> None:
        """Train; whatever happens, `ended` says how it went."""
        try:
            from core.training.together import Together

            self._together = Together()
            self._together.meet()
            self.ended = self._train(self._together)
        except Exception as error:  # noqa: BLE001  (the last line of defence)
            together = self._together
            self.ended = self._after(error if together is None else together.explained(error))
        if self._together is not None:
            self._together.leave(self.ended)

    def _after(self, error: Exception) -> RunEnded:
        """How the run ends with an error: a bug, too, in words and in the log, not in silence."""
        from core.training.context import Interrupted

        if isinstance(error, Interrupted):
            return _interrupted(self._run, error.outcome)
        if isinstance(error, RunError):
            _log.info("failed: %s", error.id, exc_info=error)
            return _failed(error)
        _log.error("unexpected error", exc_info=error)
        return _failed(self._in_words(error))

    def _in_words(self, error: Exception) -> RunError:
        from core.training.memory import is_out_of_memory

        path = self._run.path
        if is_out_of_memory(error):
            # Outside of a step there is no batch to halve: while saving, probing, preparing.
            return RunError("memory-spent", reason=error, path=path)
        reason = f"{type(error).__name__}: {error}"
        return RunError("trainer-bug", reason=reason, log=self._run.log_file, path=path)

    def _train(self, together: "Together") -> RunEnded:
        from core.stages.pipeline import run_stages
        from core.stages.prepare import prepare
        from core.training.context import Adjustments, RunContext
        from core.training.device import runtime_on, set_up_hardware
        from core.training.energy import counted_energy
        from core.training.ranks import Ranks

        recipe = self._run.recipe()
        adjustments = Adjustments.load(self._run.path / ADJUSTMENTS)
        self._context = RunContext(self._report, adjustments, is_main=self._is_main)
        together.end_early(self._context)
        self._pass_on_request()
        runtime = recipe.runtime
        first = runtime.devices[0] if runtime.devices else runtime.device
        hardware = set_up_hardware(runtime_on(runtime, first), together.peers)
        if self._is_main:
            write_environment(self._run, hardware.device_in_words, hardware.precision)
        setup = prepare(self._run, recipe, hardware, self._context, stages_of(recipe.modality))
        self._context.report(
            RunStarted(
                stages=[stage.name for stage in setup.stages],
                device=hardware.device_in_words,
                precision=hardware.precision,
                num_processes=hardware.world,
            )
        )
        energy = counted_energy(self._run.path, hardware.device)
        with energy if self._is_main else contextlib.nullcontext():
            results = run_stages(setup)
        Ranks(hardware).wait()
        if self._is_main:
            # Decoded pixels serve training only; the images are still where they were.
            shutil.rmtree(self._run.data, ignore_errors=True)
        return RunEnded(outcome=Outcome.FINISHED, text=str(results["verdict"]))

    def _pass_on_request(self) -> None:
        if self._context is not None and self._wanted in {"pause", "stop"}:
            command, self._wanted = self._wanted, None
            self._context.request("pause" if command == "pause" else "stop")


def take_command(control: Path) -> str | None:
    """The command waiting in a control file, which is then removed."""
    try:
        command = json.loads(control.read_text(encoding="utf-8"))["command"]
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError):
        command = None
    with contextlib.suppress(OSError):
        control.unlink()
    return command if command in {"pause", "stop"} else None


def main(arguments: list[str] | None = None) -> int:
    """Work on the run folder named on the command line; returns the exit code."""
    arguments = sys.argv[1:] if arguments is None else arguments
    let_threads_spin()
    is_main = int(os.environ.get("RANK", "0")) == 0
    try:
        run = RunFolder.open(Path(arguments[0]))
        lock = run.lock() if is_main else contextlib.nullcontext()
    except RunError as error:
        return _refused(error)
    with lock:
        try:
            return _work(run, is_main=is_main)
        except OSError as error:
            # Not even the state could be written; during training this is handled where it happens.
            reason = error.strerror or str(error)
            return _refused(RunError("run-not-writable", path=run.path, reason=reason))


def _refused(error: RunError) -> int:
    """Say why there is no training, also to the processes that wait for this one."""
    ended = _failed(error)
    print(to_json(ended))  # noqa: T201  (the event stream)
    if os.environ.get("WORLD_SIZE", "1") != "1":
        from core.training.together import tell_refusal

        tell_refusal(ended)
    return 2


def _work(run: RunFolder, *, is_main: bool) -> int:
    _start_logging(run, is_main=is_main)
    reporter = Reporter(run, sys.stdout if is_main else None)
    trainer = Trainer(run, reporter, is_main=is_main)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, trainer.on_signal)
    if is_main:
        (run.path / CONTROL).unlink(missing_ok=True)
        run.claim_format()
        run.write_status(RunState.RUNNING, "Training.")
        for notice in start_trackers(run):
            reporter(notice)
    thread = threading.Thread(target=trainer.work, name="gpu")
    # Named after the folder: whoever asks the system why the computer stays awake sees which run.
    with awake(f"Training {run.path.name}") if is_main else contextlib.nullcontext():
        thread.start()
        trainer.listen(thread)
    ended = trainer.ended
    if is_main:
        # A full disk must not turn a saved run into a crash; events wait in memory anyway.
        with contextlib.suppress(OSError):
            run.write_status(_STATES[ended.outcome], ended.text, ended.error_id)
        with contextlib.suppress(OSError):
            reporter(ended)
    code = 2 if ended.outcome is Outcome.FAILED else 0
    if thread.is_alive():
        # Python would wait for a thread that waits for a process that is gone.
        logging.shutdown()
        os._exit(code)
    return code


def _failed(error: RunError) -> RunEnded:
    return RunEnded(outcome=Outcome.FAILED, text=str(error), error_id=error.id)


def _interrupted(run: RunFolder, outcome: Outcome) -> RunEnded:
    if outcome is Outcome.STOPPED:
        text = _("Stopped; the encoder trained so far is kept in {path}.").format(
            path=run.path / "stages"
        )
        with contextlib.suppress(RunError, KeyError):
            # Of a comparison: what was found until now is an answer too.
            text += f" {run.read_json(RESULTS)['verdict']}"
    else:
        text = _("Paused after a checkpoint.")
    command = f"redistill resume {as_argument(run.path)}"
    return RunEnded(
        outcome=outcome, text=_("{text} `{command}` goes on.").format(text=text, command=command)
    )


def _start_logging(run: RunFolder, *, is_main: bool) -> None:
    logging.raiseExceptions = False  # a full disk must not spoil the event stream
    handler = logging.FileHandler(run.log_file, encoding="utf-8", delay=True)
    handler.setFormatter(UnsignedFormatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    logging.basicConfig(
        level=logging.INFO if is_main else logging.ERROR, handlers=[handler], force=True
    )
    logging.captureWarnings(capture=True)
    if sys.stderr is not None:
        # Whoever started us keeps our standard error: a crash in native code is told there.
        faulthandler.enable(sys.stderr, all_threads=True)


if __name__ == "__main__":
    multiprocessing.freeze_support()
    sys.exit(main())
