"""Models of images from elsewhere never make another file be read or an address be asked."""

import json

import pytest
import timm
import torch
from safetensors.torch import save_file

from core.errors import RunError
from core.images.model.sources import load_model
from core.images.model.starter import build_starter
from core.images.model.store import save_model

SHRUNK = {"img_size": 32, "patch_size": 8, "embed_dim": 48, "depth": 2, "num_heads": 3}
DECODER = {"decoder_depth": 1, "decoder_dim": 32, "decoder_heads": 2}


@pytest.fixture
def trap(tmp_path):
    """Weights elsewhere that a foreign file names."""
    torch.manual_seed(9)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    model = timm.create_model("vit_tiny_patch16_224", num_classes=0, **SHRUNK)
    save_file(model.state_dict(), elsewhere / "model.safetensors")
    return elsewhere


def timm_folder(tmp_path, config):
    folder = tmp_path / "timm"
    folder.mkdir()
    torch.manual_seed(1)
    model = timm.create_model("vit_tiny_patch16_224", num_classes=0, **SHRUNK)
    save_file(model.state_dict(), folder / "model.safetensors")
    whole = {"architecture": "vit_tiny_patch16_224", "model_args": SHRUNK, **config}
    (folder / "config.json").write_text(json.dumps(whole))
    return folder


def refused(folder) -> RunError:
    with pytest.raises(RunError) as error:
        load_model(str(folder), offline=True, **DECODER)
    assert str(folder) in str(error.value)
    return error.value


EVIL = (
    {"checkpoint_path": "/tmp/x"},
    {"pretrained_cfg": {"url": "http://evil.example/x.pth"}},
    {"pretrained_cfg_overlay": {"file": "/tmp/x"}},
    {"cache_dir": "/tmp/x"},
    {"features_only": True},
    {"embed_dim": "hf-hub:evil/x"},
    {"depth": 10**12},
    {"norm_layer": {"a": "b"}},
)


@pytest.mark.parametrize("evil", EVIL)
def test_that_foreign_arguments_of_an_architecture_are_refused(tmp_path, evil):
    folder = timm_folder(tmp_path, {"model_args": {**SHRUNK, **evil}})
    error = refused(folder)
    assert error.id == "model-foreign-setting"
    assert next(iter(evil)) in error.what


@pytest.mark.parametrize(
    "name", ["hf-hub:evil/x", "local-dir:/tmp/x", "hf_hub:evil/x", "evil/x", 3, ["vit"], None]
)
def test_that_an_architecture_that_is_none_of_timms_is_refused(tmp_path, name):
    folder = timm_folder(tmp_path, {"architecture": name})
    assert refused(folder).id == "model-foreign-architecture"


def test_that_addresses_in_a_pretrained_cfg_are_not_followed(tmp_path, trap):
    evil = {
        "url": "http://evil.example/x.pth",
        "file": str(trap / "model.safetensors"),
        "hf_hub_id": "evil/x",
        "custom_load": True,
        "mean": [0.1, 0.2, 0.3],
    }
    folder = timm_folder(tmp_path, {"pretrained_cfg": evil})
    plain = timm_folder(tmp_path / "a", {}) if (tmp_path / "a").mkdir() is None else None
    found = load_model(str(folder), offline=True, **DECODER).model
    wanted = load_model(str(plain), offline=True, **DECODER).model
    for key, value in wanted.encoder_state().items():
        assert torch.equal(found.encoder_state()[key], value)
    assert found.preprocessing.mean == (0.1, 0.2, 0.3)
    assert "evil" not in json.dumps(found.description.to_dict())


@pytest.mark.parametrize("cfg", [{"mean": "x"}, {"input_size": 3}, {"std": [None]}])
def test_that_a_pretrained_cfg_that_makes_no_sense_is_refused_in_words(tmp_path, cfg):
    assert refused(timm_folder(tmp_path, {"pretrained_cfg": cfg})).id == "model-damaged"


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"timm_name": "hf-hub:evil/x"}, "model-foreign-architecture"),
        ({"timm_name": "local-dir:/tmp/x"}, "model-foreign-architecture"),
        ({"encoder": {"checkpoint_path": "/tmp/x"}}, "model-foreign-setting"),
        ({"encoder": {"pretrained_cfg": {"file": "/tmp/x"}}}, "model-foreign-setting"),
        ({"unknown": 1}, "model-damaged"),
        ({"decoder": {"checkpoint_path": "/tmp/x"}}, "model-damaged"),
    ],
)
def test_that_our_own_description_is_not_trusted_either(tmp_path, changes, expected):
    folder = tmp_path / "ours"
    folder.mkdir()
    save_model(folder, build_starter(0))
    values = json.loads((folder / "model.json").read_text())
    for key, value in changes.items():
        old = values.get(key)
        values[key] = {**old, **value} if isinstance(old, dict) else value
    (folder / "model.json").write_text(json.dumps(values))
    assert refused(folder).id == expected
