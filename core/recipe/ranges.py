"""Ranges that several fields of the recipe share."""

from typing import Annotated

from pydantic import Field

PositiveInt = Annotated[int, Field(ge=1, le=1_000_000_000)]
BatchSize = Annotated[int, Field(ge=1, le=1_000_000)]
Depth = Annotated[int, Field(ge=1, le=128)]
Width = Annotated[int, Field(ge=1, le=65_536)]
Steps = Annotated[int, Field(ge=0, le=100_000_000)]
LearningRate = Annotated[float, Field(gt=0, le=10)]
WeightDecay = Annotated[float, Field(ge=0, le=1_000)]
Share = Annotated[float, Field(ge=0, lt=1)]


def refuse_erasing(lr: float, weight_decay: float) -> None:
    """Refuse a decay that takes all of every weight at each step of AdamW, or more than all.

    Raises:
        ValueError: In words.
    """
    if lr * weight_decay >= 1:
        raise ValueError(
            f"weight_decay {weight_decay:g} at lr {lr:g} takes all of every weight at each step: "
            f"set it below {1 / lr:g}; usual are 0 to 0.3"
        )
