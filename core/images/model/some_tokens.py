"""A transformer's last block where only some of its outputs are needed."""

import torch.nn.functional as F  # noqa: N812  (its name everywhere)
from timm.layers.attention import Attention
from timm.models.vision_transformer import Block
from torch import Tensor, nn

from core.models.attention import prefers_plain


def block_for_some(block: nn.Module, x: Tensor, tokens: slice) -> Tensor:
    """What a block makes of `tokens`; every token is attended to, the rest is left out.

    Args:
        block: A block of a timm ViT.
        x: (B, L, D).
        tokens: Which of the L.

    Returns:
        (B, T, D) for the T tokens.
    """
    if type(block) is not Block:
        whole: Tensor = block(x)
        return whole[:, tokens]
    attended = _attention_for_some(block.attn, block.norm1(x), tokens)
    some: Tensor = x[:, tokens] + block.drop_path1(block.ls1(attended))
    update: Tensor = block.drop_path2(block.ls2(block.mlp(block.norm2(some))))
    return some + update


def _attention_for_some(attention: nn.Module, x: Tensor, tokens: slice) -> Tensor:
    """(B, T, D): queries and output of `tokens` only; keys and values of all (timm's forward)."""
    if type(attention) is not Attention or attention.gate is not None:
        whole: Tensor = attention(x)
        return whole[:, tokens]
    B, L, _ = x.shape
    width = attention.attn_dim
    weight: Tensor = attention.qkv.weight
    bias: Tensor | None = attention.qkv.bias
    heads = (attention.num_heads, attention.head_dim)
    q = F.linear(x[:, tokens], weight[:width], None if bias is None else bias[:width])
    kv = F.linear(x, weight[width:], None if bias is None else bias[width:])
    q = attention.q_norm(q.reshape(B, -1, *heads).transpose(1, 2))
    k, v = kv.reshape(B, L, 2, *heads).permute(2, 0, 3, 1, 4).unbind(0)
    k = attention.k_norm(k)
    if attention.fused_attn and not prefers_plain(x):
        dropout = attention.attn_drop.p if attention.training else 0.0
        mixed = F.scaled_dot_product_attention(q, k, v, dropout_p=dropout)
    else:
        shares = ((q * attention.scale) @ k.transpose(-2, -1)).softmax(dim=-1)
        mixed = attention.attn_drop(shares) @ v
    mixed = attention.norm(mixed.transpose(1, 2).reshape(B, -1, width))
    update: Tensor = attention.proj_drop(attention.proj(mixed))
    return update
