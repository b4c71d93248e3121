"""The exponential average of weights on their way (Polyak and Juditsky 1992; Tan and Le 2019)."""

import torch
from torch import Tensor, nn


class WeightAverage:
    """Follows parameters, step by step; a checkpoint holds it, so that a resume changes nothing.

    Args:
        parameters: What is averaged, by name, on its device.
        share: About how large a part of all steps counts.
        num_steps: Of the stage.
    """

    def __init__(self, parameters: dict[str, nn.Parameter], share: float, num_steps: int) -> None:
        self._parameters = parameters
        self._decay = 1 - 1 / max(1.0, share * num_steps)
        self._averages = {
            name: parameter.detach().clone() for name, parameter in parameters.items()
        }

    @torch.no_grad()
    def follow(self, step: int) -> None:
        """Take in the weights after `step` steps, from 1; the first ones count for little."""
        decay = min(self._decay, step / (step + 9))
        current = [parameter.detach() for parameter in self._parameters.values()]
        torch._foreach_lerp_(list(self._averages.values()), current, 1 - decay)

    @torch.no_grad()
    def put_in(self) -> None:
        """Replace the weights by their averages."""
        for name, parameter in self._parameters.items():
            parameter.copy_(self._averages[name])

    def state(self) -> dict[str, Tensor]:
        """For a checkpoint."""
        return {f"average/{name}": value for name, value in self._averages.items()}

    @torch.no_grad()
    def restore(self, tensors: dict[str, Tensor]) -> None:
        """The reverse of `state`, in place; `KeyError` when a tensor is missing."""
        for name, value in self._averages.items():
            value.copy_(tensors[f"average/{name}"])
