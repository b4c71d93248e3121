"""Lets every attention of a model take the way that trains faster on a CPU."""

from typing import Any

from torch import nn

from core.attention import LONGEST_BFLOAT16, prefers_plain


def attend_plainly_on_cpu(model: nn.Module) -> None:
    """Let every attention in `model` take the faster way while it trains on a CPU.

    Knows timm's attention (`fused_attn`) and transformers' models; leaves others alone.
    """
    for part in model.modules():
        if hasattr(part, "fused_attn"):
            part.register_forward_pre_hook(_choose)
            continue
        # Models for text register transformers' parts, and run its whole beside them.
        module: Any = getattr(part, "whole", part)
        if _has_sdpa(module):
            limit = getattr(module.config, "max_position_embeddings", 0)
            if limit <= LONGEST_BFLOAT16:
                module.set_attn_implementation("eager")


def _choose(module: Any, args: tuple[Any, ...]) -> None:
    module.fused_attn = not prefers_plain(args[0])


def _has_sdpa(module: Any) -> bool:
    config = getattr(module, "config", None)
    return (
        hasattr(module, "set_attn_implementation")
        and getattr(config, "_attn_implementation", None) == "sdpa"
    )
