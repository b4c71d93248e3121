"""AdamW with the paper's parameter groups; its state exists from the start."""

from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import Any, Protocol

import torch
from torch import nn

from core.training.low_moments import LowMomentAdamW

NamedParameters = Iterable[tuple[str, nn.Parameter]]
_NO_FACTORS: Mapping[str, float] = MappingProxyType({})


class StepRule(Protocol):
    """Takes part in every optimizer step, beside AdamW.

    A pure function of weights, step and learning rate: a checkpoint holds nothing of it.

    Attributes:
        governed: Names of parameters whose AdamW step it scales; they are not decayed by AdamW.
    """

    governed: frozenset[str]

    def rate_factor(self, step: int) -> float:
        """Factor on the learning rate of the governed parameters, after `step` steps."""
        ...

    def after(self, step: int, lr: float) -> None:
        """Change weights in place after AdamW's step; `lr` is without the factor."""
        ...


def trainable(model: nn.Module) -> dict[str, nn.Parameter]:
    """Parameters that want a gradient, by name."""
    return {
        name: parameter for name, parameter in model.named_parameters() if parameter.requires_grad
    }


def decays_in_pretraining(name: str, parameter: nn.Parameter) -> bool:
    """No weight decay on biases and norms, that is 1-D parameters (METHOD.md section 2).

    Nor on positions that are learned, as language models have them in tables.
    """
    return parameter.ndim > 1 and not _is_table_of_positions(name)


def decays_in_finetuning(name: str, parameter: nn.Parameter) -> bool:
    """No weight decay on biases, position embeddings and the class token (METHOD.md section 2)."""
    del parameter
    return name.rpartition(".")[2] not in {"bias", "pos_embed", "cls_token"}


def decays_matrices(name: str, parameter: nn.Parameter) -> bool:
    """No weight decay on norms, biases, positions and single tokens: matrices alone decay."""
    if parameter.ndim < 2 or _is_table_of_positions(name):
        return False
    return name.rpartition(".")[2] not in {"pos_embed", "cls_token", "reg_token", "dist_token"}


def _is_table_of_positions(name: str) -> bool:
    """By the names of transformers' models; `rel_embeddings` are DeBERTa's."""
    return "position" in name or "rel_embeddings" in name


def finetuning_decay(*, with_norms: bool) -> Callable[[str, nn.Parameter], bool]:
    """Which parameters decay in fine-tuning: as in the paper, or matrices alone."""
    return decays_in_finetuning if with_norms else decays_matrices


def has_fused_adamw(kind: str) -> bool:
    """Whether torch's fused AdamW is right on a kind of device.

    On `mps` it ignores what the scaler of the loss found: the first step that overflows float16
    would leave weights that are no numbers. Without it the scaler skips such a step by itself.
    """
    return kind != "mps"


def build_adamw(
    parameters: NamedParameters,
    *,
    weight_decay: float,
    betas: tuple[float, float],
    decays: Callable[[str, nn.Parameter], bool],
    governed: frozenset[str] = frozenset(),
    rate_factors: Mapping[str, float] = _NO_FACTORS,
    moments: str = "float32",
) -> torch.optim.Optimizer:
    """AdamW over the trainable parameters, moments allocated now, in `float32` or `bfloat16`.

    Moments are allocated here, not in the first step, so that a step never allocates memory
    half-way through an update: running out there would leave the weights torn. Parameters that a
    `StepRule` governs have a group of their own, without weight decay. Each factor on the learning
    rate (`rate_factors`, by name; 1 where it says nothing) makes these groups anew, the largest
    first.
    """
    named = [(name, parameter) for name, parameter in parameters if parameter.requires_grad]
    kinds: dict[tuple[bool, bool, float], dict[str, Any]] = {}
    for name, parameter in named:
        is_governed, factor = name in governed, rate_factors.get(name, 1.0)
        is_plain = is_governed or not decays(name, parameter)
        group = kinds.setdefault(
            (is_governed, is_plain, -factor),
            {
                "params": [],
                "weight_decay": 0.0 if is_plain else weight_decay,
                "is_governed": is_governed,
                "rate_factor": factor,
            },
        )
        group["params"].append(parameter)
    groups = [kinds[kind] for kind in sorted(kinds)]
    optimizer: torch.optim.Optimizer
    if moments == "bfloat16":
        optimizer, dtype = LowMomentAdamW(groups, betas), torch.bfloat16
    else:
        fused = all(has_fused_adamw(parameter.device.type) for _, parameter in named)
        optimizer = torch.optim.AdamW(groups, lr=0.0, betas=betas, fused=fused, foreach=not fused)
        dtype = torch.float32
    for _, parameter in named:
        # The fused kernel and ours want the counter on the parameter's device; torch's others ask
        # for its value, which is to wait for no device.
        on_host = optimizer.defaults.get("foreach", False)
        optimizer.state[parameter] = {
            "step": torch.zeros((), device="cpu" if on_host else parameter.device),
            "exp_avg": torch.zeros_like(parameter, dtype=dtype),
            "exp_avg_sq": torch.zeros_like(parameter, dtype=dtype),
        }
    return optimizer


class StepsTaken:
    """Whether AdamW took a step: with a scaler of the loss it skips those that overflow float16.

    The fused kernel does so by itself, on the device, and tells nobody but its counter of steps.

    Args:
        optimizer: Built by `build_adamw`, its state restored already.
        scaler: Of the loss; None where there is none, and no step is skipped.
    """

    def __init__(self, optimizer: torch.optim.Optimizer, scaler: Any | None) -> None:
        self._optimizer = optimizer
        self._can_skip = scaler is not None and scaler.is_enabled()
        self._number = self._count() if self._can_skip else 0.0

    def took_one(self) -> bool:
        """Whether the step since the last look was taken; waits for the device if it may not be."""
        if not self._can_skip:
            return True
        before, self._number = self._number, self._count()
        return self._number > before

    def _count(self) -> float:
        state = next(iter(self._optimizer.state.values()))
        return float(state["step"])


def set_lr(
    optimizer: torch.optim.Optimizer, lr: float, governed_factor: float = 1.0, *, seed: int = 0
) -> None:
    """Set the learning rate of every group: times its own factor, and one for governed ones.

    Args:
        optimizer: Built by `build_adamw`.
        lr: The rate.
        governed_factor: The factor.
        seed: Of the step, for moments that are rounded by chance.
    """
    for group in optimizer.param_groups:
        rate = lr * group["rate_factor"]
        group["lr"] = rate * governed_factor if group["is_governed"] else rate
    if isinstance(optimizer, LowMomentAdamW):
        optimizer.seed = seed
