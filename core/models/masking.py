"""Random masking: pure functions of noise. Masks say 0 for keep, 1 for remove."""

import torch
from torch import Tensor


def masking_order(noise: Tensor, mask_ratio: float) -> tuple[Tensor, Tensor, Tensor]:
    """Which patches stay visible: those with the smallest noise, as in MAE and transformers.

    Args:
        noise: (B, L) uniform noise.
        mask_ratio: Share of patches to hide.

    Returns:
        `ids_keep` (B, V) of the visible patches, in the order of their noise;
        `ids_masked` (B, L - V); `ids_restore` (B, L), the inverse of both strung together.
    """
    num_visible = int(noise.shape[1] * (1 - mask_ratio))
    ids_shuffle = torch.argsort(noise, dim=1)
    ids_restore = torch.argsort(ids_shuffle, dim=1)
    return ids_shuffle[:, :num_visible], ids_shuffle[:, num_visible:], ids_restore


def gather_tokens(tokens: Tensor, ids: Tensor) -> Tensor:
    """The tokens at `ids`: (B, L, D) and (B, V) to (B, V, D)."""
    return tokens.gather(1, ids.unsqueeze(-1).expand(-1, -1, tokens.shape[-1]))
