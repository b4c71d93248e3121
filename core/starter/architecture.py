"""The starter's architecture: small enough for a CPU, large enough to learn from."""

from functools import partial
from typing import Any

import torch
from timm.models.vision_transformer import VisionTransformer
from torch import nn

from core.models.mae import MaskedAutoencoder
from core.models.mae_decoder import MaeDecoder
from core.models.masked_model import Preprocessing

ENCODER: dict[str, Any] = {
    "img_size": 64,
    "patch_size": 8,
    "embed_dim": 192,
    "depth": 6,
    "num_heads": 3,
}
DECODER: dict[str, Any] = {"depth": 2, "decoder_dim": 128, "num_heads": 4}
PREPROCESSING = Preprocessing((64, 64), (0.5, 0.5, 0.5), (0.25, 0.25, 0.25), "bicubic")


def build_starter(seed: int) -> MaskedAutoencoder:
    """The starter with random weights."""
    torch.manual_seed(seed)
    encoder = VisionTransformer(
        **ENCODER, num_classes=0, norm_layer=partial(nn.LayerNorm, eps=1e-6), weight_init="moco"
    )
    side = ENCODER["img_size"] // ENCODER["patch_size"]
    decoder = MaeDecoder(
        embed_dim=ENCODER["embed_dim"],
        num_pixels=ENCODER["patch_size"] ** 2 * 3,
        grid=(side, side),
        num_prefix=1,
        **DECODER,
    )
    return MaskedAutoencoder(encoder, decoder, PREPROCESSING)
