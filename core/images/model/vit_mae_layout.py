"""Between transformers' ViT-MAE checkpoints and ours: names, and q, k, v in one.

Two generations of names are read: the hub's classic ones (`vit.encoder.layer.0.attention.
attention.query.weight`) and those of transformers 5's module (`vit.layers.0.attention.q_proj.
weight`).
"""

import math
import re
from typing import Any

import torch
from torch import Tensor

from core.images.model.description import ModelDescription
from core.models.masked_model import Preprocessing

State = dict[str, Tensor]

IMAGENET_MEAN = (0.485, 0.456, 0.406)
IMAGENET_STD = (0.229, 0.224, 0.225)
# Pillow's numbers in a preprocessor_config.json.
_RESAMPLING = {0: "nearest", 1: "lanczos", 2: "bilinear", 3: "bicubic", 4: "box", 5: "hamming"}

# Width to heads of facebook/vit-mae-base, -large and -huge.
_PUBLISHED_HEADS = {768: 12, 1024: 16, 1280: 16}

_LAYER = re.compile(
    r"^(?P<part>vit|decoder)\.(?:encoder\.layer|layers|decoder_layers|decoder_encoder\.layer)"
    r"\.(?P<number>\d+)\.(?P<rest>.+)$"
)
# Names within a layer: classic and new to ours.
_WITHIN = {
    "attention.output.dense": "attn.proj",
    "attention.o_proj": "attn.proj",
    "intermediate.dense": "mlp.fc1",
    "mlp.fc1": "mlp.fc1",
    "output.dense": "mlp.fc2",
    "mlp.fc2": "mlp.fc2",
    "layernorm_before": "norm1",
    "layernorm_after": "norm2",
}
_QKV = {
    "attention.attention.query": 0,
    "attention.attention.key": 1,
    "attention.attention.value": 2,
    "attention.q_proj": 0,
    "attention.k_proj": 1,
    "attention.v_proj": 2,
}
_ENCODER = {
    "vit.embeddings.cls_token": "cls_token",
    "vit.embeddings.position_embeddings": "pos_embed",
    "vit.embeddings.patch_embeddings.projection.weight": "patch_embed.proj.weight",
    "vit.embeddings.patch_embeddings.projection.bias": "patch_embed.proj.bias",
    "vit.layernorm.weight": "norm.weight",
    "vit.layernorm.bias": "norm.bias",
}
_DECODER = {
    "decoder.mask_token": "mask_token",
    "decoder.decoder_pos_embed": "pos_embed",
    "decoder.decoder_embed.weight": "embed.weight",
    "decoder.decoder_embed.bias": "embed.bias",
    "decoder.decoder_norm.weight": "norm.weight",
    "decoder.decoder_norm.bias": "norm.bias",
    "decoder.decoder_pred.weight": "pred.weight",
    "decoder.decoder_pred.bias": "pred.bias",
}


def describe_vit_mae(
    name: str, config: dict[str, Any], preprocessor: dict[str, Any]
) -> ModelDescription:
    """Our description of a ViT-MAE `config.json` and `preprocessor_config.json`.

    Missing keys have transformers' defaults, those of ViT-B/16.
    """
    size = int(config.get("image_size", 224))
    width = int(config.get("hidden_size", 768))
    qkv_bias = bool(config.get("qkv_bias", True))
    eps = float(config.get("layer_norm_eps", 1e-12))
    return ModelDescription(
        name=name,
        origin=name,
        licence="see the model's page",
        timm_name=None,
        encoder={
            "img_size": (size, size),
            "patch_size": int(config.get("patch_size", 16)),
            "embed_dim": width,
            "depth": int(config.get("num_hidden_layers", 12)),
            "num_heads": int(config.get("num_attention_heads", 12)),
            "mlp_ratio": int(config.get("intermediate_size", 3072)) / width,
            "qkv_bias": qkv_bias,
            "norm_eps": eps,
        },
        decoder={
            "depth": int(config.get("decoder_num_hidden_layers", 8)),
            "decoder_dim": int(config.get("decoder_hidden_size", 512)),
            "num_heads": int(config.get("decoder_num_attention_heads", 16)),
            "norm_eps": eps,
            "qkv_bias": qkv_bias,
        },
        preprocessing=Preprocessing(
            image_size=(size, size),
            mean=tuple(preprocessor.get("image_mean", IMAGENET_MEAN)),
            std=tuple(preprocessor.get("image_std", IMAGENET_STD)),
            interpolation=_RESAMPLING.get(int(preprocessor.get("resample", 2)), "bilinear"),
        ),
        # transformers keeps ViT-MAE's sine-cosine positions fixed.
        fixed_positions=True,
    )


