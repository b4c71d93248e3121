"""What a foreign file may say of a model of images: sizes and switches, and a name timm knows.

`timm.create_model` takes more than that: `hf-hub:` and `local-dir:` names, `checkpoint_path` and
addresses in `pretrained_cfg` make it read a file from anywhere. None of it comes from a file.
"""

from collections.abc import Iterable, Mapping
from typing import Any

import timm

from core.errors import RunError

# Of timm's `VisionTransformer`, what is a number, a switch, or a word out of a few.
_SETTINGS = frozenset(
    {
        *("img_size", "patch_size", "in_chans", "num_classes", "embed_dim", "depth", "num_heads"),
        *("mlp_ratio", "qkv_bias", "qk_norm", "scale_attn_norm", "scale_mlp_norm", "proj_bias"),
        *("init_values", "class_token", "pos_embed", "no_embed_class", "reg_tokens", "pre_norm"),
        *("final_norm", "fc_norm", "global_pool", "pool_include_prefix", "dynamic_img_size"),
        *("dynamic_img_pad", "drop_rate", "pos_drop_rate", "patch_drop_rate", "proj_drop_rate"),
        *("attn_drop_rate", "drop_path_rate", "weight_init", "fix_init", "embed_norm_layer"),
        *("norm_layer", "act_layer", "norm_eps"),
        # Of its `Eva`; what draws random coordinates is none of them.
        *("qkv_fused", "swiglu_mlp", "swiglu_align_to", "scale_mlp", "scale_attn_inner"),
        *(
            "attn_type",
            "attn_only_layer_scale",
            "num_kv_heads",
            "num_reg_tokens",
            "head_init_scale",
        ),
        *("use_abs_pos_emb", "use_rot_pos_emb", "rope_type", "rope_grid_offset"),
        *("rope_grid_indexing", "rope_temperature", "rope_rotate_half", "ref_feat_shape"),
        *("use_post_norm", "use_pre_transformer_norm", "use_post_transformer_norm"),
        *("use_fc_norm", "attn_pool_num_heads", "attn_pool_mlp_ratio"),
    }
)
# Of a `pretrained_cfg`, what tells how an image becomes the input, and the licence.
_PREPROCESSING = frozenset({"input_size", "mean", "std", "interpolation", "license"})
_LARGEST = 1 << 20


def require_trusted(name: str, settings: Mapping[str, Any]) -> None:
    """`RunError` unless all settings of an architecture are known ones with plain values.

    Args:
        name: Of the model, for the words.
        settings: As a foreign file has them.
    """
    strange = [
        str(key) for key, value in settings.items() if key not in _SETTINGS or not _is_plain(value)
    ]
    if strange:
        raise RunError("model-foreign-setting", path=name, names=", ".join(sorted(strange))[:200])


def require_registered(name: str, architecture: object) -> str:
    """The architecture if it is a name in timm's registry; else `RunError`."""
    if not isinstance(architecture, str) or not timm.is_model(architecture):
        raise RunError("model-foreign-architecture", path=name, found=str(architecture)[:100])
    return architecture


def preprocessing_of(settings: object) -> dict[str, Any]:
    """Of a foreign `pretrained_cfg` what is about preprocessing; the rest is addresses of files."""
    known = settings if isinstance(settings, Mapping) else {}
    return {key: value for key, value in known.items() if key in _PREPROCESSING}


def _is_plain(value: object) -> bool:
    if isinstance(value, (list, tuple)):
        return _all_numbers(value)
    if isinstance(value, str):
        return (len(value) < 40 and value.replace("_", "").isalnum()) or value == ""
    return value is None or _all_numbers([value])


def _all_numbers(values: Iterable[object]) -> bool:
    return all(isinstance(value, (bool, int, float)) and abs(value) <= _LARGEST for value in values)
