"""The starter's architecture: small enough for a CPU, large enough to learn from."""

import torch

from core.images.model.description import ModelDescription
from core.images.model.mae import MaskedAutoencoder
from core.language import _
from core.models.masked_model import Preprocessing

STARTER = ModelDescription(
    name="starter",
    origin=_("Redistill: pre-trained with this program on generated images"),
    licence="Apache-2.0",
    timm_name=None,
    encoder={
        "img_size": (64, 64),
        "patch_size": 8,
        "embed_dim": 192,
        "depth": 6,
        "num_heads": 3,
        "norm_eps": 1e-6,
        "weight_init": "moco",
        # Short masked pre-training teaches the patches long before the class token.
        "global_pool": "avg",
        "fc_norm": False,
    },
    decoder={"depth": 2, "decoder_dim": 128, "num_heads": 4, "norm_eps": 1e-6},
    preprocessing=Preprocessing((64, 64), (0.5, 0.5, 0.5), (0.25, 0.25, 0.25), "bicubic"),
)


def build_starter(seed: int) -> MaskedAutoencoder:
    """The starter with random weights."""
    torch.manual_seed(seed)
    return MaskedAutoencoder(STARTER)
