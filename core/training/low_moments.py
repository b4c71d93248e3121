"""AdamW whose moments are kept in bfloat16: 4 bytes for each parameter instead of 8.

The second moment moves by 1 - beta2 of what it is off by, one part in a thousand for the usual
0.999, while bfloat16 has no number within 1/256 of another: rounded to the nearest one, it would
stay where it is for good. So moments are rounded up or down by chance, in proportion to what is cut
off, and are right on average (stochastic rounding; Gupta et al. 2015, arXiv 1502.02551, section 3).
"""

from collections.abc import Callable, Iterator
from typing import Any

import torch
from torch import Tensor, nn

from core.devices.table import kind_of

# Numbers whose moments are float32 at once, while they are updated.
_PORTION = 1 << 22
# Bits that float32 has and bfloat16 has not.
_CUT_OFF = 1 << 16


class LowMomentAdamW(torch.optim.Optimizer):
    """AdamW (Loshchilov & Hutter 2019, algorithm 2), as torch computes it, with such moments.

    Weights and gradients are float32. The state has the names that torch's AdamW gives it.

    Args:
        groups: Of parameters, with their `weight_decay`.
        betas: Of the two moments.

    Attributes:
        seed: What the next step rounds by.
    """

    def __init__(self, groups: list[dict[str, Any]], betas: tuple[float, float]) -> None:
        super().__init__(groups, {"lr": 0.0, "betas": betas, "eps": 1e-8})
        # A scaler of the loss then leaves both to us (`grad_scale`, `found_inf`): dividing the
        # gradients by the scale, and changing nothing where they overflow. It would ask the device.
        self._step_supports_amp_scaling = True
        self.seed = 0

    @torch.no_grad()
    def step(self, closure: Callable[[], Any] | None = None) -> None:  # type: ignore[override]
        """Update the weights by their gradients; parameters without one stay."""
        assert closure is None
        generators: dict[torch.device, torch.Generator] = {}
        for group in self.param_groups:
            for parameters in _portions(group["params"]):
                device = parameters[0].device
                if device not in generators:
                    generators[device] = kind_of(device).generator(device, self.seed)
                self._update(parameters, group, generators[device])

    def _update(
        self, parameters: list[nn.Parameter], group: dict[str, Any], generator: torch.Generator
    ) -> None:
        beta1, beta2 = group["betas"]
        states = [self.state[parameter] for parameter in parameters]
        grads = [parameter.grad for parameter in parameters if parameter.grad is not None]
        scale: Tensor | None = getattr(self, "grad_scale", None)
        overflow: Tensor | None = getattr(self, "found_inf", None)
        if scale is not None:
            torch._foreach_mul_(grads, scale.reciprocal())
        weights: list[Tensor] = [*parameters]
        means = [state["exp_avg"].float() for state in states]
        squares = [state["exp_avg_sq"].float() for state in states]
        torch._foreach_lerp_(means, grads, 1 - beta1)
        torch._foreach_mul_(squares, beta2)
        torch._foreach_addcmul_(squares, grads, grads, 1 - beta2)
        rounded = [
            (state[key], stochastically_rounded(exact, generator))
            for key, moments in (("exp_avg", means), ("exp_avg_sq", squares))
            for state, exact in zip(states, moments, strict=True)
        ]
        # The step is taken by the exact moments: what rounding adds is in the next ones.
        skipped = None if overflow is None else overflow > 0
        before = None if skipped is None else [weight.clone() for weight in weights]
        steps = [state["step"] for state in states]
        if skipped is None:
            torch._foreach_add_(steps, 1)
        else:
            torch._foreach_add_(steps, [(~skipped).float()] * len(steps))
        taken = states[0]["step"]
        torch._foreach_sqrt_(squares)
        torch._foreach_mul_(squares, (1 - beta2**taken).rsqrt())
        torch._foreach_add_(squares, group["eps"])
        torch._foreach_div_(means, squares)
        torch._foreach_mul_(means, -group["lr"] / (1 - beta1**taken))
        torch._foreach_mul_(weights, 1 - group["lr"] * group["weight_decay"])
        torch._foreach_add_(weights, means)
        for kept, value in rounded:
            kept.copy_(value if skipped is None else torch.where(skipped, kept, value))
        if skipped is not None and before is not None:
            for weight, old in zip(weights, before, strict=True):
                weight.copy_(torch.where(skipped, old, weight))


def stochastically_rounded(values: Tensor, generator: torch.Generator) -> Tensor:
    """Float32 values in bfloat16, each one of the two next to it, on average the value itself."""
    bits = values.view(torch.int32)
    noise = torch.empty_like(bits).random_(0, _CUT_OFF, generator=generator)
    kept = torch.full((), -_CUT_OFF, dtype=torch.int32, device=values.device)
    return (bits + noise).bitwise_and_(kept).view(torch.float32).to(torch.bfloat16)


def _portions(parameters: list[nn.Parameter]) -> Iterator[list[nn.Parameter]]:
    portion: list[nn.Parameter] = []
    for parameter in parameters:
        if parameter.grad is None:
            continue
        if portion and sum(map(torch.numel, portion)) + parameter.numel() > _PORTION:
            yield portion
            portion = []
        portion.append(parameter)
    if portion:
        yield portion
