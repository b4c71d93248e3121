"""The sections of the recipe that train the representation, and how often it is probed."""

from typing import Literal, Self

from pydantic import Field, field_validator, model_validator

from core.language import _
from core.recipe.objectives import ObjectiveName
from core.recipe.ranges import (
    BatchSize,
    LearningRate,
    PositiveInt,
    Steps,
    WeightDecay,
)
from core.recipe.section import Section
from core.recipe.trained import trained_part

Match = Literal["class_token", "patch_mean", "all_tokens", "class_and_patches", "auto"]
Distance = Literal["squared", "smooth_l1", "cosine"]
Teacher = Literal["further", "initial", "averaged"]


class _Masked(Section):
    steps: Steps = Field(default=20_000, description=_("Optimizer steps. Paper: 20,000."))
    batch_size: BatchSize = Field(default=64, description=_("{Examples} per step. Paper: 64."))
    lr: LearningRate = Field(
        default=1.5e-4, description=_("Peak learning rate, decaying linearly to 0. Paper: 1.5e-4.")
    )
    warmup_steps: Steps = Field(default=0, description=_("Linear warm-up. Paper: none."))
    weight_decay: WeightDecay = Field(
        default=0.01,
        description=_("AdamW weight decay, none on 1-D parameters. Paper: 0.01."),
    )
    beta1: float = Field(default=0.9, ge=0, lt=1, description=_("AdamW beta 1. Paper: 0.9."))
    beta2: float = Field(default=0.95, ge=0, lt=1, description=_("AdamW beta 2. Paper: 0.95."))
    clip_norm: float = Field(
        default=0.0, ge=0, description=_("Gradient clipping; 0 is none (paper).")
    )
    mask_ratio: float = Field(
        default=0.75, gt=0, lt=1, description=_("Share of {pieces} hidden. Paper: 0.75.")
    )
    flips: bool = Field(
        default=False, description=_("Random horizontal flips in pre-training. Paper: no.")
    )
    random_resized_crops: bool = Field(
        default=False,
        description=_(
            "Random resized crops in pre-training. Paper: no. The teacher then has to run "
            "at every step, because its targets change with the crop."
        ),
    )
    crop_scale: float = Field(
        default=0.2, gt=0, le=1, description=_("Smallest share of the image's area in a crop.")
    )
    stop_early: bool = Field(
        default=False,
        description=_(
            "End the stage where two probes in a row are below its start by more than "
            "noise. Needs labels, and probe.every above 0. Paper: no."
        ),
    )

    @model_validator(mode="after")
    def _warmup_fits(self) -> Self:
        if self.steps and self.warmup_steps >= self.steps:
            words = _("warmup_steps {warmup} must be below steps {steps}")
            raise ValueError(words.format(warmup=self.warmup_steps, steps=self.steps))
        return self


class PretrainRecipe(_Masked):
    """Further pre-training: an objective without labels; the result is the teacher."""

    objective: ObjectiveName = Field(
        default="masked",
        description=_(
            "What further pre-training minimises, and self-distillation with it. `masked`: "
            "hidden {pieces} (paper). `auto`: what suits the way in which the model was "
            "pretrained; the run says what it chose and why."
        ),
    )
    train: str = Field(
        default="all",
        description=_(
            "What of the encoder is trained, here and in self-distillation: `all` (paper), "
            "`last:N`, the last N blocks, or `lora:R`, low-rank adapters of rank R on all blocks "
            "but the last one, which is trained whole (ExPLoRA). These two need less memory, and "
            "the encoder stays nearer to its start. `auto`: the part that the objective was "
            "measured with."
        ),
    )
    keep: Literal["last", "best"] = Field(
        default="last",
        description=_(
            "Which encoder becomes the teacher and the `further` arm: the last one "
            "(paper) or the best one by the probes, the one it started from among them."
        ),
    )
    num_seeds: int = Field(
        default=1,
        ge=1,
        le=100,
        description=_(
            "How often further pre-training and self-distillation are done, each time with "
            "other random numbers; fine-tunings take turns on what they made. Paper: 1."
        ),
    )

    @field_validator("train")
    @classmethod
    def _names_a_part(cls, train: str) -> str:
        trained_part(train)
        return train


class DistillRecipe(_Masked):
    """Self-distillation: the masked objective plus closeness to the teacher."""

    rounds: int = Field(
        default=1, ge=0, le=100, description=_("Teacher-to-student rounds. Paper: 1. 0: none.")
    )
    weight: float = Field(
        default=1.0,
        ge=0,
        description=_(
            "Weight of the distillation term beside the other loss. Paper: 1. The right "
            "one for `squared` depends on the model; for `smooth_l1` and `cosine` it does not."
        ),
    )
    distance: Distance = Field(
        default="squared",
        description=_(
            "How far student and teacher are apart: `squared`, the sum of squares (paper), "
            "which grows with the width and scale of the features; or free of both, on features "
            "normalised to mean 0 and variance 1: `smooth_l1`, or `cosine` (0 to 2)."
        ),
    )
    match: Match = Field(
        default="class_token",
        description=_(
            "Which representation is matched: class token (paper), mean of the {pieces}, "
            "all tokens, or class token and mean together. `auto`: what the model itself is read "
            "by, the class token of DINO, CLIP and BERT, the mean of MAE and sentence encoders; "
            "the run says what it chose."
        ),
    )
    teacher: Teacher = Field(
        default="further",
        description=_(
            "Teacher of the first round: the further pre-trained encoder (paper), the "
            "`initial` one, or `averaged`, the mean of the weights of both. Later rounds have the "
            "student of the round before."
        ),
    )
    targets: Literal["auto", "precomputed", "live"] = Field(
        default="auto",
        description=_(
            "Teacher targets computed once per round, or by a live teacher at each step. "
            "`auto`: once wherever preprocessing is deterministic and they fit the disk budget."
        ),
    )
    keep: Literal["last", "best"] = Field(
        default="last",
        description=_(
            "Which encoder ends the round: the last "
            "(paper) or the best one by the probes, the one it started from among them."
        ),
    )

    @model_validator(mode="after")
    def _targets_can_be_stored(self) -> Self:
        if self.targets == "precomputed" and self.random_resized_crops:
            raise ValueError(_("targets can't be precomputed with random_resized_crops"))
        return self


class ProbeRecipe(Section):
    """How often the representation itself is looked at during pre-training."""

    every: Steps = Field(
        default=1_000, description=_("Steps between probes; 0: only at the end of a stage.")
    )
    neighbours: PositiveInt = Field(default=20, description=_("k of the nearest-neighbour probe."))
    max_images: PositiveInt = Field(
        default=2_000, description=_("Labeled {examples} used at most.")
    )
