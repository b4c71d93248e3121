"""Attention: on a CPU the fast way depends on length and precision, elsewhere on asking nothing.

torch's fused attention saves memory traffic on a GPU. On a CPU its backward pass is the slower one
for the short sequences of masked images and sentences, above all in bfloat16, where it does not
use the processor's matrix unit. Both ways compute the same, so this is chosen by what comes in, and
only where gradients are wanted.
"""

import functools
from typing import Any

import torch
from torch import Tensor, nn

# Tokens up to which plain matrix products are faster; in float32 larger matrices of attention
# leave the caches, in bfloat16 the fused way has no way to win but memory.
_LONGEST_FLOAT32 = 128
_LONGEST_BFLOAT16 = 1024


def prefers_plain(x: Tensor) -> bool:
    """Whether attention over (B, L, D) `x` trains faster as plain matrix products."""
    if x.device.type != "cpu" or not torch.is_grad_enabled():
        return False
    low = torch.is_autocast_enabled("cpu") or x.dtype == torch.bfloat16
    return x.shape[1] <= (_LONGEST_BFLOAT16 if low else _LONGEST_FLOAT32)


def attend_plainly_on_cpu(model: nn.Module) -> None:
    """Let every attention in `model` take the faster way while it trains on a CPU.

    Knows timm's attention (`fused_attn`) and transformers' models; leaves others alone.
    """
    for part in model.modules():
        if hasattr(part, "fused_attn"):
            part.register_forward_pre_hook(choose_attention)
            continue
        # Models for text register transformers' parts, and run its whole beside them.
        module: Any = getattr(part, "whole", part)
        if _has_sdpa(module):
            limit = getattr(module.config, "max_position_embeddings", 0)
            if limit <= _LONGEST_BFLOAT16:
                module.set_attn_implementation("eager")


def attend_without_asking(model: nn.Module) -> None:
    """Let transformers' attention in `model` take its mask as it is.

    With torch's fused attention transformers first asks the device whether there is padding at all,
    and the host waits for the answer in every pass.
    """
    for part in model.modules():
        module: Any = getattr(part, "whole", part)
        if _has_sdpa(module):
            module.set_attn_implementation(_always_masked())


@functools.cache
def _always_masked() -> str:
    # Late: images are trained without transformers.
    from transformers import AttentionInterface, AttentionMaskInterface
    from transformers.integrations.sdpa_attention import sdpa_attention_forward
    from transformers.masking_utils import sdpa_mask

    def mask(**asked: Any) -> Any:
        skips = {"allow_is_causal_skip": False, "allow_is_bidirectional_skip": False}
        return sdpa_mask(**{**asked, **skips})

    name = "sdpa_always_masked"
    AttentionInterface.register(name, sdpa_attention_forward)
    AttentionMaskInterface.register(name, mask)
    return name


def choose_attention(module: Any, args: tuple[Any, ...]) -> None:
    """Before each call of timm's attention: whether it takes the fused way, by its input."""
    module.fused_attn = not prefers_plain(args[0])


def _has_sdpa(module: Any) -> bool:
    config = getattr(module, "config", None)
    return (
        hasattr(module, "set_attn_implementation")
        and getattr(config, "_attn_implementation", None) == "sdpa"
    )
