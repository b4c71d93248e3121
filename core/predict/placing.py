"""Where a classifier answers, how precisely, and with how many threads."""

import os
from dataclasses import dataclass
from typing import Final

import torch

from core.errors import RunError
from core.recipe import RuntimeRecipe
from core.training.device import device_to_answer

# Reading examples for a device; more of them wait for each other's Python.
_MOST_READERS: Final = 16
# Rows that are computed at once: a CPU gains little by more.
ON_CPU: Final = 16
ON_DEVICE: Final = 128


@dataclass(frozen=True)
class Place:
    """Where a classifier answers.

    Attributes:
        device: Of the classifier.
        precision: Of its matrix products: `float32`, `bfloat16` or `float16`.
        words: The device, for people.
        threads: That read examples at once; on a CPU each of them computes, too.
    """

    device: torch.device
    precision: str
    words: str
    threads: int

    @property
    def is_cpu(self) -> bool:
        """Whether it is the processor."""
        return self.device.type == "cpu"


def place_for(runtime: RuntimeRecipe, asked: str | None = None) -> Place:
    """The place that was asked for, else the recipe's, else the best one of this machine.

    Matrix products are in the precision that the device is fast in, unless the recipe says
    `float32`: without gradients and small steps nothing else can be lost.

    Args:
        runtime: Of the run's recipe, which may have been written on another machine.
        asked: `auto`, `cpu`, `cuda`, `cuda:N`, `mps` or `xpu`.

    Raises:
        RunError: `asked` names a device that this machine lacks.
    """
    if runtime.threads is not None:
        torch.set_num_threads(runtime.threads)
    precision = "float32" if runtime.precision == "float32" else "auto"
    missing = ""
    try:
        device, found, words = device_to_answer(asked or runtime.device, precision)
    except RunError as error:
        if asked is not None:
            reason = error.details.get("reason", error.what)
            raise RunError("predict-device", device=asked, reason=reason) from error
        device, found, words = device_to_answer("auto", precision)
        missing = f"; {runtime.device}, which the recipe names, is not on this machine"
    threads = torch.get_num_threads()
    if device.type != "cpu":
        # Reading overlaps the device from two on.
        threads = max(2, min(_MOST_READERS, os.cpu_count() or 1))
    return Place(device, found, words + missing, threads)
