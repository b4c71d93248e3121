"""Models of images in our own layout."""

from pathlib import Path

import torch
from safetensors.torch import save

from core.images.model.description import ModelDescription
from core.images.model.mae import MaskedAutoencoder
from core.models.layout import filled
from core.run.files import DECODER, ENCODER, MODEL_JSON
from core.system.atomic import write_bytes, write_json


def save_model(folder: Path, model: MaskedAutoencoder, dtype: torch.dtype = torch.float32) -> None:
    """Write a model; the JSON comes last, so a folder with it is whole."""
    parts = ((ENCODER, model.encoder_state()), (DECODER, model.decoder.state_dict()))
    for name, state in parts:
        tensors = {key: value.detach().cpu().to(dtype).contiguous() for key, value in state.items()}
        write_bytes(folder / name, save(tensors))
    write_json(folder / MODEL_JSON, model.description.to_dict())


def open_model(folder: Path) -> MaskedAutoencoder:
    """The model that `save_model` wrote, in float32, without any network.

    Raises:
        RunError: A file is missing or damaged.
    """
    return filled(folder, lambda values: MaskedAutoencoder(ModelDescription.from_dict(values)))