def is_vit_mae(names: set[str]) -> bool:
    """Whether tensor names are those of a ViT-MAE checkpoint with its decoder."""
    return "vit.embeddings.cls_token" in names and "decoder.mask_token" in names


def infer_config(state: State) -> dict[str, Any]:
    """What a `config.json` would say, from the shapes of a checkpoint that has none beside it.

    Shapes don't tell the number of heads, so only the widths of the published models are taken;
    empty for others.
    """
    width = state["vit.embeddings.cls_token"].shape[-1]
    decoder_width = state["decoder.mask_token"].shape[-1]
    if width not in _PUBLISHED_HEADS or decoder_width != 512:
        return {}
    patch = state["vit.embeddings.patch_embeddings.projection.weight"].shape[-1]
    side = math.isqrt(state["vit.embeddings.position_embeddings"].shape[1] - 1)
    layers = {
        part: 1
        + max(int(m["number"]) for name in state if (m := _LAYER.match(name)) and m["part"] == part)
        for part in ("vit", "decoder")
    }
    return {
        "image_size": side * patch,
        "patch_size": patch,
        "hidden_size": width,
        "intermediate_size": 4 * width,
        "num_hidden_layers": layers["vit"],
        "num_attention_heads": _PUBLISHED_HEADS[width],
        "decoder_hidden_size": 512,
        "decoder_num_hidden_layers": layers["decoder"],
        "decoder_num_attention_heads": 16,
    }


def from_vit_mae(state: State) -> tuple[State, State]:
    """Encoder and decoder state in our names; `KeyError` for a name that is not known."""
    encoder: State = {}
    decoder: State = {}
    thirds: dict[tuple[str, str], dict[int, Tensor]] = {}
    for name, value in state.items():
        match = _LAYER.match(name)
        if match is None:
            if name in _ENCODER:
                encoder[_ENCODER[name]] = value
            else:
                decoder[_DECODER[name]] = value
            continue
        stem, _, kind = match["rest"].rpartition(".")
        prefix = f"blocks.{match['number']}."
        target = encoder if match["part"] == "vit" else decoder
        if stem in _QKV:
            place = (match["part"], f"{prefix}attn.qkv.{kind}")
            thirds.setdefault(place, {})[_QKV[stem]] = value
        else:
            target[f"{prefix}{_WITHIN[stem]}.{kind}"] = value
    for (part, name), values in thirds.items():
        fused = torch.cat([values[third] for third in range(3)])
        (encoder if part == "vit" else decoder)[name] = fused
    return encoder, decoder


def to_vit_mae(encoder: State, decoder: State) -> State:
    """The reverse, in the names of transformers 5's `ViTMAEForPreTraining` module."""
    state: State = {}
    for part, ours, names in (("vit", encoder, _ENCODER), ("decoder", decoder, _DECODER)):
        back = {short: long for long, short in names.items()}
        layers = "vit.layers" if part == "vit" else "decoder.decoder_layers"
        for name, value in ours.items():
            if not name.startswith("blocks."):
                state[back[name]] = value
                continue
            _, number, rest = name.split(".", 2)
            state.update(_layer_to_vit_mae(f"{layers}.{number}.", rest, value))
    return state


def _layer_to_vit_mae(prefix: str, rest: str, value: Tensor) -> State:
    stem, _, kind = rest.rpartition(".")
    if stem == "attn.qkv":
        thirds = zip("qkv", value.chunk(3), strict=True)
        return {f"{prefix}attention.{third}_proj.{kind}": part for third, part in thirds}
    names = {
        "attn.proj": "attention.o_proj",
        "norm1": "layernorm_before",
        "norm2": "layernorm_after",
    }
    return {f"{prefix}{names.get(stem, stem)}.{kind}": value}
