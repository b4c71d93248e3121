"""What a model is, in values that fit a JSON file and rebuild it without a network."""

from dataclasses import asdict, dataclass, replace
from functools import partial
from typing import Any

import timm
from timm.layers.patch_embed import PatchEmbed
from timm.models.eva import Eva
from timm.models.vision_transformer import VisionTransformer
from torch import nn

from core.errors import RunError
from core.images.model.encoders import Encoder
from core.images.model.mae_decoder import MaeDecoder
from core.images.model.trusted import require_registered, require_trusted
from core.models.masked_model import Preprocessing
from core.recipe.families import MAE, image_family

DESCRIPTION_FORMAT = 1


@dataclass(frozen=True, kw_only=True)
class ModelDescription:
    """An encoder's architecture, its decoder's, its preprocessing, and where it came from.

    Attributes:
        name: As the user asked for it.
        origin: Where the weights came from.
        licence: Of the weights, in words.
        timm_name: Architecture name in timm; None for a plain `VisionTransformer`.
        encoder: Arguments of the architecture.
        decoder: `depth`, `decoder_dim`, `num_heads`, `norm_eps` of the decoder.
        preprocessing: How an image becomes the input.
        fixed_positions: Whether the encoder's position embeddings do not train (sine-cosine).
    """

    name: str
    origin: str
    licence: str
    timm_name: str | None
    encoder: dict[str, Any]
    decoder: dict[str, Any]
    preprocessing: Preprocessing
    fixed_positions: bool = False

    @property
    def family(self) -> str:
        """How it was pretrained: by its architecture's name, its own, and where it is from."""
        if self.timm_name is None:
            return MAE
        return image_family(self.timm_name, self.name, self.origin)

    def to_dict(self) -> dict[str, Any]:
        """As JSON-ready values."""
        return {
            "format": DESCRIPTION_FORMAT,
            **asdict(self),
            "preprocessing": self.preprocessing.to_dict(),
        }

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> "ModelDescription":
        """The reverse of `to_dict`; `KeyError`, `TypeError` or `ValueError` when damaged."""
        values = dict(values)
        if values.pop("format") != DESCRIPTION_FORMAT:
            raise ValueError("it was written by another version of Redistill")
        values["preprocessing"] = Preprocessing.from_dict(values["preprocessing"])
        # JSON has no tuples.
        values["encoder"] = {
            key: tuple(value) if isinstance(value, list) else value
            for key, value in values["encoder"].items()
        }
        return cls(**values)

    def resized(self, image_size: int) -> "ModelDescription":
        """The same model for another square input size."""
        size = (image_size, image_size)
        return replace(
            self,
            encoder={**self.encoder, "img_size": size},
            preprocessing=replace(self.preprocessing, image_size=size),
        )

    def build_encoder(self) -> Encoder:
        """The encoder with random weights and no head.

        Raises:
            RunError: It is no plain Vision Transformer, does not fit the input size, or says what
                a model's description may not say.
        """
        arguments = dict(self.encoder)
        # The description may come from elsewhere, in a model.json.
        require_trusted(self.name, arguments)
        if self.timm_name is not None:
            architecture = require_registered(self.name, self.timm_name)
            encoder = timm.create_model(architecture, pretrained=False, num_classes=0, **arguments)
        else:
            norm = partial(nn.LayerNorm, eps=arguments.pop("norm_eps", 1e-6))
            encoder = VisionTransformer(num_classes=0, norm_layer=norm, **arguments)
        encoder = require_plain_vit(encoder, self.name)
        if encoder.attn_pool is not None:
            # It would pool the patches for a head that is gone.
            encoder.reset_classifier(0, "avg" if encoder.cls_token is None else "token")
        require_whole_patches(encoder, self.preprocessing.image_size, self.name)
        if self.fixed_positions and encoder.pos_embed is not None:
            encoder.pos_embed.requires_grad = False
        return encoder

    def build_decoder(self, encoder: Encoder, num_outputs: int | None = None) -> MaeDecoder:
        """A fresh decoder for that encoder, of `num_outputs` per patch; its pixels if None."""
        height, width = encoder.patch_embed.patch_size
        return MaeDecoder(
            embed_dim=encoder.embed_dim,
            num_outputs=num_outputs or height * width * 3,
            grid=encoder.patch_embed.grid_size,
            num_prefix=0 if encoder.cls_token is None else 1,
            **self.decoder,
        )


def require_plain_vit(encoder: nn.Module, name: str) -> Encoder:
    """`encoder` if it is a Vision Transformer whose patches can be masked; else `RunError`."""
    if not isinstance(encoder, VisionTransformer | Eva):
        raise RunError("not-a-vit", name=name, architecture=type(encoder).__name__)
    stem = encoder.patch_embed
    # Other stems look beyond their patch, so they can't be computed for visible patches alone.
    if not isinstance(stem, PatchEmbed) or stem.proj.kernel_size != stem.patch_size:
        kind = f"{type(encoder).__name__} with a {type(stem).__name__} stem"
        raise RunError("not-a-vit", name=name, architecture=kind)
    if stem.proj.in_channels != 3:
        raise RunError("not-three-channels", name=name, channels=stem.proj.in_channels)
    return encoder


def require_whole_patches(encoder: Encoder, size: tuple[int, int], name: str) -> None:
    """`RunError` unless an image of that size is a whole number of patches."""
    patch = encoder.patch_embed.patch_size
    if any(side % part or side < part for side, part in zip(size, patch, strict=True)):
        raise RunError("image-size-misfit", name=name, size=size[0], patch=patch[0])
