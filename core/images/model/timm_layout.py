"""timm's layout: an architecture's name and arguments, weights in its key names."""

from collections.abc import Mapping
from typing import Any, cast

import timm
import torch
from torch import nn

from core.errors import RunError
from core.images.model.description import ModelDescription, require_plain_vit
from core.images.model.encoders import fitted_state, without_pooling
from core.images.model.mae import MaskedAutoencoder
from core.images.model.trusted import preprocessing_of, require_trusted
from core.images.model.vit_mae_layout import State
from core.models.masked_model import Preprocessing, misfit


def describe_timm(
    name: str,
    architecture: str,
    config: Mapping[str, Any],
    *,
    image_size: int | None,
    decoder: dict[str, Any],
) -> ModelDescription:
    """Our description of a timm architecture with a fresh decoder; needs no weights.

    Args:
        name: As the user asked for it.
        architecture: timm's name of it, without a tag.
        config: As in a timm `config.json`: `model_args` and `pretrained_cfg` are read.
        image_size: Input size; that of `config` if None.
        decoder: Its arguments.

    Raises:
        RunError: It is no Vision Transformer, or its arguments make no sense.
    """
    given = config.get("model_args") or {}
    if not isinstance(given, dict):
        raise RunError("model-damaged", path=name, reason="model_args is no object")
    arguments = dict(given)
    arguments.pop("num_classes", None)
    require_trusted(name, arguments)
    try:
        # On the meta device nothing is computed: only its kind and settings are looked at.
        with torch.device("meta"):
            plain = timm.create_model(architecture, pretrained=False, num_classes=0, **arguments)
    except (TypeError, ValueError, AssertionError, RuntimeError) as error:
        raise RunError("model-damaged", path=name, reason=f"model_args: {error}") from error
    encoder = require_plain_vit(plain, name)
    pooling: Any = encoder.attn_pool
    if pooling is not None:
        # Attention pooling belongs to the head of the pretraining task.
        arguments |= without_pooling(encoder)
    elif "dinov3" in architecture:
        # timm says "avg", and that the class token is what DINOv3's authors read.
        arguments.setdefault("global_pool", "token")
    own = cast("dict[str, Any]", encoder.pretrained_cfg)
    settings = {**own, **preprocessing_of(config.get("pretrained_cfg"))}
    try:
        height, width = map(int, settings["input_size"][1:])
        mean, std = (tuple(map(float, settings[key])) for key in ("mean", "std"))
    except (TypeError, ValueError, KeyError) as error:
        raise RunError("model-damaged", path=name, reason=f"pretrained_cfg: {error}") from error
    size = (height, width) if image_size is None else (image_size, image_size)
    return ModelDescription(
        name=name,
        origin=name,
        licence=str(settings.get("license") or "see the model's page"),
        timm_name=architecture,
        encoder={**arguments, "img_size": size},
        decoder={"norm_eps": 1e-6, **decoder},
        preprocessing=Preprocessing(
            image_size=size,
            mean=(mean[0], mean[1], mean[2]),
            std=(std[0], std[1], std[2]),
            interpolation=str(settings["interpolation"]),
        ),
    )


def load_timm_encoder(model: MaskedAutoencoder, state: State) -> None:
    """Put weights in timm's names into the encoder; heads are left out.

    timm's own rules are applied for older names, other position grids and other patch sizes.

    Raises:
        RunError: The weights don't fit the architecture.
    """
    try:
        fitted: State = fitted_state(model.encoder, state)
    except (KeyError, ValueError, RuntimeError, AssertionError) as error:
        raise _misfit(model.description.name, str(error)) from error
    own = model.encoder_state()
    load_fitting_encoder(model, {name: fitted[name] for name in fitted if name in own})


def load_fitting_encoder(model: MaskedAutoencoder, state: State) -> None:
    """Put `state` into the encoder, every tensor of it; `RunError` when they don't fit."""
    reason = misfit(model.encoder_state(), state)
    if reason:
        raise _misfit(model.description.name, reason)
    model.load_encoder_state(state)


def load_fitting(module: nn.Module, state: State, name: str) -> None:
    """Put `state` into `module`, every tensor of it; `RunError` when they don't fit."""
    reason = misfit(module.state_dict(), state)
    if reason:
        raise _misfit(name, reason)
    module.load_state_dict(state)


def _misfit(name: str, reason: str) -> RunError:
    return RunError("model-misfit", path=name, reason=" ".join(reason.split())[:300])
