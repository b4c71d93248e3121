"""A transformer's last block where only some of its outputs are needed.

Nothing comes after the last block that would look at the other tokens: their queries, their output
projection and their MLP are work for nothing. Their keys and values are not: every token that is
wanted attends to all of them.
"""

from typing import TypeGuard

import torch.nn.functional as F  # noqa: N812  (its name everywhere)
from timm.layers.attention import Attention
from timm.models.vision_transformer import Block
from torch import Tensor, nn

from core.models.attention import choose_attention, prefers_plain
from core.models.plain import is_plain


def last_block_for(block: nn.Module, x: Tensor, tokens: slice) -> Tensor:
    """What a block makes of `tokens`; every token is attended to, the rest is left out.

    A block or an attention that is not timm's very own, or has hooks, is computed whole.

    Args:
        block: A block of a timm ViT.
        x: (B, L, D).
        tokens: Which of the L.

    Returns:
        (B, T, D) for the T tokens.
    """
    if not is_plain(block, Block):
        whole: Tensor = block(x)
        return whole[:, tokens]
    # timm's forward, its parts called as there: norms, MLP and the like may be anything.
    attended = _attention_for(block.attn, block.norm1(x), tokens)
    some: Tensor = x[:, tokens] + block.drop_path1(block.ls1(attended))
    update: Tensor = block.drop_path2(block.ls2(block.mlp(block.norm2(some))))
    return some + update


def _attention_for(attention: nn.Module, x: Tensor, tokens: slice) -> Tensor:
    """(B, T, D): queries and output of `tokens` only; keys and values of all (timm's forward)."""
    if not _can_be_cut(attention):
        whole: Tensor = attention(x)
        return whole[:, tokens]
    B, L, _ = x.shape
    width = attention.attn_dim
    # One layer of timm's makes all three: its (3 D, D) rows are those of the queries, then of the
    # keys, then of the values, so the first third alone gives the queries.
    weight: Tensor = attention.qkv.weight
    bias: Tensor | None = attention.qkv.bias
    heads = (attention.num_heads, attention.head_dim)
    q = F.linear(x[:, tokens], weight[:width], None if bias is None else bias[:width])
    kv = F.linear(x, weight[width:], None if bias is None else bias[width:])
    q = attention.q_norm(q.reshape(B, -1, *heads).transpose(1, 2))  # (B, heads, T, D / heads)
    k, v = kv.reshape(B, L, 2, *heads).permute(2, 0, 3, 1, 4).unbind(0)  # (B, heads, L, …) each
    k = attention.k_norm(k)
    # `choose_attention` is no part of this path: the same choice is made here.
    if attention.fused_attn and not prefers_plain(x):
        dropout = attention.attn_drop.p if attention.training else 0.0
        mixed = F.scaled_dot_product_attention(q, k, v, dropout_p=dropout)
    else:
        shares = ((q * attention.scale) @ k.transpose(-2, -1)).softmax(dim=-1)  # (B, heads, T, L)
        mixed = attention.attn_drop(shares) @ v
    mixed = attention.norm(mixed.transpose(1, 2).reshape(B, -1, width))
    update: Tensor = attention.proj_drop(attention.proj(mixed))
    return update


def _can_be_cut(attention: nn.Module) -> TypeGuard[Attention]:
    """Whether a third of `qkv` is its own layer: nothing around it or around the attention."""
    return (
        is_plain(attention, Attention, choose_attention)
        and attention.gate is None
        and is_plain(attention.qkv, nn.Linear)
    )
