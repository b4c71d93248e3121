"""Encoders of many kinds through every format, with random weights: what is read, where."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image
from torch import nn

from core.export.runner import open_runner, write_runner
from core.export.subject import WeightsPlace
from core.images.export.subject import ImageSubject
from core.images.export.writers import WRITERS
from core.images.model.mae import MaskedAutoencoder
from core.images.model.timm_layout import describe_timm
from core.run.folder import RunFolder
from tests.helpers.worlds import TINY

SHRUNK = {"embed_dim": 32, "depth": 2, "num_heads": 2}
DECODER = {"depth": 1, "decoder_dim": 16, "num_heads": 2}


def subject_with(architecture: str | None, **arguments: Any) -> ImageSubject:
    """A classifier of four classes with random weights."""
    torch.manual_seed(5)
    if architecture is None:
        description = replace(TINY, encoder={**TINY.encoder, **arguments})
    else:
        patch = 7 if "patch14" in architecture else 8
        config = {"model_args": {**SHRUNK, "patch_size": patch, **arguments}}
        description = describe_timm(
            "random", architecture, config, image_size=4 * patch, decoder=DECODER
        )
    model = MaskedAutoencoder(description).eval()
    with torch.no_grad():
        for parameter in model.encoder.parameters():
            parameter.add_(0.1 * torch.randn_like(parameter))
    head = nn.Linear(model.feature_dim, 4)
    nn.init.normal_(head.weight, std=0.3)
    return ImageSubject(
        run=RunFolder(Path("nowhere")),
        place=WeightsPlace("base", Path("nowhere"), "model"),
        model=model,
        head=head,
        classes=("a", "b", "c", "d"),
    )


def through(format_name: str, subject: ImageSubject, folder: Path, precision: str = "fp32") -> Any:
    """Written, opened by the format's library, run on image files; and what was wanted."""
    folder.mkdir(exist_ok=True)
    height, width = subject.preprocessing.image_size
    pixels = np.random.default_rng(0).integers(0, 256, (3, height, width, 3), dtype=np.uint8)
    paths = [str(folder / f"{index}.png") for index in range(3)]
    for path, picture in zip(paths, pixels, strict=True):
        Image.fromarray(picture).save(path)
    written = WRITERS[format_name](subject, folder, precision)
    write_runner(folder, f"images/run_{format_name}.py.jinja")
    return written, open_runner(folder)(paths), subject.outputs(pixels)


PLAIN_VIT = "vit_tiny_patch16_224"
KINDS = {
    "class token": (None, {}, "ViTForImageClassification"),
    "no qkv bias": (None, {"qkv_bias": False}, "ViTForImageClassification"),
    "ViT-MAE's epsilon": (None, {"norm_eps": 1e-12}, "ViTForImageClassification"),
    "mean, as the starter": (
        None,
        {"global_pool": "avg", "fc_norm": False, "weight_init": "moco"},
        "Dinov2ForImageClassification",
    ),
    "norm after the mean": (None, {"global_pool": "avg"}, "TimmWrapperForImageClassification"),
    "layer scale": (
        "deit3_small_patch16_224",
        {"init_values": 0.5},
        "Dinov2ForImageClassification",
    ),
    "DINOv2": ("vit_small_patch14_dinov2", {"init_values": 0.5}, "Dinov2ForImageClassification"),
    "DINOv2 with registers": (
        "vit_small_patch14_reg4_dinov2",
        {"init_values": 0.5},
        "Dinov2WithRegistersForImageClassification",
    ),
    "positions of registers": (
        PLAIN_VIT,
        {"reg_tokens": 2},
        "Dinov2WithRegistersForImageClassification",
    ),
    "no class token": (
        "vit_base_patch16_siglip_224",
        {},
        "TimmWrapperForImageClassification",
    ),
    "normed queries": (PLAIN_VIT, {"qk_norm": True}, "TimmWrapperForImageClassification"),
    "quick GELU": (
        "vit_base_patch16_clip_quickgelu_224",
        {},
        "TimmWrapperForImageClassification",
    ),
    "DINOv3": (
        "vit_small_patch16_dinov3",
        {"init_values": 0.5},
        "TimmWrapperForImageClassification",
    ),
    "EVA-02": ("eva02_small_patch14_224", {}, "TimmWrapperForImageClassification"),
    "mixed rotary positions": (
        "vit_small_patch16_rope_mixed_224",
        {"init_values": 0.5},
        "TimmWrapperForImageClassification",
    ),
}


@pytest.mark.parametrize("kind", KINDS)
def test_that_transformers_computes_the_same(kind: str, tmp_path: Path) -> None:
    architecture, arguments, wanted_class = KINDS[kind]
    written, found, wanted = through(
        "transformers", subject_with(architecture, **arguments), tmp_path
    )
    assert written.architecture == wanted_class
    np.testing.assert_allclose(found, wanted, atol=2e-6)


# What transformers' wrapper opens is timm's layout already.
@pytest.mark.parametrize("kind", ["ViT-MAE's epsilon", "DINOv2 with registers", "DINOv3"])
def test_that_timm_computes_the_same(kind: str, tmp_path: Path) -> None:
    architecture, arguments, _ = KINDS[kind]
    _, found, wanted = through("timm", subject_with(architecture, **arguments), tmp_path)
    np.testing.assert_allclose(found, wanted, atol=1e-5 if "epsilon" in kind else 2e-6)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("kind", "format_name"),
    [
        *[("DINOv3", "onnx"), ("EVA-02", "onnx"), ("mixed rotary positions", "onnx")],
        *[("quick GELU", "onnx"), ("DINOv3", "pt2"), ("mixed rotary positions", "pt2")],
        ("no class token", "pt2"),
    ],
)
def test_that_graphs_compute_the_same(kind: str, format_name: str, tmp_path: Path) -> None:
    architecture, arguments, _ = KINDS[kind]
    _, found, wanted = through(format_name, subject_with(architecture, **arguments), tmp_path)
    np.testing.assert_allclose(found, wanted, atol=1e-4)
