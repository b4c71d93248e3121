"""Our weights in the names of transformers' ViT and DINOv2."""

import torch
from torch import Tensor

from core.images.export.subject import ImageSubject
from core.images.model.vit_mae_layout import State, to_vit_mae

__all__ = ["State", "dinov2_state", "vit_state"]


def vit_state(subject: ImageSubject) -> State:
    """For `ViTForImageClassification`, whose encoder has ViT-MAE's names."""
    state = to_vit_mae(_encoder_state(subject), {})
    head = _head(subject)
    return {**state, "classifier.weight": head[0], "classifier.bias": head[1]}


def dinov2_state(subject: ImageSubject, prefix: str) -> State:
    """For `Dinov2ForImageClassification`, and the one with registers.

    Their head reads the class token and, beside it, the mean of the patches; ours reads one of
    them, so that the other's weights are zero.
    """
    ours = _encoder_state(subject)
    registers = ours.pop("reg_token", None)
    scales = {name: ours.pop(name) for name in list(ours) if name.endswith(".gamma")}
    state: State = {}
    for name, value in to_vit_mae(ours, {}).items():
        state[_dinov2_name(name.removeprefix("vit."), prefix)] = value
    for block in range(len(subject.model.encoder.blocks)):
        for part in ("1", "2"):
            gamma = scales.get(f"blocks.{block}.ls{part}.gamma")
            unscaled = torch.ones(subject.model.feature_dim)
            name = f"{prefix}.encoder.layer.{block}.layer_scale{part}.lambda1"
            state[name] = unscaled if gamma is None else gamma
    if registers is not None:
        state[f"{prefix}.embeddings.register_tokens"] = registers
        # A part of that class which only pre-training reads.
        state[f"{prefix}.embeddings.mask_token"] = torch.zeros(1, subject.model.feature_dim)
    weight, bias = _head(subject)
    nothing = torch.zeros_like(weight)
    both = [weight, nothing] if subject.model.has_class_token else [nothing, weight]
    return {**state, "classifier.weight": torch.cat(both, dim=1), "classifier.bias": bias}


def _dinov2_name(name: str, prefix: str) -> str:
    name = name.replace("layers.", "encoder.layer.", 1) if name.startswith("layers.") else name
    name = name.replace("layernorm_before", "norm1").replace("layernorm_after", "norm2")
    return f"{prefix}.{name}"


def _encoder_state(subject: ImageSubject) -> State:
    """The encoder's weights with one position for the class token, and none for registers."""
    encoder, state = subject.model.encoder, subject.model.encoder_state()
    state = {name: value.detach().cpu().clone() for name, value in state.items()}
    positions, registers = state["pos_embed"], int(getattr(encoder, "num_reg_tokens", 0))
    if encoder.no_embed_class:
        nothing = torch.zeros_like(positions[:, :1])
        state["pos_embed"] = torch.cat([nothing, positions], dim=1)
    elif registers:
        # A register and its position are only ever added: they are one.
        state["reg_token"] = state["reg_token"] + positions[:, 1 : 1 + registers]
        state["pos_embed"] = torch.cat([positions[:, :1], positions[:, 1 + registers :]], dim=1)
    return state


def _head(subject: ImageSubject) -> tuple[Tensor, Tensor]:
    assert subject.head is not None
    return subject.head.weight.detach().cpu().clone(), subject.head.bias.detach().cpu().clone()
