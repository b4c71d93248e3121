"""What a run cost: time, memory and energy."""

from collections import defaultdict
from dataclasses import dataclass

from core.errors import RunError
from core.run.event_log import read_events
from core.run.events import RunStarted, StepDone
from core.run.files import ENERGY
from core.run.folder import RunFolder

PREPARING = "preparation"
_JOULES_PER_KWH = 3.6e6


@dataclass(frozen=True)
class StageCost:
    """One stage: seconds that a trainer spent on it, and its peak memory; None: not measured."""

    name: str
    seconds: float
    peak_gib: float | None


@dataclass(frozen=True)
class Cost:
    """A whole run.

    Attributes:
        stages: In order of time.
        seconds: Of all stages; time between two trainers does not count.
        peak_gib: Of all stages.
        kilowatt_hours: Of the GPU while it trained; None: the device does not tell.
        is_part: Whether a trainer's share of the energy is missing, because it was killed.
    """

    stages: tuple[StageCost, ...]
    seconds: float
    peak_gib: float | None
    kilowatt_hours: float | None
    is_part: bool


def cost_of(run: RunFolder) -> Cost:
    """Add up what the events tell: the time from one to the next belongs to the next one's stage.

    Raises:
        OSError: As the file system says.
    """
    seconds: defaultdict[str, float] = defaultdict(float)
    peaks: defaultdict[str, float] = defaultdict(float)
    last: float | None = None
    stage = PREPARING
    num_trainers = 0
    for event in read_events(run.events_file):
        stage = getattr(event, "stage", stage)
        stage = PREPARING if stage == "prepare" else stage
        # A trainer that starts preparation again after a pause reports progress before it says
        # that it started; a clock that was put back counts for nothing.
        if last is not None:
            seconds[stage] += max(0.0, event.time - last)
        last = event.time
        if isinstance(event, StepDone):
            peaks[stage] = max(peaks[stage], event.memory_gib)
        if event.kind == "run_ended":
            last, stage = None, PREPARING
        elif isinstance(event, RunStarted):
            stage = PREPARING
            num_trainers += 1
    stages = tuple(StageCost(name, seconds[name], peaks.get(name)) for name in seconds)
    joules, counted = _energy(run)
    return Cost(
        stages=stages,
        seconds=sum(seconds.values()),
        peak_gib=max(peaks.values(), default=None),
        kilowatt_hours=joules / _JOULES_PER_KWH if counted else None,
        is_part=counted < num_trainers,
    )


def _energy(run: RunFolder) -> tuple[float, int]:
    """Joules, and of how many trainers; see `core.training.energy`."""
    try:
        found = run.read_json(ENERGY)
        return float(found["joules"]), int(found["trainers"])
    except (RunError, KeyError, TypeError, ValueError):
        return 0.0, 0
