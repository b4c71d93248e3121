"""Encoder and decoder weights in a stage's folder, and how far they went."""

from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import load_file, save

from core.errors import RunError
from core.models.masked_model import MaskedModel, State, unshared
from core.run.files import BEST_ENCODER, DECODER, ENCODER, SUMMARY
from core.system.atomic import write_bytes, write_json


def save_encoder(model: MaskedModel, file: Path) -> None:
    """Write an encoder in its architecture's own form, whole or not at all."""
    _save(model.encoder_state(), file)


def _save(state: State, file: Path) -> None:
    tensors = {name: value.detach().cpu().contiguous() for name, value in unshared(state).items()}
    write_bytes(file, save(tensors))


def load_encoder(model: MaskedModel, file: Path) -> None:
    """Put a stage's encoder into a model.

    Raises:
        RunError: The file is missing, damaged, or of another encoder.
    """
    try:
        model.load_encoder_state(load_file(file))
    except (OSError, SafetensorError) as error:
        raise RunError("run-damaged", file=file.name, path=file.parent, reason=error) from error
    except RunError as error:
        reason = error.details["reason"]
        raise RunError("run-damaged", file=file.name, path=file.parent, reason=reason) from error


def load_decoder(model: MaskedModel, file: Path) -> None:
    """Put a stage's decoder into a model."""
    model.decoder.load_state_dict(load_file(file))


def kept_encoder(folder: Path, keep: str) -> Path:
    """The encoder that a finished stage hands on: its last one, or its best by the probes."""
    best = folder / BEST_ENCODER
    return best if keep == "best" and best.is_file() else folder / ENCODER


def finish_stage(folder: Path, model: MaskedModel, summary: dict[str, Any]) -> None:
    """Write encoder, decoder and, last, the summary that marks the stage as done."""
    save_encoder(model, folder / ENCODER)
    _save(model.decoder.state_dict(), folder / DECODER)
    write_json(folder / SUMMARY, summary)


@torch.no_grad()
def distance_from(model: MaskedModel, initial: Path) -> dict[str, float]:
    """L2 distance of an encoder's weights from the initial ones (METHOD.md section 5).

    Args:
        model: Its encoder now.
        initial: Its encoder's initial state, in a safetensors file.

    Returns:
        The distance per block (`blocks.0`, `patch_embed`, …) and the `total`.
    """
    squares: dict[str, float] = {}
    with safe_open(initial, framework="pt") as tensors:
        for name, value in model.encoder_state().items():
            before = tensors.get_tensor(name).to(value.device, torch.float32)
            block = ".".join(name.split(".")[:2]) if name.startswith("blocks.") else name
            block = block if name.startswith("blocks.") else name.split(".")[0]
            square = float((value.float() - before).square().sum())
            squares[block] = squares.get(block, 0.0) + square
    distances = {block: square**0.5 for block, square in squares.items()}
    return {**distances, "total": sum(squares.values()) ** 0.5}
