"""What a run reports while it happens: a closed union of small frozen events.

They go out as JSON lines, on the trainer's standard output and into `events.jsonl`. Every
event carries `time` (seconds since 1970, UTC). The last one of every trainer process is a
`RunEnded`. After a `StageResumed` all earlier `StepDone` and `ProbeDone` of that stage with a
later step are void: those steps are done again.
"""

import time
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, ClassVar, get_args


class Outcome(StrEnum):
    """How a trainer process ended."""

    FINISHED = "finished"
    PAUSED = "paused"
    STOPPED = "stopped"
    FAILED = "failed"


@dataclass(frozen=True, kw_only=True)
class _Event:
    kind: ClassVar[str]
    time: float = field(default_factory=time.time)


@dataclass(frozen=True, kw_only=True)
class RunStarted(_Event):
    """A trainer took up the run.

    Attributes:
        stages: Names of all stages, in order, as in `stages/`.
        device: The device in words, with the reason when it is not a GPU.
        precision: `float32`, `bfloat16` or `float16`.
        num_processes: How many processes train together.
    """

    kind: ClassVar[str] = "run_started"
    stages: list[str]
    device: str
    precision: str
    num_processes: int


@dataclass(frozen=True, kw_only=True)
class StageStarted(_Event):
    """A stage begins from its first step."""

    kind: ClassVar[str] = "stage_started"
    stage: str
    num_steps: int


@dataclass(frozen=True, kw_only=True)
class StageResumed(_Event):
    """A stage goes on from a checkpoint taken after `step` steps."""

    kind: ClassVar[str] = "stage_resumed"
    stage: str
    step: int
    num_steps: int


@dataclass(frozen=True, kw_only=True)
class StepDone(_Event):
    """Progress of a stage.

    Attributes:
        step: Steps done so far (1 after the first).
        losses: Means since the last such event: `loss` and its parts (`masked`, `distill`).
        lr: Learning rate of that step.
        images_per_s: Training examples per second since the last such event.
        stage_left_s: Estimated seconds until the stage ends; None until known.
        run_left_s: Estimated seconds until the run ends; None until known.
        memory_gib: Peak memory of the device (of the process on a CPU).
    """

    kind: ClassVar[str] = "step_done"
    stage: str
    step: int
    num_steps: int
    losses: dict[str, float]
    lr: float
    images_per_s: float
    stage_left_s: float | None
    run_left_s: float | None
    memory_gib: float


@dataclass(frozen=True, kw_only=True)
class ProbeDone(_Event):
    """A look at the representation after `step` steps, on labeled images that are not test images.

    Attributes:
        knn: Accuracy of k nearest neighbours.
        linear: Accuracy of a linear probe.
        is_best: Whether this is the best of the stage so far (by `linear`, then `knn`).
        distance_from_initial: L2 distance of the encoder's weights from the initial ones.
        rank: Effective rank of the features, where there are no labels: a hint and no score.
        has_fallen: Whether the linear probe is below that of step 0 by more than noise.
    """

    kind: ClassVar[str] = "probe_done"
    stage: str
    step: int
    knn: float | None
    linear: float | None
    is_best: bool
    distance_from_initial: float
    rank: float | None = None
    has_fallen: bool = False


@dataclass(frozen=True, kw_only=True)
class Progress(_Event):
    """Progress of a part that has no training steps (scanning, decoding, teacher targets).

    Attributes:
        stage: Whose part it is; `prepare` before the first.
        what: The part, in words.
        done: How much is done, in whatever `what` counts.
        total: How much there is; 0 while nobody knows.
        left_s: Estimated seconds until it is done; None until known.
    """

    kind: ClassVar[str] = "progress"
    stage: str
    what: str
    done: int
    total: int
    left_s: float | None = None


@dataclass(frozen=True, kw_only=True)
class Working(_Event):
    """A part of a run begins that has neither steps nor numbers: probing, testing, writing.

    Attributes:
        stage: Whose part it is; `prepare` before the first, `results` after the last.
        what: The part, in words, as in "it is …".
    """

    kind: ClassVar[str] = "working"
    stage: str
    what: str


@dataclass(frozen=True, kw_only=True)
class Validated(_Event):
    """A look at a classifier while it is fine-tuned, for people alone: nothing is chosen by it.

    Attributes:
        step: Steps done so far.
        accuracy: Share of the validation examples that it gets right as it is now; or another
            metric.
        num_examples: How many those are.
        metric: Which: a key of `results.json`.
    """

    kind: ClassVar[str] = "validated"
    stage: str
    step: int
    accuracy: float
    num_examples: int
    metric: str = "accuracy"


@dataclass(frozen=True, kw_only=True)
class ChanceLevel(_Event):
    """What the numbers of a stage's looks are to be measured against: what knowing nothing reaches.

    Attributes:
        of: The kind of those looks: that of `ProbeDone` or of `Validated`.
        level: What is reached, in the metric of the looks.
        answer: The class that is always said; empty where the task is another than naming one.
        num_examples: Of how many examples that is.
        metric: Which: a key of `results.json`.
    """

    kind: ClassVar[str] = "chance_level"
    stage: str
    of: str
    level: float
    answer: str
    num_examples: int
    metric: str = "accuracy"


@dataclass(frozen=True, kw_only=True)
class CheckpointSaved(_Event):
    """Everything needed to resume is safely on disk."""

    kind: ClassVar[str] = "checkpoint_saved"
    stage: str
    step: int


@dataclass(frozen=True, kw_only=True)
class PreviewSaved(_Event):
    """A picture of what the model makes of masked images was written anew.

    Attributes:
        file: Relative to the run folder, with forward slashes.
    """

    kind: ClassVar[str] = "preview_saved"
    stage: str
    step: int
    file: str


@dataclass(frozen=True, kw_only=True)
class StageDone(_Event):
    """A stage is complete; `summary` holds its numbers."""

    kind: ClassVar[str] = "stage_done"
    stage: str
    summary: dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Noticed(_Event):
    """Something the user should know of but that does not end the run.

    Attributes:
        id: Stable name of the notice (`out-of-memory-halved`, `disk-full`, …).
        text: The notice in words.
    """

    kind: ClassVar[str] = "noticed"
    id: str
    text: str


@dataclass(frozen=True, kw_only=True)
class RaceMoved(_Event):
    """Something was decided in a race of ways to adapt the model.

    Attributes:
        stage: The race's.
        words: What, in a sentence.
        rounds: Titles of the rounds, in order.
        entries: All ways, the simplest first: `name`, `title`, `state` (`waiting`, `running`, `in`,
            `out` or `won`), `why` in words, and `scores`, one per round that it was in, from 0 to
            1, null where there is none.
    """

    kind: ClassVar[str] = "race_moved"
    stage: str
    words: str
    rounds: list[str]
    entries: list[dict[str, Any]]


@dataclass(frozen=True, kw_only=True)
class RunEnded(_Event):
    """The last event of a trainer process.

    Attributes:
        outcome: How it ended.
        text: One sentence for the user, saying what to do next.
        error_id: Key into the error catalogue when it failed.
    """

    kind: ClassVar[str] = "run_ended"
    outcome: Outcome
    text: str
    error_id: str | None = None


Event = (
    RunStarted
    | StageStarted
    | StageResumed
    | StepDone
    | ProbeDone
    | Progress
    | Working
    | Validated
    | ChanceLevel
    | CheckpointSaved
    | PreviewSaved
    | StageDone
    | Noticed
    | RaceMoved
    | RunEnded
)

KINDS: dict[str, type[Event]] = {cls.kind: cls for cls in get_args(Event)}
