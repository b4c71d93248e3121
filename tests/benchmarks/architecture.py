"""The architecture that both sides build, from the settings."""

from typing import Any

from core.images.model.description import ModelDescription
from core.images.model.starter import STARTER
from core.models.masked_model import Preprocessing
from tests.benchmarks.settings import Settings


def describe_model(settings: Settings) -> ModelDescription:
    """The architecture that both sides have."""
    if settings.model == "starter":
        return STARTER.resized(settings.image_size)
    size = (settings.image_size, settings.image_size)
    depth, width, heads = settings.decoder
    encoder: dict[str, Any] = {"img_size": size}
    timm_name: str | None = settings.model
    if settings.model == "tiny":
        timm_name = None
        encoder |= {"patch_size": 8, "embed_dim": 32, "depth": 1, "num_heads": 2}
        depth, width, heads = 1, 16, 2
    return ModelDescription(
        name=settings.model,
        origin="random weights",
        licence="none",
        timm_name=timm_name,
        encoder=encoder,
        decoder={"depth": depth, "decoder_dim": width, "num_heads": heads, "norm_eps": 1e-6},
        preprocessing=Preprocessing(size, (0.5, 0.5, 0.5), (0.5, 0.5, 0.5), "bicubic"),
    )
