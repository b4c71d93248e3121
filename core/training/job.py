"""What the loop is given to train: one stage, in plain values."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from torch import nn

from core.training.compiling import Compilable
from core.training.feed import Feed
from core.training.optim import StepRule
from core.training.whole_batch import SeesWholeBatch


@dataclass(frozen=True)
class ProbeResult:
    """How good the representation is after `step` steps, on labeled non-test images.

    Attributes:
        step: Steps done.
        knn: Accuracy of k nearest neighbours; None without labels.
        linear: Accuracy of a linear probe; None without labels.
        distance: L2 distance of the encoder from its initial weights.
        rank: Effective rank of the features, where there are no labels: a hint and no score.
        answers: Which examples the linear probe got right, as hexadecimal bits.
        has_fallen: Whether those are fewer than at the start, by more than noise.
    """

    step: int
    knn: float | None
    linear: float | None
    distance: float
    rank: float | None = None
    answers: str = ""
    has_fallen: bool = False

    def beats(self, best: "ProbeResult | None") -> bool:
        """Whether this is better by the linear probe, then by kNN; without labels: later.

        The effective rank never decides. What has no score where another had one, because its
        features are no numbers any more, is not better.
        """
        if best is None or (best.linear is None and best.knn is None):
            return True
        return (self.linear or 0.0, self.knn or 0.0) > (best.linear or 0.0, best.knn or 0.0)


class Probe(Protocol):
    """Looks at the representation."""

    def __call__(self, step: int, start: ProbeResult | None) -> ProbeResult:
        """What it is like after `step` steps, against the start of the stage where it is known."""
        ...


@dataclass(frozen=True, kw_only=True)
class Timing:
    """How often the loop speaks and saves, in seconds; 0: at every step."""

    checkpoint_s: float
    report_s: float

    @property
    def every_step(self) -> bool:
        """Whether something is wanted after every single step."""
        return self.checkpoint_s == 0 or self.report_s == 0


class Preview(Protocol):
    """Shows people what the model makes of its input; no part of what is learned."""

    def __call__(self, step: int, *, wanted: bool) -> None:
        """Look, after `step` steps (0: before the first), if `wanted` or due; never fails."""
        ...


@dataclass(frozen=True, kw_only=True)
class Job:
    """One stage of training.

    Attributes:
        stage: Folder name of the stage, such as `02-further-pretrain`.
        kind: The stage without number, round or seed, such as `further-pretrain`.
        section: Section of the recipe, for advice in errors.
        folder: Folder of the stage.
        seed: Seed of the run.
        objective: Module whose `forward(batch, place)` returns a dict of mean losses over the
            rows of `batch`, with their sum under `loss`.
        whole_batch: What looks at all rows of a batch before its loss is computed; None for losses
            that are means over rows.
        parameters: Trainable parameters by name; only these are saved.
        feed: Batches by step.
        num_steps: Optimizer steps.
        micro_batch_size: Rows per forward pass at most, on one process.
        lr: Peak learning rate.
        warmup_steps: Steps of linear warm-up.
        weight_decay: Of AdamW, where `decays` says so.
        decays: Whether a named parameter is decayed.
        betas: Of AdamW.
        clip_norm: Largest norm of the gradient; 0 for no clipping.
        probe_every: Steps between probes; 0 for only at the end.
        probe: Looks at the representation; None for never.
        stop_early: Whether the stage ends where the representation stays below its start.
        keep: What the stage hands on, `last` or `best`; only for what is said of it.
        keep_best: Saves the encoder of the best probe so far.
        preview: Asked after every step to show the model at work; None for never.
        rate_factors: Factors on the learning rate by name of the parameter; 1 where none is.
        averaging: The weights at the end are averages over about this share of the steps; 0: the
            last ones.
        step_rule: Takes part in every step, beside AdamW; None for AdamW alone.
        moments: Precision of AdamW's moments, `float32` or `bfloat16`.
        gradient_sums: Precision in which several processes add up gradients.
        compilable: What is compiled where that pays; None where it never does.
        graphs: Whether all batches have the same shape, as CUDA graphs want.
        later_steps_worth: Work of all later stages in steps of this one, for the time left.
    """

    stage: str
    kind: str
    section: str
    folder: Path
    seed: int
    objective: nn.Module
    parameters: dict[str, nn.Parameter]
    feed: Feed
    num_steps: int
    micro_batch_size: int
    lr: float
    warmup_steps: int
    weight_decay: float
    decays: Callable[[str, nn.Parameter], bool]
    betas: tuple[float, float]
    clip_norm: float
    probe_every: int = 0
    probe: Probe | None = None
    stop_early: bool = False
    keep: str = "last"
    keep_best: Callable[[], None] | None = None
    preview: Preview | None = None
    whole_batch: SeesWholeBatch | None = None
    rate_factors: Mapping[str, float] = field(default_factory=dict)
    averaging: float = 0.0
    step_rule: StepRule | None = None
    moments: str = "float32"
    gradient_sums: str = "float32"
    compilable: Compilable | None = None
    graphs: bool = False
    later_steps_worth: float | None = None
