"""Which of our encoders are Vision Transformers as transformers has them."""

import re
from dataclasses import dataclass
from typing import Any, Final

from timm.models.vision_transformer import VisionTransformer
from torch import nn

from core.images.export.subject import ImageSubject
from core.images.model.encoders import Encoder
from core.models.masked_model import State

# Everything that has weights in such an encoder; one more name, and it is another architecture.
_KNOWN: Final = re.compile(
    r"cls_token|reg_token|pos_embed|patch_embed\.proj\.(weight|bias)|norm\.(weight|bias)"
    r"|blocks\.\d+\.((norm1|norm2|attn\.qkv|attn\.proj|mlp\.fc1|mlp\.fc2)\.(weight|bias)"
    r"|ls[12]\.gamma)"
)
_NEEDED: Final = frozenset({"cls_token", "pos_embed", "patch_embed.proj.bias", "norm.bias"})


@dataclass(frozen=True, kw_only=True)
class PlainVit:
    """The measures of a plain Vision Transformer with a class token and square images."""

    image_size: int
    patch_size: int
    width: int
    depth: int
    num_heads: int
    mlp_width: int
    qkv_bias: bool
    norm_eps: float
    num_registers: int
    has_layer_scale: bool
    reads_class_token: bool


def plain_vit(subject: ImageSubject) -> PlainVit | None:
    """The measures of the model, or None when it is no plain Vision Transformer."""
    encoder, state = subject.model.encoder, subject.model.encoder_state()
    if not _is_plain(encoder, state):
        return None
    first: Any = encoder.blocks[0]
    return PlainVit(
        image_size=subject.preprocessing.image_size[0],
        patch_size=encoder.patch_embed.patch_size[0],
        width=int(encoder.embed_dim),
        depth=len(encoder.blocks),
        num_heads=first.attn.num_heads,
        mlp_width=len(state["blocks.0.mlp.fc1.weight"]),
        qkv_bias="blocks.0.attn.qkv.bias" in state,
        norm_eps=first.norm1.eps,
        num_registers=int(getattr(encoder, "num_reg_tokens", 0)),
        has_layer_scale=not isinstance(first.ls1, nn.Identity),
        reads_class_token=subject.model.has_class_token,
    )


def _is_plain(encoder: Encoder, state: State) -> bool:
    # Others may turn their positions in, which no name tells.
    if not isinstance(encoder, VisionTransformer):
        return False
    names = set(state)
    height, width = encoder.patch_embed.img_size
    patch = encoder.patch_embed.patch_size
    first: Any = encoder.blocks[0]
    norms = {module.eps for module in encoder.modules() if isinstance(module, nn.LayerNorm)}
    activation = first.mlp.act
    if not names >= _NEEDED or not all(_KNOWN.fullmatch(name) for name in names):
        return False
    mlp_width = len(state["blocks.0.mlp.fc1.weight"])
    return (
        height == width
        and patch[0] == patch[1]
        and len(norms) == 1
        and isinstance(activation, nn.GELU)
        and activation.approximate == "none"
        and len(state["blocks.0.attn.qkv.weight"]) == 3 * encoder.embed_dim
        and state["blocks.0.mlp.fc2.weight"].shape[1] == mlp_width
        and mlp_width % encoder.embed_dim == 0
    )
