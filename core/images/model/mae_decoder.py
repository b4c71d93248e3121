"""The light decoder of masked image pre-training (He et al. 2022); dropped after it."""

from functools import partial
from typing import Any

import torch
import torch.nn.functional as F  # noqa: N812  (its name everywhere)
from timm.models.vision_transformer import Block
from torch import Tensor, nn

from core.images.model.some_tokens import last_block_for


class MaeDecoder(nn.Module):
    """Predicts pixels (or features) of masked patches from the encoded visible ones.

    Args:
        embed_dim: Width of the encoder.
        num_outputs: Values per patch: height x width x channels where it predicts pixels.
        grid: Patches per column and per row.
        num_prefix: Tokens before the patches (the class token), which the decoder sees too.
        depth: Blocks.
        decoder_dim: Width, a multiple of 4 and of `num_heads`.
        num_heads: Attention heads.
        norm_eps: Of the LayerNorms.
        qkv_bias: Whether queries, keys and values have a bias.
    """

    def __init__(
        self,
        *,
        embed_dim: int,
        num_outputs: int,
        grid: tuple[int, int],
        num_prefix: int,
        depth: int,
        decoder_dim: int,
        num_heads: int,
        norm_eps: float = 1e-6,
        qkv_bias: bool = True,
    ) -> None:
        super().__init__()
        norm: Any = partial(nn.LayerNorm, eps=norm_eps)
        self.num_prefix = num_prefix
        self.embed = nn.Linear(embed_dim, decoder_dim)
        self.mask_token = nn.Parameter(torch.zeros(1, 1, decoder_dim))
        positions = sincos_positions(decoder_dim, grid, num_prefix)
        self.pos_embed = nn.Parameter(positions, requires_grad=False)
        self.blocks = nn.Sequential(
            *[
                Block(decoder_dim, num_heads, qkv_bias=qkv_bias, norm_layer=norm)
                for _ in range(depth)
            ]
        )
        self.norm = norm(decoder_dim)
        self.pred = nn.Linear(decoder_dim, num_outputs)
        nn.init.normal_(self.mask_token, std=0.02)
        self.apply(_initialise)

    def forward(self, latent: Tensor, ids_shuffle: Tensor) -> Tensor:
        """Predict the masked patches.

        A transformer does not mind the order of its tokens, only their positions: so nothing is
        put back in place, and the positions are taken in the order of the tokens.

        Args:
            latent: (B, P + V, D) encoded prefix and visible patches.
            ids_shuffle: (B, L) positions of the patches, the V visible ones first.

        Returns:
            (B, M, outputs): only masked patches enter the loss, so only they are predicted.
        """
        B, L = ids_shuffle.shape
        num_masked = self.num_prefix + L - latent.shape[1]
        x = self.embed(latent)
        masked = self.mask_token.to(x.dtype).expand(B, num_masked, -1)
        x = torch.cat([x, masked], dim=1) + self._positions(ids_shuffle)
        x = self.blocks[:-1](x)
        x = last_block_for(self.blocks[-1], x, slice(-num_masked, None))
        prediction: Tensor = self.pred(self.norm(x))
        return prediction

    def _positions(self, ids: Tensor) -> Tensor:
        """(B, P + L, D) positions of the prefix and of the patches at `ids` (B, L)."""
        patches = F.embedding(ids, self.pos_embed[0, self.num_prefix :])
        prefix = self.pos_embed[:, : self.num_prefix].expand(len(ids), -1, -1)
        return torch.cat([prefix, patches], dim=1)


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
