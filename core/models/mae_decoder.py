"""The light decoder of masked image pre-training (He et al. 2022); dropped after it."""

from functools import partial
from typing import Any

import torch
from timm.models.vision_transformer import Block
from torch import Tensor, nn

from core.models.masking import gather_tokens


class MaeDecoder(nn.Module):
    """Predicts the pixels of masked patches from the encoded visible ones.

    Args:
        embed_dim: Width of the encoder.
        num_pixels: Values per patch: height x width x channels.
        grid: Patches per column and per row.
        num_prefix: Tokens before the patches (the class token), which the decoder sees too.
        depth: Blocks.
        decoder_dim: Width, a multiple of 4 and of `num_heads`.
        num_heads: Attention heads.
        norm_eps: Of the LayerNorms.
    """

    def __init__(
        self,
        *,
        embed_dim: int,
        num_pixels: int,
        grid: tuple[int, int],
        num_prefix: int,
        depth: int,
        decoder_dim: int,
        num_heads: int,
        norm_eps: float = 1e-6,
    ) -> None:
        super().__init__()
        norm: Any = partial(nn.LayerNorm, eps=norm_eps)
        self.num_prefix = num_prefix
        self.embed = nn.Linear(embed_dim, decoder_dim)
        self.mask_token = nn.Parameter(torch.zeros(1, 1, decoder_dim))
        positions = sincos_positions(decoder_dim, grid, num_prefix)
        self.pos_embed = nn.Parameter(positions, requires_grad=False)
        self.blocks = nn.Sequential(
            *[Block(decoder_dim, num_heads, qkv_bias=True, norm_layer=norm) for _ in range(depth)]
        )
        self.norm = norm(decoder_dim)
        self.pred = nn.Linear(decoder_dim, num_pixels)
        nn.init.normal_(self.mask_token, std=0.02)
        self.apply(_initialise)

    def forward(self, latent: Tensor, ids_masked: Tensor, ids_restore: Tensor) -> Tensor:
        """Predict the masked patches.

        Args:
            latent: (B, P + V, D) encoded prefix and visible patches.
            ids_masked: (B, M) positions of the masked patches.
            ids_restore: (B, L) order that puts visible and masked patches back in place.

        Returns:
            (B, M, pixels): only masked patches enter the loss, so only they are predicted.
        """
        x = self.embed(latent)
        prefix, visible = x[:, : self.num_prefix], x[:, self.num_prefix :]
        masked = self.mask_token.to(x.dtype).expand(len(x), ids_masked.shape[1], -1)
        # unshuffle
        x = gather_tokens(torch.cat([visible, masked], dim=1), ids_restore)
        x = self.blocks(torch.cat([prefix, x], dim=1) + self.pos_embed)
        x = gather_tokens(x[:, self.num_prefix :], ids_masked)
        prediction: Tensor = self.pred(self.norm(x))
        return prediction


def sincos_positions(dim: int, grid: tuple[int, int], num_prefix: int) -> Tensor:
    """(1, P + L, dim) fixed 2-D sine-cosine positions, zeros for the prefix.

    The first half encodes the column, the second the row: the layout of MAE's published weights
    (transformers' `ViTMAEEmbeddings.initialize_weights` explains the swap).
    """
    rates = 1.0 / 10_000 ** (torch.arange(dim // 4, dtype=torch.float64) / (dim // 4))
    rows, columns = torch.meshgrid(
        torch.arange(grid[0], dtype=torch.float64),
        torch.arange(grid[1], dtype=torch.float64),
        indexing="ij",
    )
    angles = [place.flatten().outer(rates) for place in (columns, rows)]
    patches = torch.cat([part for angle in angles for part in (angle.sin(), angle.cos())], dim=1)
    prefix = torch.zeros(num_prefix, dim, dtype=torch.float64)
    return torch.cat([prefix, patches]).float().unsqueeze(0)


def _initialise(module: nn.Module) -> None:
    # As in MAE: Xavier-uniform weights, zero biases.
    if isinstance(module, nn.Linear):
        nn.init.xavier_uniform_(module.weight)
        if module.bias is not None:
            nn.init.zeros_(module.bias)
