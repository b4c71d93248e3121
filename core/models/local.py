"""Our own layout of a model on disk: `model.json` and two safetensors files."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save
from torch import Tensor

from core.atomic import write_bytes, write_json
from core.errors import RunError
from core.models.description import ModelDescription
from core.models.mae import MaskedAutoencoder
from core.models.masked_model import MaskedModel

Model = TypeVar("Model", bound=MaskedModel)

ENCODER = "encoder.safetensors"
DECODER = "decoder.safetensors"
MODEL_JSON = "model.json"


def save_model(folder: Path, model: MaskedAutoencoder, dtype: torch.dtype = torch.float32) -> None:
    """Write a model; the JSON comes last, so a folder with it is whole."""
    for name, part in ((ENCODER, model.encoder), (DECODER, model.decoder)):
        tensors = {
            key: value.detach().cpu().to(dtype).contiguous()
            for key, value in part.state_dict().items()
        }
        write_bytes(folder / name, save(tensors))
    write_json(folder / MODEL_JSON, model.description.to_dict())


def is_own_layout(folder: Path) -> bool:
    """Whether `folder` holds a model as `save_model` writes it."""
    return (folder / MODEL_JSON).is_file() and (folder / ENCODER).is_file()


def open_model(folder: Path) -> MaskedAutoencoder:
    """The model that `save_model` wrote, in float32, without any network.

    Raises:
        RunError: A file is missing or damaged.
    """
    return filled(folder, lambda values: MaskedAutoencoder(ModelDescription.from_dict(values)))


def filled(folder: Path, build: Callable[[dict[str, Any]], Model]) -> Model:
    """The model that `build` makes of a folder's description, with the weights that lie beside it.

    Raises:
        RunError: A file is missing or damaged.
    """
    try:
        model = build(json.loads((folder / MODEL_JSON).read_text(encoding="utf-8")))
        # Copies into float32 parameters, whatever precision the file has.
        model.encoder.load_state_dict(load_file(folder / ENCODER))
        model.decoder.load_state_dict({**tied_to_encoder(model), **load_file(folder / DECODER)})
    except (OSError, ValueError, KeyError, TypeError, RuntimeError, SafetensorError) as error:
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise RunError("model-damaged", path=folder, reason=reason) from error
    return model


def tied_to_encoder(model: MaskedModel) -> dict[str, Tensor]:
    """The tensors of the decoder that are the encoder's too, by their name in the decoder."""
    encoder = {value.data_ptr() for value in model.encoder.state_dict().values()}
    return {
        key: value
        for key, value in model.decoder.state_dict().items()
        if value.data_ptr() in encoder
    }
