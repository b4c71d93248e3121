"""A whole run on each kind of timm's encoders that people ask for: killed, resumed, exported."""

import json
import re
from pathlib import Path

import pytest
import timm
import torch
from safetensors.torch import save_file

from core.run.events import CheckpointSaved
from core.run.folder import RunFolder
from tests.helpers.exports import probabilities
from tests.helpers.faces import export
from tests.helpers.trainers import At, Trainer, finished, weights_of
from tests.helpers.worlds import World, new_run

SHRUNK = {"img_size": 32, "patch_size": 8, "embed_dim": 48, "depth": 2, "num_heads": 3}
# By what `auto` does with them.
KINDS = {
    "vit_small_patch16_dinov3": ("contrastive", "class_token"),
    "vit_small_patch16_dinov3_qkvb": ("contrastive", "class_token"),
    "vit_base_patch16_clip_quickgelu_224": ("contrastive", "class_token"),
    "vit_base_patch16_siglip_224": ("contrastive", "class_token"),
    "vit_pe_core_tiny_patch16_384": ("contrastive", "class_token"),
    "eva02_small_patch14_224": ("masked", "class_token"),
    "vit_small_patch16_rope_mixed_224": ("masked", "class_token"),
}
SHORT = {"steps": 3, "batch_size": 8, "lr": 1e-3}


def saved(folder: Path, architecture: str) -> Path:
    """Random weights in timm's layout, attention pooling and all."""
    folder.mkdir()
    torch.manual_seed(4)
    # Fresh layer scales of 1e-5 would leave one class token for all images, but for rounding.
    scaled = {"init_values": 0.5} if re.search("dinov3|mixed", architecture) else {}
    arguments = {**SHRUNK, **scaled}
    model = timm.create_model(architecture, num_classes=0, **arguments)
    save_file(model.state_dict(), folder / "model.safetensors")
    config = {
        "architecture": architecture,
        "model_args": arguments,
        "pretrained_cfg": {"input_size": [3, 32, 32]},
    }
    (folder / "config.json").write_text(json.dumps(config))
    return folder


def planned(world: World, path: Path, model: Path, part: str) -> RunFolder:
    return new_run(
        world,
        path,
        model__name=str(model),
        pretrain={**SHORT, "objective": "auto", "train": part},
        distill={**SHORT, "distance": "smooth_l1", "match": "auto"},
        finetune__arms=["base", "distilled"],
        finetune__steps=3,
        finetune__layer_decay=0.8,
        finetune__head="regularised-probe",
    )


@pytest.mark.timeout(900)
@pytest.mark.parametrize(
    ("architecture", "part", "formats"),
    [
        ("vit_small_patch16_dinov3", "auto", ["timm"]),
        *(
            pytest.param(name, part, ["timm", "transformers", "onnx"], marks=pytest.mark.slow)
            for name in KINDS
            for part in ("auto", "lora:2")
        ),
    ],
)
def test_that_a_run_goes_through_killed_resumed_and_exported(
    image_world: World, tmp_path: Path, architecture: str, part: str, formats: list[str]
) -> None:
    world, model = image_world, saved(tmp_path / "model", architecture)
    run = planned(world, tmp_path / "run", model, part)
    further = f"0{1 if KINDS[architecture][0] == 'contrastive' else 2}-further-pretrain"
    died = At(run.path, CheckpointSaved.kind, further, 2, dies=True)
    assert Trainer(run, world.cache, died).wait() == -9
    finished(run, world.cache)
    objective, match = KINDS[architecture]
    assert run.read_json("objective.json")["objective"] == objective
    assert run.read_json("match.json")["match"] == match
    results = json.loads(run.results_file.read_text())
    assert {"base", "distilled"} == results["arms"].keys()
    assert {"probe-base", "probe-further", "probe-distilled"} < results["frozen"].keys()
    for name in formats:
        # What is written is opened by what it is for, and compared on raw test images.
        assert export(run, name, out=tmp_path / name).folder.is_dir()
    (picture, *_) = sorted((world.labeled / "test").rglob("*.png"))
    assert sum(probabilities(run, [picture])[picture].values()) == pytest.approx(1, abs=1e-5)
    if len(formats) > 1:
        whole = finished(planned(world, tmp_path / "whole", model, part), world.cache)
        assert weights_of(whole) == weights_of(run)
