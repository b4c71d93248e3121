"""Our model as timm itself builds it: an architecture's name, its arguments, the weights."""

from typing import Any

import timm
from timm.models.eva import Eva
from torch import Tensor, nn

from core.images.export.subject import ImageSubject
from core.images.model.encoders import Encoder

# Its arguments override everything about it, so it stands for every plain Vision Transformer.
_PLAIN = "vit_base_patch16_224"
# Ours alone, or only about random weights.
_LEFT_OUT = frozenset({"norm_eps", "weight_init", "drop_rate", "drop_path_rate"})


def timm_config(subject: ImageSubject) -> dict[str, Any]:
    """A `config.json` as timm writes it; `model_args` and `pretrained_cfg` rebuild the model."""
    description, preprocessing = subject.model.description, subject.preprocessing
    height, width = preprocessing.image_size
    config: dict[str, Any] = {
        "architecture": description.timm_name or _PLAIN,
        "num_classes": len(subject.classes),
        "num_features": subject.model.feature_dim,
        "global_pool": _pooling(subject),
        "model_args": _arguments(subject),
        "pretrained_cfg": {
            "custom_load": False,
            "input_size": [3, height, width],
            "fixed_input_size": True,
            "interpolation": preprocessing.interpolation,
            # The whole picture, its aspect not kept, as in training.
            "crop_pct": 1.0,
            "crop_mode": "squash",
            "mean": list(preprocessing.mean),
            "std": list(preprocessing.std),
            "num_classes": len(subject.classes),
            "pool_size": None,
            "first_conv": "patch_embed.proj",
            "classifier": "head",
            "license": description.licence,
        },
    }
    if subject.classes:
        config["label_names"] = list(subject.classes)
    return config


def timm_twin(subject: ImageSubject) -> Encoder:
    """A plain timm model with the trained weights, and the head if there is one."""
    config = timm_config(subject)
    twin = timm.create_model(
        config["architecture"],
        pretrained=False,
        num_classes=config["num_classes"],
        **config["model_args"],
    )
    assert isinstance(twin, Encoder)
    twin.load_state_dict(timm_state(subject))
    # The epsilon of its norms is no argument of timm's architectures.
    for own, trained in zip(_norms(twin), _norms(subject.model.encoder), strict=True):
        own.eps = trained.eps
    return twin.eval()


def timm_state(subject: ImageSubject) -> dict[str, Tensor]:
    """The trained weights in timm's names."""
    state = {
        name: value.detach().cpu().contiguous()
        for name, value in subject.model.encoder_state().items()
    }
    if subject.head is not None:
        for name, value in subject.head.state_dict().items():
            state[f"head.{name}"] = value.detach().cpu().contiguous()
    return state


def _arguments(subject: ImageSubject) -> dict[str, Any]:
    own = subject.model.description.encoder
    arguments = {name: value for name, value in own.items() if name not in _LEFT_OUT}
    # Said outright, because timm derives the place of the final norm from the pooling.
    arguments["global_pool"] = _pooling(subject)
    encoder = subject.model.encoder
    norm = "use_fc_norm" if isinstance(encoder, Eva) else "fc_norm"
    arguments[norm] = not isinstance(encoder.fc_norm, nn.Identity)
    arguments["img_size"] = list(subject.preprocessing.image_size)
    return arguments


def _pooling(subject: ImageSubject) -> str:
    return "token" if subject.model.has_class_token else "avg"


def _norms(encoder: nn.Module) -> list[nn.LayerNorm]:
    return [module for module in encoder.modules() if isinstance(module, nn.LayerNorm)]
