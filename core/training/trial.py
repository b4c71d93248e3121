"""Whether compiled steps pay: measured at the first steps of a stage, kept for those like it."""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from core.language import _
from core.run.events import Noticed
from core.training.compiling import is_compiler_failure
from core.training.context import RunContext, StepTimes
from core.training.job import Job
from core.training.memory import free_cached_memory

# Compiling a model for a GPU takes about a minute, and saves about a fifth of a step; a stage that
# this would win twice over is tried. Both are measured then.
_USUAL_COST_S = 60.0
_USUAL_GAIN = 0.2
_MARGIN = 2.0
# A gain below is within what a measurement is off by.
_LEAST_GAIN = 0.03
_log = logging.getLogger(__name__)
# Steps before the first window, where caches are filled; steps of a window; windows.
_SETTLE, _LENGTH, _WINDOWS = 5, 5, 3


def is_worth_trying(steps: int, eager_s: float) -> bool:
    """Whether so many steps, of so many seconds each, are likely to win back a compilation."""
    return steps * eager_s * _USUAL_GAIN >= _MARGIN * _USUAL_COST_S


def pays(times: StepTimes, steps: int) -> bool:
    """Whether compiling wins time, with so many steps to come."""
    gains = times.compiled_s <= (1 - _LEAST_GAIN) * times.eager_s
    return gains and steps * (times.eager_s - times.compiled_s) > times.cost_s


@dataclass
class _Windows:
    """Times windows of steps, both ends of each with the device caught up; the best one counts.

    A probe, a checkpoint or another program makes some of them slower.
    """

    first: int
    catch_up: Callable[[], None]
    began: float = field(default_factory=time.monotonic)
    settled_s: float = 0.0
    _since: float = 0.0
    _found: list[float] = field(default_factory=list)

    def after(self, step: int) -> float | None:
        """Seconds per step, once there are enough windows."""
        at = step - self.first - _SETTLE
        if at < 0 or at % _LENGTH:
            return None
        self.catch_up()
        now = time.monotonic()
        if at:
            self._found.append((now - self._since) / _LENGTH)
        else:
            self.settled_s = now - self.began
        self._since = now
        return min(self._found) if len(self._found) == _WINDOWS else None


class Trial:
    """Times a stage's steps as they are, compiles them where that may pay, keeps what is faster.

    What is found is known for the next stage of that kind. Does nothing where a job has nothing
    that can be compiled.

    Args:
        job: The stage.
        context: Keeps what was measured, and is told what is done and why.
        catch_up: Waits for the device.
    """

    def __init__(self, job: Job, context: RunContext, catch_up: Callable[[], None]) -> None:
        self._compilable, self._stage, self._kind = job.compilable, job.stage, job.kind
        self._num_steps, self._graphs = job.num_steps, job.graphs
        self._context, self._catch_up = context, catch_up
        self._windows: _Windows | None = None
        self._eager_s = 0.0

    def begin(self, step: int, *, in_pieces: bool) -> None:
        """Decide by what is known of this kind of stage, else measure from now on.

        Args:
            step: Steps done.
            in_pieces: Whether a step is computed in more than one piece.
        """
        if self._compilable is None:
            return
        self._graphs = self._graphs and not in_pieces
        known = self._context.adjustments.step_times.get(self._kind)
        left = self._num_steps - step
        if known is None:
            self._windows = _Windows(step, self._catch_up)
        elif pays(known, left):
            self._eager_s = known.eager_s
            self._compile(step)
        else:
            self._stay_eager(
                _("as measured before, that would win back no time ({known})").format(
                    known=_said(known)
                )
            )

    def after(self, step: int) -> None:
        """So many steps are done."""
        step_s = self._windows.after(step) if self._windows is not None else None
        if step_s is None:
            return
        assert self._windows is not None
        assert self._compilable is not None
        if not self._compilable.is_compiled:
            self._eager_s = step_s
            left_s = (self._num_steps - step) * step_s
            if is_worth_trying(self._num_steps - step, step_s):
                self._compile(step)
            else:
                self._stay_eager(
                    _("only {left_s:.1f} minutes of steps are left").format(left_s=left_s / 60)
                )
            return
        cost_s = max(0.0, self._windows.settled_s - _SETTLE * step_s)
        self._windows = None
        self._judge(StepTimes(self._eager_s, step_s, cost_s))

    def gives_way(self, error: Exception) -> bool:
        """Whether an error of a step came of its being compiled: the step is done again, eagerly.

        Args:
            error: While compiled steps are tried it may be any; later one of the compiler's.
        """
        is_tried = self._windows is not None
        if not self._is_compiled or not (is_tried or is_compiler_failure(error)):
            return False
        first = next(iter(str(error).strip().splitlines()), type(error).__name__)
        self._fail(_("compiled steps failed ({first})").format(first=first[:300]))
        free_cached_memory("")
        return True

    def in_pieces(self) -> None:
        """Steps are computed in more than one piece from now on, which CUDA graphs can't."""
        if self._is_compiled and self._graphs:
            self._undo(_("batches are computed in pieces now"))
        self._graphs = False

    @property
    def _is_compiled(self) -> bool:
        return self._compilable is not None and self._compilable.is_compiled

    def _compile(self, step: int) -> None:
        assert self._compilable is not None
        self._compilable.compile(graphs=self._graphs)
        self._windows = _Windows(step, self._catch_up)
        how = " with CUDA graphs" if self._graphs else ""
        text = _("The steps of {stage} are compiled now{how}; the next one waits.").format(
            stage=self._stage, how=how
        )
        self._say("compiling", text)

    def _judge(self, times: StepTimes) -> None:
        assert self._compilable is not None
        off = self._compilable.deviation()
        if not off <= self._compilable.TOLERANCE:
            self._fail(
                _("compiled steps would compute something else (off by {off:.2g})").format(off=off)
            )
            return
        self._keep(times)
        if times.compiled_s <= (1 - _LEAST_GAIN) * times.eager_s:
            self._say(
                "compiled",
                _("Compiled steps of {stage} are kept: {times}.").format(
                    stage=self._stage, times=_said(times)
                ),
            )
        else:
            self._undo(_("that made them no faster ({times})").format(times=_said(times)))

    def _fail(self, reason: str) -> None:
        # Nothing is gained by trying again at the next stage.
        self._keep(StepTimes(self._eager_s, self._eager_s, 0.0))
        self._undo(reason)

    def _keep(self, times: StepTimes) -> None:
        adjustments = self._context.adjustments
        adjustments.step_times[self._kind] = times
        self._context.write(adjustments.save, "what compiling costs")

    def _undo(self, reason: str) -> None:
        assert self._compilable is not None
        self._compilable.undo()
        self._windows = None
        self._say(
            "not-compiled",
            _("The steps of {stage} are no longer compiled: {reason}.").format(
                stage=self._stage, reason=reason
            ),
        )

    def _stay_eager(self, reason: str) -> None:
        self._windows = None
        text = _("The steps of {stage} are not compiled: {reason}.").format(
            stage=self._stage, reason=reason
        )
        _log.info("%s", text)
        # Fine-tuning has many stages, and the reason is the same in most of them.
        about = f"not-compiled {self._kind}"
        self._context.report_once(about, Noticed(id="not-compiled", text=text))

    def _say(self, what: str, text: str) -> None:
        self._context.report(Noticed(id=what, text=text))


def _said(times: StepTimes) -> str:
    eager, compiled = 1000 * times.eager_s, 1000 * times.compiled_s
    return f"{compiled:.1f} ms instead of {eager:.1f} ms a step, after {times.cost_s:.0f} s"
