import json

import pytest
import torch

from core.errors import RunError
from core.images.model.store import open_model, save_model
from core.models.layout import is_own_layout
from tests.core.images.model.test_mae import KINDS, NAMES, build
from tests.core.images.model.tiny_models import random_pixels


@pytest.mark.parametrize("kind", KINDS)
def test_that_a_reopened_model_gives_identical_outputs(kind, tmp_path):
    model = build(seed=4, **KINDS[kind]).eval()
    save_model(tmp_path, model)
    again = open_model(tmp_path).eval()
    assert again.description == model.description
    batch = {"pixels": random_pixels(2, *model.preprocessing.image_size)}
    noise = model.mask_noise(2, torch.Generator().manual_seed(0))
    with torch.no_grad():
        assert torch.equal(again.represent(batch), model.represent(batch))
        assert torch.equal(again.masked_loss(batch, noise), model.masked_loss(batch, noise))


@pytest.mark.parametrize("name", NAMES)
def test_that_a_timm_model_is_rebuilt_without_a_network(name, tmp_path):
    model = build(name, seed=4)
    save_model(tmp_path, model)
    again = open_model(tmp_path).state_dict()
    assert all(torch.equal(again[key], value) for key, value in model.state_dict().items())


def test_that_half_precision_on_disk_is_float32_in_memory(tmp_path):
    model = build()
    save_model(tmp_path, model, torch.float16)
    again = open_model(tmp_path)
    assert again.encoder.norm.weight.dtype == torch.float32
    assert torch.equal(again.decoder.pred.weight, model.decoder.pred.weight.half().float())
    whole = build().encoder.patch_embed.proj.weight.numel() * 4
    assert (tmp_path / "encoder.safetensors").stat().st_size > whole / 2


def test_that_a_folder_without_its_json_holds_no_model(tmp_path):
    save_model(tmp_path, build())
    assert is_own_layout(tmp_path)
    (tmp_path / "model.json").unlink()
    assert not is_own_layout(tmp_path)


@pytest.mark.parametrize("file", ["model.json", "encoder.safetensors", "decoder.safetensors"])
def test_that_a_damaged_file_is_refused(file, tmp_path):
    save_model(tmp_path, build())
    whole = (tmp_path / file).read_bytes()
    (tmp_path / file).write_bytes(whole[: len(whole) // 2])
    with pytest.raises(RunError) as error:
        open_model(tmp_path)
    assert error.value.id == "model-damaged"
    assert str(tmp_path) in error.value.what


def test_that_a_model_of_a_newer_format_is_refused(tmp_path):
    save_model(tmp_path, build())
    values = json.loads((tmp_path / "model.json").read_text())
    (tmp_path / "model.json").write_text(json.dumps({**values, "format": 99}))
    with pytest.raises(RunError) as error:
        open_model(tmp_path)
    assert "another version" in error.value.what
