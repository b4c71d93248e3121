"""Freezes what of an encoder is not to be trained, and puts adapters where they are asked for.

`last:N` trains the last blocks and the norm behind them: nothing below wants a gradient, so the
backward pass ends there. `lora:R` is ExPLoRA (Khanna et al. 2024, arXiv 2406.10973): the last block
and all norms are free, the linear layers of the other blocks have low-rank adapters.

What an objective's head has is trained as ever, but for what it shares with the encoder: the table
of the tokens, which most language models guess with, is the encoder's, and is frozen with it.
"""

from torch import nn

from core.errors import RunError
from core.models.adapters import add_adapters
from core.models.depths import blocks_of, layer_depths
from core.models.masked_model import MaskedModel
from core.recipe.trained import TrainedPart, why_not


def train_part(model: MaskedModel, part: TrainedPart, seed: int) -> None:
    """Let only a part of a model's encoder be trained, from now on.

    Args:
        model: On the CPU, with the weights that it starts from. `all` leaves it as it is.
        part: Which part.
        seed: Of fresh adapters.

    Raises:
        RunError: The encoder has no such part (`train-part-misfit`).
    """
    require_part(model, part)
    if part.kind == "all":
        return
    encoder = model.encoder
    # Fixed positions stay fixed.
    could = {id(each) for each in encoder.parameters() if each.requires_grad}
    blocks = blocks_of(encoder)
    depths, top = layer_depths(encoder)
    free = {key for key, depth in depths.items() if depth == top}
    if part.kind == "last":
        for block in blocks[-part.number :]:
            free |= {id(each) for each in block.parameters()}
    else:
        free |= {id(each) for each in blocks[-1].parameters()} | _norms(encoder)
        model.call_every_layer()
        add_adapters(encoder, _linear_layers(encoder, blocks[:-1]), part.number, seed)
        free |= {id(each) for name, each in encoder.named_parameters() if ".lora_" in name}
        could |= free
    for parameter in encoder.parameters():
        parameter.requires_grad = id(parameter) in free & could


def require_part(model: MaskedModel, part: TrainedPart) -> None:
    """`RunError` unless the model's encoder has such a part."""
    reason = why_not(part, blocks=len(blocks_of(model.encoder)), width=model.feature_dim)
    if reason:
        raise RunError("train-part-misfit", reason=reason)


def _norms(encoder: nn.Module) -> set[int]:
    """Parameters of norms, of whatever library."""
    return {
        id(parameter)
        for module in encoder.modules()
        if "norm" in type(module).__name__.lower()
        for parameter in module.parameters(recurse=False)
    }


def _linear_layers(encoder: nn.Module, blocks: list[nn.Module]) -> list[str]:
    within = {id(part) for block in blocks for part in block.modules()}
    return [
        name
        for name, part in encoder.named_modules()
        if isinstance(part, nn.Linear) and id(part) in within
    ]
