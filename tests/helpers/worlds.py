"""Small worlds to train in: generated examples, a tiny model, recipes of a few steps."""

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
import timm
import torch
from PIL import Image
from safetensors.torch import save_file

from core.images.model.description import ModelDescription
from core.images.model.mae import MaskedAutoencoder
from core.images.model.store import save_model
from core.models.masked_model import Preprocessing
from core.recipe import Recipe
from core.run.folder import RunFolder

TINY = ModelDescription(
    name="tiny",
    origin="made for a test",
    licence="none",
    timm_name=None,
    encoder={"img_size": (32, 32), "patch_size": 8, "embed_dim": 32, "depth": 2, "num_heads": 2},
    decoder={"depth": 1, "decoder_dim": 16, "num_heads": 2, "norm_eps": 1e-6},
    preprocessing=Preprocessing((32, 32), (0.5, 0.5, 0.5), (0.25, 0.25, 0.25), "bicubic"),
)
# Changes of a recipe: two rounds of distillation, and nothing is fine-tuned.
UNTUNED: dict[str, object] = {
    "distill__rounds": 2,
    "finetune__steps": 0,
    "finetune__warmup_steps": 0,
}
COLOURS = {"blue": (40, 70, 190), "green": (50, 170, 80), "red": (190, 60, 40)}


# For tests that ask both kinds of example the same: pictures and texts.
in_both_worlds = pytest.mark.parametrize("world", ["images", "text"], indirect=True)
# For those that take long and look at what the two share: the loop, its files, the processes.
with_text_when_slow = pytest.mark.parametrize(
    "world", ["images", pytest.param("text", marks=pytest.mark.slow)], indirect=True
)


@dataclass(frozen=True)
class World:
    """Where the examples and the models lie.

    Attributes:
        unlabeled: 24 pictures (12 texts) without labels.
        labeled: train and test parts with three classes; 8 and 4 examples each.
        model: A tiny model with its decoder.
        timm_model: A tiny model whose decoder starts fresh; of text, where there is none, `model`.
        cache: A cache folder for scans.
        kind: `images` or `text`.
    """

    unlabeled: Path
    labeled: Path
    model: Path
    timm_model: Path
    cache: Path
    kind: str = "images"


def build_world(folder: Path) -> World:
    """Draw the pictures and save the models."""
    draw_pictures(folder / "unlabeled", 24, seed=1)
    for number, label in enumerate(COLOURS):
        draw_pictures(folder / "labeled" / "train" / label, 8, seed=10 + number, label=label)
        draw_pictures(folder / "labeled" / "test" / label, 4, seed=20 + number, label=label)
    save_tiny_model(folder / "model")
    save_timm_model(folder / "timm-model")
    return World(
        folder / "unlabeled",
        folder / "labeled",
        folder / "model",
        folder / "timm-model",
        folder / "cache",
    )


def draw_pictures(folder: Path, number: int, *, seed: int, label: str = "blue") -> None:
    """Coloured gratings with noise, all different, as 32 x 32 PNG files."""
    folder.mkdir(parents=True)
    generator = np.random.default_rng(seed)
    x = np.linspace(0, 6, 32)
    for index in range(number):
        across, down = generator.uniform(0.5, 3, 2)
        waves = np.sin(x * across)[None, :] * np.cos(x * down)[:, None]
        pixels = np.asarray(COLOURS[label]) + 50 * waves[..., None]
        pixels = pixels + generator.normal(0, 12, (32, 32, 3))
        picture = Image.fromarray(pixels.clip(0, 255).astype(np.uint8))
        picture.save(folder / f"{label}-{index:02d}.png")


def save_tiny_model(folder: Path, **encoder: int) -> None:
    """A random tiny model in our own layout; `encoder` overrides its arguments."""
    folder.mkdir(parents=True)
    torch.manual_seed(3)
    values = TINY.to_dict()
    values["encoder"] = {**values["encoder"], **encoder}
    save_model(folder, MaskedAutoencoder(ModelDescription.from_dict(values)))


def save_timm_model(folder: Path) -> None:
    """A random tiny ViT as timm saves it: no decoder."""
    folder.mkdir(parents=True)
    shrunk = {"img_size": 32, "patch_size": 8, "embed_dim": 32, "depth": 2, "num_heads": 2}
    torch.manual_seed(4)
    model = timm.create_model("vit_tiny_patch16_224", num_classes=0, **shrunk)
    save_file(model.state_dict(), folder / "model.safetensors")
    config = {
        "architecture": "vit_tiny_patch16_224",
        "model_args": shrunk,
        "pretrained_cfg": {"input_size": [3, 32, 32]},
    }
    (folder / "config.json").write_text(json.dumps(config))


def tiny_recipe(world: World, **changes: object) -> Recipe:
    """A recipe of a few steps; `changes` as `section__key=value`."""
    values: dict = {
        "seed": 7,
        "data": {"unlabeled": [str(world.unlabeled)], "labeled": str(world.labeled)},
        "model": {
            "name": str(world.model),
            "decoder_depth": 1,
            "decoder_dim": 16,
            "decoder_heads": 2,
            "decoder_warmup_steps": 4,
        },
        "pretrain": {"steps": 6, "batch_size": 8, "lr": 1e-3},
        "distill": {"steps": 6, "batch_size": 8, "lr": 1e-3},
        "finetune": {"steps": 6, "batch_size": 8, "lr": 1e-3, "warmup_steps": 2},
        "probe": {"every": 3, "neighbours": 3},
        "runtime": {
            "device": "cpu",
            "precision": "float32",
            "threads": 1,
            "workers": 0,
            "offline": True,
            "checkpoint_minutes": 0.0,
            "report_s": 0.0,
        },
    }
    if world.kind == "text":
        values["data"]["kind"] = "text"
        values["model"] = {"name": str(world.model), "max_length": 24, "whole_word_masking": True}
    for name, value in changes.items():
        section, _, key = name.partition("__")
        if key:
            values[section] = {**values[section], key: value}
        else:
            values[section] = value
    return Recipe.model_validate(values)


def new_run(world: World, path: Path, **changes: object) -> RunFolder:
    """A run folder that was not started yet."""
    return RunFolder.create(path, tiny_recipe(world, **changes))
