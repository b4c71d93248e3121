"""What a run will cost, from a measurement of this machine: pure arithmetic, torch-free.

A window asks at every move of a slider; `core.processes.measure` makes the measurement.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Self

from core.recipe import RaceRecipe, Recipe
from core.recipe.arms import ARMS, FROZEN_LAYERS
from core.recipe.interpolating import judged_shares
from core.run.plan import (
    SEARCH,
    USUAL_COSTS,
    StagePlan,
    may_try_pairs,
    plan_stages,
    search_rungs,
)
from core.run.possible import arms_of, missing_for
from core.system.units import GIB

# A pass forward is a third of a training step: backward costs twice as much.
_FORWARD_SHARE = 1 / 3
# Stages that train the part that is asked for.
_PRETRAINING = frozenset({"further-pretrain", "self-distill"})
# Of the processors.
_DISTURBED = 0.2
# Encoders that a race keeps beside its trainings.
_RACING = 4


@dataclass(frozen=True)
class Measurement:
    """What training costs here, for one model and one set of batch sizes.

    Attributes:
        model: Its name.
        device: In words.
        precision: `float32`, `bfloat16` or `float16`.
        masked_step_s: Seconds of a step of further pre-training.
        distill_step_s: Seconds of a step of self-distillation; 0 when there is none.
        warmup_step_s: Seconds of a step of decoder warm-up; 0 when the decoder came along.
        finetune_image_s: Seconds of fine-tuning per image.
        fixed_s: Seconds until the first step: imports, loading, preparing.
        memory_gib: Peak memory on the device per kind of stage, at these batch sizes.
        memory_free_gib: Free there when it was measured, ours not counted as used.
        model_bytes: Weights of encoder and decoder.
        encoder_bytes: Weights of the encoder.
        example_bytes: Of one decoded image, or of one tokenised text.
        width: Of the representation.
        tokens: In one example.
        trained_bytes: Weights that pre-training trains; 0 for all of the model's.
        others: Share of the processors that other programs used meanwhile, 0 … 1: where it is
            large, all of this would take less alone.
    """

    model: str
    device: str
    precision: str
    masked_step_s: float
    distill_step_s: float
    warmup_step_s: float
    finetune_image_s: float
    fixed_s: float
    memory_gib: Mapping[str, float]
    memory_free_gib: float
    model_bytes: int
    encoder_bytes: int
    example_bytes: int
    width: int
    tokens: int
    trained_bytes: int = 0
    others: float = 0.0

    @property
    def is_disturbed(self) -> bool:
        """Whether other programs took so much that the times say little."""
        return self.others > _DISTURBED

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> Self:
        """From a message of the helper; what else it carries is passed over."""
        return cls(**{name: values[name] for name in cls.__dataclass_fields__ if name in values})

    def to_json(self) -> dict[str, Any]:
        """For such a message."""
        return asdict(self)


@dataclass(frozen=True)
class StageEstimate:
    """One stage.

    Attributes:
        name: As in the run folder.
        kind: `decoder-warmup`, `further-pretrain`, `self-distill`, `search` or `finetune`.
        num_steps: Optimizer steps.
        seconds: From its start to its end.
        memory_gib: On the device.
        disk_gib: What it adds to the run folder while it works.
    """

    name: str
    kind: str
    num_steps: int
    seconds: float
    memory_gib: float
    disk_gib: float


@dataclass(frozen=True)
class RunEstimate:
    """What a run will take.

    Attributes:
        stages: In order.
        seconds: In all.
        memory_gib: On the device, at most.
        disk_gib: In the run folder, at most.
    """

    stages: tuple[StageEstimate, ...]
    seconds: float
    memory_gib: float
    disk_gib: float


def estimate_run(
    measurement: Measurement, recipe: Recipe, num_images: int, num_labeled: int
) -> RunEstimate:
    """What a recipe will take on so many images.

    Args:
        measurement: Of its model and batch sizes.
        recipe: What is asked.
        num_images: Images for pre-training.
        num_labeled: Labeled images, all splits.
    """
    if recipe.race.minutes:
        return _estimate_race(measurement, recipe, num_images, num_labeled)
    share = recipe.data.choose_unlabeled if num_labeled else 1.0
    stages = _stages(measurement, recipe, round(share * num_images), num_labeled)
    seconds = measurement.fixed_s + sum(stage.seconds for stage in stages)
    if share < 1:
        # To choose, the initial model looks at all of them.
        seconds += num_images * measurement.finetune_image_s * _FORWARD_SHARE
    # Each encoder is asked as it is, too: all labeled examples pass it once.
    frozen = [] if not num_labeled else [a for a in FROZEN_LAYERS if not missing_for(a, recipe)]
    seconds += len(frozen) * num_labeled * measurement.finetune_image_s * _FORWARD_SHARE
    kept = (2 * len(stages) + len(frozen) + 2) * measurement.encoder_bytes
    kept += measurement.model_bytes
    examples = _example_bytes(measurement, recipe, num_images + num_labeled)
    most = max((stage.disk_gib for stage in stages), default=0.0)
    memory = max((stage.memory_gib for stage in stages), default=0.0)
    return RunEstimate(tuple(stages), seconds, memory, most + (kept + examples) / GIB)


def _estimate_race(
    measurement: Measurement, recipe: Recipe, num_images: int, num_labeled: int
) -> RunEstimate:
    """A run that keeps to a time, whoever wins; memory and disk are the most that it may take."""
    alone = recipe.model_copy(update={"race": RaceRecipe()})
    most = estimate_run(measurement, alone, num_images, num_labeled)
    seconds = 60 * recipe.race.minutes
    (stage,) = plan_stages(
        recipe, USUAL_COSTS, decoder_is_fresh=False, can_finetune=True, is_raced=False
    )
    # The encoders of the last ones are there at once.
    disk_gib = most.disk_gib + _RACING * measurement.encoder_bytes / GIB
    race = StageEstimate(stage.name, stage.kind, 0, seconds, most.memory_gib, disk_gib)
    return RunEstimate((race,), measurement.fixed_s + seconds, most.memory_gib, disk_gib)


def _stages(
    measurement: Measurement, recipe: Recipe, num_images: int, num_labeled: int
) -> list[StageEstimate]:
    image_s = measurement.finetune_image_s * _FORWARD_SHARE

    def probes(steps: int) -> float:
        times = 2 + (steps // recipe.probe.every if recipe.probe.every else 0)
        return times * image_s * min(num_labeled, recipe.probe.max_images)

    def seconds(stage: StagePlan) -> float:
        steps = stage.num_steps
        if stage.kind == "decoder-warmup":
            return steps * measurement.warmup_step_s
        if stage.kind == "further-pretrain":
            return steps * measurement.masked_step_s + probes(steps)
        if stage.kind == "self-distill":
            targets = (2 if recipe.distill.flips else 1) * num_images * image_s
            return steps * measurement.distill_step_s + probes(steps) + targets
        if ARMS[stage.arm].average:
            # Every example passes once, those of validation at eleven points of the way.
            times = 3 if ARMS[stage.arm].average == "start" else 1
            return times * num_labeled * image_s
        step_s = ARMS[stage.arm].passes * recipe.finetune.batch_size * measurement.finetune_image_s
        if stage.kind == SEARCH:
            return steps * step_s + _times_read_in_search(recipe, stage.arm) * num_labeled * image_s
        taught = 0.0
        if ARMS[stage.arm].is_taught and stage.seed_index == 0:
            # Every other classifier reads all unlabeled examples, once.
            others = [arm for arm in arms_of(recipe) if ARMS[arm].is_trained_alone]
            taught = len(others) * recipe.finetune.num_seeds * num_images * image_s
        return steps * step_s + num_labeled * image_s + taught

    return [
        StageEstimate(
            stage.name,
            stage.kind,
            stage.num_steps,
            seconds(stage),
            # A search trains as a fine-tuning does.
            float(
                measurement.memory_gib.get("finetune" if stage.kind == SEARCH else stage.kind, 0.0)
            ),
            _stage_bytes(measurement, recipe, stage.kind, num_images) / GIB,
        )
        for stage in plan_stages(
            recipe,
            USUAL_COSTS,
            decoder_is_fresh=measurement.warmup_step_s > 0,
            can_finetune=num_labeled > 0,
        )
    ]


def _times_read_in_search(recipe: Recipe, arm: str) -> float:
    """How often each labeled example is looked at beside the steps.

    The head is fitted once; each trial is judged on a fifth or so, at some points of its way where
    they are compared.
    """
    trials = sum(number for _, number in search_rungs(recipe)) + may_try_pairs(recipe)
    return 1 + trials * len(judged_shares(recipe, arm)) / 5


def _example_bytes(measurement: Measurement, recipe: Recipe, num_images: int) -> float:
    """Decoded images or tokens; images beyond the budget are not kept."""
    needed = num_images * measurement.example_bytes
    return needed if needed <= recipe.data.disk_budget_gib * GIB else 0


def _stage_bytes(measurement: Measurement, recipe: Recipe, kind: str, num_images: int) -> float:
    """Two checkpoints and the one being written, AdamW's two moments in each; and targets."""
    moments = 1 if recipe.runtime.moments == "bfloat16" else 2
    trained = measurement.model_bytes
    if kind in _PRETRAINING and measurement.trained_bytes:
        trained = measurement.trained_bytes
    checkpoints = 3 * (1 + moments) * trained
    if kind in {"finetune", SEARCH} and recipe.finetune.averaging:
        checkpoints += 3 * measurement.encoder_bytes
    if kind != "self-distill":
        return checkpoints
    per_image = {"all_tokens": measurement.tokens, "class_and_patches": 2}.get(
        recipe.distill.match, 1
    )
    views = 2 if recipe.distill.flips else 1
    targets = 4 * views * num_images * per_image * measurement.width
    return checkpoints + (targets if targets <= recipe.data.disk_budget_gib * GIB else 0)
