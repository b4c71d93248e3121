"""What training sees of the outside: report, requests to stop, writes that wait for room."""

import copy
import errno
import json
import threading
from collections.abc import Callable
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Literal

from core.errors import RunError
from core.language import _
from core.run.events import Event, Noticed, Outcome, Progress
from core.system.atomic import write_json
from core.training.countdown import Countdown

Command = Literal["pause", "stop"]
NO_ROOM = frozenset({errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)})
_RETRY_S = 1.0


class Interrupted(Exception):  # noqa: N818  (a request that was honoured, not an error)
    """The run was asked to pause or to stop, and has done so."""

    def __init__(self, command: Command) -> None:
        super().__init__(command)
        self.outcome = Outcome.PAUSED if command == "pause" else Outcome.STOPPED


@dataclass(frozen=True)
class StepTimes:
    """What compiling the steps of a kind of stage does.

    Attributes:
        eager_s: Seconds of a step as it is.
        compiled_s: Seconds of a compiled one.
        cost_s: Seconds that compiling takes.
    """

    eager_s: float
    compiled_s: float
    cost_s: float


@dataclass
class Adjustments:
    """What a run found out about its machine and keeps, also when it is resumed.

    Attributes:
        path: The JSON file it lives in.
        micro_batch_sizes: Per kind of stage, the largest micro-batch that fitted after memory
            had run out.
        not_finite: Per stage, how often the loss was not finite; each time halves the rate.
        found_in: Per kind of stage, the stage that its size was found in. The next one tries a
            larger size: what else filled the memory may be gone.
        step_times: Per kind of stage, what compiling does, once it was tried.
    """

    path: Path
    micro_batch_sizes: dict[str, int] = field(default_factory=dict)
    not_finite: dict[str, int] = field(default_factory=dict)
    found_in: dict[str, str] = field(default_factory=dict)
    step_times: dict[str, StepTimes] = field(default_factory=dict)

    @classmethod
    def load(cls, path: Path) -> "Adjustments":
        """Read them; a run that never needed any has no file."""
        try:
            values = json.loads(path.read_text(encoding="utf-8"))
            sizes, not_finite = values["micro_batch_sizes"], values["not_finite"]
            # Older versions tried no larger size, and compiled nothing by themselves.
            found_in = values.get("found_in", {})
            times = {key: StepTimes(**each) for key, each in values.get("step_times", {}).items()}
            return cls(path, sizes, not_finite, found_in, times)
        except FileNotFoundError:
            return cls(path)
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise RunError("run-damaged", file=path.name, path=path.parent, reason=error) from error

    def save(self) -> None:
        """Write them, whole or not at all."""
        values = asdict(self)
        del values["path"]
        write_json(self.path, values)

    def note_size(self, kind: str, stage: str, size: int) -> None:
        """Keep the micro-batch of a stage."""
        self.micro_batch_sizes[kind] = size
        self.found_in[kind] = stage

    def lr_scale(self, stage: str) -> float:
        """Factor on the learning rate of a stage."""
        return 0.5 ** self.not_finite.get(stage, 0)


@dataclass
class _Asked:
    """How the run is to end."""

    request: Command | None = None
    failure: RunError | None = None


class RunContext:
    """The outside of a training process, as little of it as possible.

    Attributes:
        adjustments: See there.
        is_main: Whether this process may write the run folder (rank 0).
    """

    def __init__(
        self,
        report: Callable[[Event], None],
        adjustments: Adjustments,
        *,
        is_main: bool = True,
        stepped: Callable[[str, int], None] | None = None,
    ) -> None:
        self.adjustments = adjustments
        self.is_main = is_main
        self._stepped = stepped
        self._report = report
        self._countdown = Countdown()
        self._asked = _Asked()
        self._requested = threading.Event()
        self._said: set[str] = set()

    def report(self, event: Event) -> None:
        """Tell whoever watches; only rank 0 speaks."""
        if not self.is_main:
            return
        if isinstance(event, Progress):
            part = (event.stage, event.what)
            left_s = self._countdown.left_s(part, event.done, event.total)
            event = replace(event, left_s=left_s)
        self._report(event)

    def report_once(self, about: str, event: Event) -> None:
        """The same, the first time that anything is told about this; later stages keep quiet."""
        if about not in self._said:
            self._said.add(about)
            self.report(event)

    def told(
        self,
        hear: Callable[[Event], None],
        stepped: Callable[[str, int], None] | None = None,
    ) -> "RunContext":
        """This outside for a part of a stage, whose events go to `hear` instead.

        Args:
            hear: Told what happens.
            stepped: Told after each step, for whoever takes the time.
        """
        part = copy.copy(self)
        part._report = hear  # noqa: SLF001  (its own copy)
        part._stepped = stepped  # noqa: SLF001
        return part

    def overheard(self, hear: Callable[[Event], None]) -> "RunContext":
        """This outside, whose events `hear` is told as well, after the others."""
        part, told = copy.copy(self), self._report

        def both(event: Event) -> None:
            told(event)
            hear(event)

        part._report = both  # noqa: SLF001  (its own copy)
        return part

    def stepped(self, stage: str, step: int) -> None:
        """Tell whoever takes the time that so many steps of a stage are done."""
        if self._stepped is not None:
            self._stepped(stage, step)

    def request(self, command: Command) -> None:
        """Ask the run to pause or stop after the current step (from any thread)."""
        self._asked.request = command
        self._requested.set()

    def fail(self, error: RunError) -> None:
        """End the run with an error as soon as it can be ended (from any thread)."""
        self._asked.failure = error
        self._requested.set()

    @property
    def requested(self) -> Command | None:
        """What was asked for, if anything."""
        return self._asked.request

    @property
    def is_ending(self) -> bool:
        """Whether `raise_if_requested` would raise."""
        return self._requested.is_set()

    def raise_if_requested(self) -> None:
        """End a part of the run that keeps nothing but what is already on disk.

        Raises:
            Interrupted: The run was asked to pause or stop.
            RunError: It can't go on, as `fail` was told.
        """
        if self._asked.failure is not None:
            raise self._asked.failure
        if self._asked.request is not None:
            raise Interrupted(self._asked.request)

    def write(self, write: Callable[[], None], what: str) -> None:
        """Write something on rank 0; while the disk is full, wait for room and say so.

        Raises:
            RunError: The folder can't be written for another reason.
            Interrupted: The user asked to pause or stop while the disk was full.
        """
        if not self.is_main:
            return
        waited = False
        while True:
            try:
                write()
            except OSError as error:
                if error.errno not in NO_ROOM:
                    reason = error.strerror or str(error)
                    path = self.adjustments.path.parent
                    raise RunError("run-not-writable", path=path, reason=reason) from error
            else:
                break
            if not waited:
                self._say_disk_full(what)
                waited = True
            if self._requested.wait(_RETRY_S):
                self.raise_if_requested()
        if waited:
            text = _("There is room again: {what} was written, training continues.").format(
                what=what
            )
            self.report(Noticed(id="disk-has-room", text=text))

    def _say_disk_full(self, what: str) -> None:
        text = _(
            "The disk is full: {what} can't be written. Training waits, nothing is lost; "
            "it continues by itself as soon as there is room."
        ).format(what=what)
        self.report(Noticed(id="disk-full", text=text))
