"""Encoder and decoder weights in a stage's folder, and how far they went."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import load_file, save
from torch import Tensor

from core.errors import RunError
from core.models.masked_model import MaskedModel, State, require_fitting, unshared
from core.run.files import DECODER, ENCODER, SUMMARY
from core.system.atomic import write_bytes, write_json


def save_encoder(model: MaskedModel, file: Path) -> None:
    """Write an encoder in its architecture's own form, whole or not at all."""
    _save(model.encoder_state(), file)


def _save(state: State, file: Path) -> None:
    tensors = {name: value.detach().cpu().contiguous() for name, value in unshared(state).items()}
    write_bytes(file, save(tensors))


def load_encoder(model: MaskedModel, *files: Path) -> None:
    """Put a stage's encoder into a model; of several the mean of their weights.

    That of an encoder and of what it was trained into is WiSE-FT's (Wortsman et al. 2022, arXiv
    2109.01903).

    Raises:
        RunError: A file is missing, damaged, or of another encoder.
    """
    states = [_fitting(model, file) for file in files]
    model.load_encoder_state({name: _mean(states, name) for name in states[0]})


def _fitting(model: MaskedModel, file: Path) -> State:
    try:
        state = load_file(file)
        require_fitting(model.encoder_state(), state)
    except (OSError, SafetensorError) as error:
        raise RunError("run-damaged", file=file.name, path=file.parent, reason=error) from error
    except RunError as error:
        reason = error.details["reason"]
        raise RunError("run-damaged", file=file.name, path=file.parent, reason=reason) from error
    return state


def _mean(states: Sequence[State], name: str) -> Tensor:
    """Of a tensor; what is no floating-point number is the first one's."""
    first = states[0][name]
    if len(states) == 1 or not first.is_floating_point():
        return first
    return torch.stack([state[name].float() for state in states]).mean(dim=0).to(first.dtype)


def load_decoder(model: MaskedModel, file: Path) -> None:
    """Put a stage's decoder into a model."""
    model.decoder.load_state_dict(load_file(file))


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
