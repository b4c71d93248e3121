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
