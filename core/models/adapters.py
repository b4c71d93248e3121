"""Low-rank adapters beside the frozen linear layers of an encoder (LoRA, Hu et al. 2022).

They are peft's. Its layers show the frozen weights alone as their `weight`; here they are merged:
base + B A, which is what the layer computes.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import torch
from torch import Tensor, nn

from core.models.plain import require_plain

_ADAPTER = "default"  # peft's name for an only one


def add_adapters(encoder: nn.Module, names: Sequence[str], rank: int, seed: int) -> None:
    """Put adapters around linear layers, in place; all else of the encoder is frozen.

    At first they change nothing: B is zero. They are as strong as they are learned (peft's
    `lora_alpha` is the rank), so that a learning rate means the same at any rank.

    Args:
        encoder: On the CPU.
        names: Of its linear layers.
        rank: Of the adapters.
        seed: Of the A, drawn apart from everything else.

    Raises:
        RunError: A layer is not plain.
    """
    for name in names:
        layer = encoder.get_submodule(name)
        require_plain(layer, nn.Linear, name=name, why="an adapter")
    # Late: it takes seconds, and few runs want it.
    from peft import LoraConfig, inject_adapter_in_model

    config = LoraConfig(
        r=rank, lora_alpha=rank, lora_dropout=0.0, bias="none", target_modules=list(names)
    )
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        inject_adapter_in_model(config, encoder, adapter_name=_ADAPTER)
    assert sorted(adapted_layers(encoder)) == sorted(names)


def adapted_layers(encoder: nn.Module) -> dict[str, Any]:
    """The layers with an adapter, by the name that the layer had without one."""
    return {
        name: part
        for name, part in encoder.named_modules()
        if hasattr(part, "lora_A") and hasattr(part, "base_layer")
    }


def merged_state(encoder: nn.Module) -> dict[str, Tensor]:
    """The encoder's weights in its architecture's names, adapters merged; detached."""
    state = encoder.state_dict()
    for name, layer in adapted_layers(encoder).items():
        base = {key: state.pop(key) for key in list(state) if key.startswith(f"{name}.")}
        weight = layer.base_layer.weight
        delta = layer.get_delta_weight(_ADAPTER)
        state[f"{name}.weight"] = (weight.float() + delta.float()).detach()
        if f"{name}.base_layer.bias" in base:
            state[f"{name}.bias"] = base[f"{name}.base_layer.bias"]
    return state


@torch.no_grad()
def load_merged(encoder: nn.Module, state: Mapping[str, Tensor]) -> None:
    """Put weights in the architecture's names into an encoder; adapters start anew."""
    own = dict(state)
    for name, layer in adapted_layers(encoder).items():
        for key in ("weight", "bias"):
            if f"{name}.{key}" in own:
                own[f"{name}.base_layer.{key}"] = own.pop(f"{name}.{key}")
        for part in ("A", "B"):
            key = f"{name}.lora_{part}.{_ADAPTER}.weight"
            before = getattr(layer, f"lora_{part}")[_ADAPTER].weight
            own[key] = torch.zeros_like(before) if part == "B" else before
    encoder.load_state_dict(own)
