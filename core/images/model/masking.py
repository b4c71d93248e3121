"""Random masking: pure functions of noise. Masks say 0 for keep, 1 for remove."""

import torch
from torch import Tensor


def masking_order(noise: Tensor, mask_ratio: float) -> tuple[Tensor, int]:
    """Which patches stay visible: those with the least noise, as in MAE and transformers.

    Args:
        noise: (B, L) uniform noise.
        mask_ratio: Share of patches to hide.

    Returns:
        `ids_shuffle` (B, L), the patches in the order of their noise, and how many of the first
        stay visible.
    """
    return torch.argsort(noise, dim=1), int(noise.shape[1] * (1 - mask_ratio))


def gather_tokens(tokens: Tensor, ids: Tensor) -> Tensor:
    """The tokens at `ids`: (B, L, D) and (B, V) to (B, V, D)."""
    return tokens.gather(1, ids.unsqueeze(-1).expand(-1, -1, tokens.shape[-1]))
