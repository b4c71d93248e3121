"""The section of the recipe that fine-tunes, and the arms it compares."""

from typing import Literal, Self

from pydantic import Field, field_validator, model_validator

from core.recipe.arms import ABLATIONS, ARMS, METHOD, REGULARISED
from core.recipe.ranges import LearningRate, PositiveInt, Steps
from core.recipe.section import Section


def _listed(arms: tuple[str, ...], last: str) -> str:
    return f"{', '.join(arms[:-1])} {last} {arms[-1]}"


def _with_titles(arms: tuple[str, ...]) -> str:
    return ", ".join(f"{arm} ({ARMS[arm].title})" for arm in arms)


class FinetuneRecipe(Section):
    """Fine-tuning of encoder and new linear head on the labeled images."""

    steps: Steps = Field(default=10_000, description="Optimizer steps. Paper: 10,000.")
    batch_size: PositiveInt = Field(default=32, description="{Examples} per step. Paper: 32.")
    lr: LearningRate = Field(default=1e-4, description="Peak learning rate. Paper: 1e-4.")
    warmup_steps: Steps = Field(default=500, description="Linear warm-up. Paper: 500.")
    weight_decay: float = Field(
        default=0.01,
        ge=0,
        description="None on biases, position embeddings, class token. Paper: 0.01.",
    )
    beta1: float = Field(default=0.9, ge=0, lt=1, description="AdamW beta 1. Paper: 0.9.")
    beta2: float = Field(default=0.999, ge=0, lt=1, description="AdamW beta 2. Paper: 0.999.")
    clip_norm: float = Field(default=1.0, ge=0, description="Gradient clipping. Paper: 1.0.")
    dropout: float = Field(default=0.1, ge=0, lt=1, description="Hidden dropout. Paper: 0.1.")
    flips: bool = Field(default=True, description="Random horizontal flips. Paper: yes.")
    head: Literal["random", "probe"] = Field(
        default="random",
        description="What the new linear head starts from: random weights (paper), or the linear "
        "probe fitted on the training {examples}, which leaves a short fine-tuning to the encoder "
        "(Kumar et al. 2022). The same for every arm, each with its own encoder.",
    )
    balance: Literal["none", "weights", "sampling"] = Field(
        default="none",
        description="For skewed classes: weights in the loss, or classes sampled evenly.",
    )
    arms: tuple[str, ...] = Field(
        default=METHOD,
        strict=False,
        description="What is fine-tuned and compared: base (the pretrained model as it is), "
        "further (further pre-trained), distilled (self-distilled); the base model fine-tuned with "
        f"{_listed(REGULARISED, 'or')}; and the ablations {_with_titles(ABLATIONS)}.",
    )
    num_seeds: int = Field(
        default=1, ge=1, le=100, description="Fine-tunings per arm. Paper: 5 (mean ± std)."
    )
    order: Literal["arms", "seeds"] = Field(
        default="arms",
        description="Which fine-tunings come first: all seeds of an arm, or seed 0 of every arm, "
        "so that interim results are paired early (comparisons).",
    )

    @field_validator("arms")
    @classmethod
    def _are_known(cls, arms: tuple[str, ...]) -> tuple[str, ...]:
        if unknown := [arm for arm in arms if arm not in ARMS]:
            raise ValueError(f"there is no arm {', '.join(unknown)}; there are {', '.join(ARMS)}")
        return arms

    @model_validator(mode="after")
    def _warmup_fits(self) -> Self:
        if self.steps and self.warmup_steps >= self.steps:
            raise ValueError(f"warmup_steps {self.warmup_steps} must be below steps {self.steps}")
        if len(set(self.arms)) != len(self.arms):
            raise ValueError(f"arms names one twice: {', '.join(self.arms)}")
        return self
