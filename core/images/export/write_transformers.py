"""The format `transformers`: a folder that `AutoModelForImageClassification` opens.

The class is the first of these that computes exactly what was trained:

`ViTForImageClassification`     plain ViT whose head reads the class token
`Dinov2ForImageClassification`  also layer scale, and heads that read the mean of the patches:
                                its own head reads both, and the weights of one are zero
`Dinov2WithRegistersFor…`       also register tokens
`TimmWrapperForImageClassification`  anything of timm's, with timm installed
"""

import shutil
from pathlib import Path
from typing import Any, Final

from safetensors.torch import save
from transformers import (
    Dinov2Config,
    Dinov2ForImageClassification,
    Dinov2WithRegistersConfig,
    Dinov2WithRegistersForImageClassification,
    PreTrainedModel,
    ViTConfig,
    ViTForImageClassification,
)
from transformers.utils.logging import disable_progress_bar

from core.export.export_result import Written
from core.export.numbers import in_units, numbers_in_config
from core.export.parity import Tolerance
from core.export.several_labels import several_labels
from core.images.export.plain_vit import PlainVit, plain_vit
from core.images.export.subject import ImageSubject
from core.images.export.timm_twin import timm_config, timm_state
from core.images.export.transformers_names import State, dinov2_state, vit_state
from core.system.atomic import write_bytes, write_json

# Its image processor resizes with torchvision, which rounds some pixels by one level of 255.
TOLERANCE: Final = Tolerance(difference=2e-3)
# Pillow's numbers; torchvision knows no others.
_RESAMPLING: Final = {"nearest": 0, "bilinear": 2, "bicubic": 3}


def write_transformers(subject: ImageSubject, folder: Path, precision: str) -> Written:
    """Write configuration, weights and image processor."""
    del precision  # there is one
    with in_units(subject, subject.head):
        return _write(subject, folder)


def _write(subject: ImageSubject, folder: Path) -> Written:
    plain = plain_vit(subject)
    native = subject.preprocessing.interpolation in _RESAMPLING
    if plain is None or not native:
        return _write_wrapped(subject, folder)
    model, state = _native(subject, plain)
    model.load_state_dict(state)
    # A bar per file tells nobody anything.
    disable_progress_bar()  # type: ignore[no-untyped-call]
    model.save_pretrained(folder)
    # It comes readable for nobody else.
    shutil.copymode(folder / "config.json", folder / "model.safetensors")
    _write_processor(subject, folder)
    return Written(
        architecture=type(model).__name__,
        tolerance=TOLERANCE,
        libraries=("transformers", "torchvision"),
    )


def _native(subject: ImageSubject, plain: PlainVit) -> tuple[PreTrainedModel, State]:
    """A model of transformers' own with random weights, and the state to put into it."""
    sizes: dict[str, Any] = {
        "hidden_size": plain.width,
        "num_hidden_layers": plain.depth,
        "num_attention_heads": plain.num_heads,
        "image_size": plain.image_size,
        "patch_size": plain.patch_size,
        "qkv_bias": plain.qkv_bias,
        "layer_norm_eps": plain.norm_eps,
        "hidden_act": "gelu",
        "id2label": dict(enumerate(subject.classes)),
        "label2id": {name: index for index, name in enumerate(subject.classes)},
        **several_labels(subject),
        **numbers_in_config(subject),
    }
    if plain.reads_class_token and not plain.num_registers and not plain.has_layer_scale:
        config = ViTConfig(**sizes, intermediate_size=plain.mlp_width)
        return ViTForImageClassification(config), vit_state(subject)
    sizes["mlp_ratio"] = plain.mlp_width // plain.width
    if plain.num_registers:
        registers = Dinov2WithRegistersConfig(**sizes, num_register_tokens=plain.num_registers)
        return Dinov2WithRegistersForImageClassification(registers), dinov2_state(
            subject, "dinov2_with_registers"
        )
    dinov2 = Dinov2Config(**sizes, use_mask_token=False)
    return Dinov2ForImageClassification(dinov2), dinov2_state(subject, "dinov2")


def _write_processor(subject: ImageSubject, folder: Path) -> None:
    preprocessing = subject.preprocessing
    height, width = preprocessing.image_size
    processor = {
        "image_processor_type": "ViTImageProcessor",
        "do_resize": True,
        "size": {"height": height, "width": width},
        "resample": _RESAMPLING[preprocessing.interpolation],
        "do_rescale": True,
        "rescale_factor": 1 / 255,
        "do_normalize": True,
        "image_mean": list(preprocessing.mean),
        "image_std": list(preprocessing.std),
    }
    write_json(folder / "preprocessor_config.json", processor)


def _write_wrapped(subject: ImageSubject, folder: Path) -> Written:
    """The layout of timm, which transformers opens by its wrapper; it holds the processor too."""
    name = "TimmWrapperForImageClassification"
    config = {**timm_config(subject), "architectures": [name], "model_type": "timm_wrapper"}
    config |= {**several_labels(subject), **numbers_in_config(subject)}
    write_json(folder / "config.json", config)
    write_bytes(folder / "model.safetensors", save(timm_state(subject), {"format": "pt"}))
    note = "No class of transformers' own computes this architecture, so timm has to be installed."
    return Written(
        architecture=name,
        tolerance=TOLERANCE,
        libraries=("transformers", "timm", "torchvision"),
        notes=[note],
    )
