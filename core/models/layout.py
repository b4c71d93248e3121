"""Our own layout of a model on disk, of any kind: `model.json` and two safetensors files."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor

from core.errors import RunError
from core.models.masked_model import MaskedModel
from core.run.files import DECODER, ENCODER, MODEL_JSON

Model = TypeVar("Model", bound=MaskedModel)


def is_own_layout(folder: Path) -> bool:
    """Whether `folder` holds a model in our own layout."""
    return (folder / MODEL_JSON).is_file() and (folder / ENCODER).is_file()


def filled(folder: Path, build: Callable[[dict[str, Any]], Model]) -> Model:
    """The model that `build` makes of a folder's description, with the weights that lie beside it.

    Raises:
        RunError: A file is missing or damaged.
    """
    try:
        model = build(json.loads((folder / MODEL_JSON).read_text(encoding="utf-8")))
        # Copies into float32 parameters, whatever precision the file has.
        model.load_encoder_state(load_file(folder / ENCODER))
        model.decoder.load_state_dict({**tied_to_encoder(model), **load_file(folder / DECODER)})
    except RunError as error:
        if error.id.startswith("model-foreign"):
            # A description may claim any name: the folder is what the user knows.
            raise RunError(error.id, **{**error.details, "path": folder}) from error
        if error.id != "encoder-misfit":
            raise
        raise RunError("model-damaged", path=folder, reason=error.details["reason"]) from error
    except (OSError, ValueError, KeyError, TypeError, RuntimeError, SafetensorError) as error:
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise RunError("model-damaged", path=folder, reason=reason) from error
    return model


def tied_to_encoder(model: MaskedModel) -> dict[str, Tensor]:
    """The tensors of the decoder that are the encoder's too, by their name in the decoder."""
    # By their memory, which only the modules themselves share: `encoder_state` may give copies.
    encoder = {value.data_ptr() for value in model.encoder.state_dict().values()}
    return {
        key: value
        for key, value in model.decoder.state_dict().items()
        if value.data_ptr() in encoder
    }
