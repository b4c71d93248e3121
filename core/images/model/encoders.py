"""The two kinds of Vision Transformer that are opened, and the little in which they differ.

timm's `VisionTransformer` (ViT, DINOv2, CLIP, SigLIP, …) adds its positions to the patches. Its
`Eva` (EVA-02, DINOv3, ViTs with rotary positions) may turn queries and keys by them in every block
instead (RoPE, Su et al. 2021; for images Heo et al. 2024): its blocks want the angles beside x.
"""

from collections.abc import Mapping
from typing import Any, cast

from timm.models import eva, vision_transformer
from timm.models.eva import Eva, EvaAttention
from timm.models.vision_transformer import VisionTransformer
from torch import Tensor

from core.images.model.some_tokens import last_block_for

Encoder = VisionTransformer | Eva


def embedded(encoder: Encoder, images: Tensor) -> tuple[Tensor, Tensor | None]:
    """(B, T, D) tokens before the first block, and the angles of rotary positions if any.

    Angles are (L, 2 H) of all patches, or (depth, heads, L, 2 H) where each block has its own; H
    is a head's width.
    """
    x = encoder._pos_embed(encoder.patch_embed(images))  # noqa: SLF001  (timm's forward_features)
    x, angles = x if isinstance(encoder, Eva) else (x, None)
    return encoder.norm_pre(x), angles


def angles_at(encoder: Encoder, ids: Tensor) -> Tensor | None:
    """The angles of the patches at (B, V) `ids`, as `through_blocks` takes them.

    Returns:
        (B, 1, V, 2 H), or (depth, B, heads, V, 2 H); None without rotary positions.
    """
    rope = getattr(encoder, "rope", None)
    if rope is None:
        return None
    if encoder.dynamic_img_size or not hasattr(rope, "feat_shape"):
        every: Tensor = rope.get_embed(shape=encoder.patch_embed.grid_size)
    else:
        every = rope.get_embed()
    if not encoder.rope_mixed:
        return every[ids].unsqueeze(1)
    return every[:, :, ids].transpose(1, 2)


def through_blocks(encoder: Encoder, x: Tensor, angles: Tensor | None) -> Tensor:
    """(B, T, D) tokens after all blocks."""
    if not isinstance(encoder, Eva):
        done: Tensor = encoder.blocks(x)
        return done
    for number in range(len(encoder.blocks)):
        x = _eva_block(encoder, number, x, angles)
    return x


def through_blocks_for(encoder: Encoder, x: Tensor, angles: Tensor | None, tokens: slice) -> Tensor:
    """(B, n, D): the same, of the last block only `tokens`."""
    if not isinstance(encoder, Eva):
        return last_block_for(encoder.blocks[-1], encoder.blocks[:-1](x), tokens)
    return through_blocks(encoder, x, angles)[:, tokens]


def call_every_layer(encoder: Encoder) -> None:
    """Let EVA's attention call its layer of queries, keys and values, whose weights it reads."""
    for part in encoder.modules():
        if isinstance(part, EvaAttention):
            part.qkv_bias_separate = True


def fitted_state(encoder: Encoder, state: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Weights of any age in the encoder's names, for its grid and patches, by timm's own rules."""
    module = eva if isinstance(encoder, Eva) else vision_transformer
    return cast("dict[str, Tensor]", module.checkpoint_filter_fn(dict(state), encoder))


def without_pooling(encoder: Encoder) -> dict[str, Any]:
    """Arguments that leave out attention pooling, which belongs to the head of another task."""
    norm = "use_fc_norm" if isinstance(encoder, Eva) else "fc_norm"
    return {"global_pool": "avg", norm: False}


def _eva_block(encoder: Eva, number: int, x: Tensor, angles: Tensor | None) -> Tensor:
    own = angles[number] if angles is not None and encoder.rope_mixed else angles
    turned: Tensor = encoder.blocks[number](x, rope=own)
    return turned
