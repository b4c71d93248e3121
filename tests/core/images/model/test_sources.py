import json
import socket
import time

import pytest
import timm
import torch
from huggingface_hub import constants
from safetensors.torch import load_file, save, save_file

from core.errors import RunError
from core.hub.catalog import catalog_rows
from core.images.model import sources
from core.images.model.sources import load_model
from core.images.model.starter import build_starter
from core.images.model.store import save_model
from tests.core.hub.small_hub import COMMIT, SmallHub
from tests.core.images.model.test_vit_mae_layout import classic_name
from tests.core.images.model.tiny_models import build_vit_mae, random_pixels

DECODER = {"decoder_depth": 1, "decoder_dim": 32, "decoder_heads": 2}
SHRUNK = {"img_size": 32, "patch_size": 8, "embed_dim": 48, "depth": 2, "num_heads": 3}
PREPROCESSOR = {"image_mean": [0.1, 0.2, 0.3], "image_std": [0.4, 0.5, 0.6], "resample": 3}


def refused(*arguments, **options) -> RunError:
    with pytest.raises(RunError) as error:
        load_model(*arguments, **options)
    assert "{" not in str(error.value)
    return error.value


@pytest.fixture
def vit_mae_folder(tmp_path, vit_mae):
    """As transformers saves it."""
    folder = tmp_path / "vit-mae"
    vit_mae.save_pretrained(folder)
    (folder / "preprocessor_config.json").write_text(json.dumps(PREPROCESSOR))
    return folder


@pytest.fixture
def timm_folder(tmp_path):
    """As timm saves it for the hub: with a head, and the arguments that differ."""
    torch.manual_seed(1)
    model = timm.create_model("vit_tiny_patch16_224", num_classes=5, **SHRUNK)
    folder = tmp_path / "timm"
    folder.mkdir()
    save_file(model.state_dict(), folder / "model.safetensors")
    config = {
        "architecture": "vit_tiny_patch16_224",
        "num_classes": 5,
        "model_args": SHRUNK,
        "pretrained_cfg": {
            "input_size": [3, 32, 32],
            "mean": [0.5, 0.5, 0.5],
            "std": [0.25, 0.25, 0.25],
            "interpolation": "bicubic",
            "license": "mit",
        },
    }
    (folder / "config.json").write_text(json.dumps(config))
    return folder


def point_at(monkeypatch, address):
    monkeypatch.setattr(constants, "ENDPOINT", address)
    template = address + "/{repo_id}/resolve/{revision}/{filename}"
    monkeypatch.setattr(constants, "HUGGINGFACE_CO_URL_TEMPLATE", template)


@pytest.fixture
def cache(tmp_path, monkeypatch):
    """An empty cache, and no way to any hub."""
    folder = tmp_path / "cache"
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(folder))
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
    point_at(monkeypatch, f"http://127.0.0.1:{port}")
    # The library tries again after 1, 2, 4, 8 and 8 seconds.
    monkeypatch.setattr(time, "sleep", lambda seconds: None)
    return folder


@pytest.fixture
def hub(cache, monkeypatch):
    with SmallHub() as small_hub:
        point_at(monkeypatch, small_hub.address)
        yield small_hub


def put_on_hub(hub, repo, folder, revision="main"):
    for file in folder.iterdir():
        hub.add(repo, file.name, file.read_bytes(), revision)


# --- folders and files ----------------------------------------------------------------------


def test_that_a_vit_mae_folder_is_loaded_with_its_decoder(vit_mae_folder, vit_mae):
    loaded = load_model(str(vit_mae_folder))
    assert not loaded.decoder_is_fresh
    assert loaded.model.preprocessing.mean == (0.1, 0.2, 0.3)
    pixels, noise = random_pixels(2), torch.rand(2, 16)
    with torch.no_grad():
        expected = vit_mae(pixel_values=loaded.model.normalise(pixels), noise=noise).loss
        found = loaded.model.masked_loss({"pixels": pixels}, noise)
    torch.testing.assert_close(found, expected, atol=1e-5, rtol=1e-5)


def test_that_classic_names_load_like_new_ones(vit_mae_folder):
    weights = vit_mae_folder / "model.safetensors"
    new = load_model(str(vit_mae_folder)).model.state_dict()
    save_file({classic_name(key): value for key, value in load_file(weights).items()}, weights)
    classic = load_model(str(weights)).model.state_dict()
    assert all(torch.equal(classic[name], new[name]) for name in new)


def test_that_a_timm_folder_is_loaded_with_a_fresh_decoder(timm_folder):
    loaded = load_model(str(timm_folder), **DECODER)
    assert loaded.decoder_is_fresh
    assert loaded.model.description.licence == "mit"
    plain = timm.create_model("vit_tiny_patch16_224", num_classes=5, **SHRUNK)
    plain.load_state_dict(load_file(timm_folder / "model.safetensors"))
    pixels = random_pixels(2)
    with torch.no_grad():
        features = plain.eval().forward_features((pixels / 255 - 0.5) / 0.25)
        found = loaded.model.eval().represent({"pixels": pixels})
    torch.testing.assert_close(found, features[:, 0], atol=1e-5, rtol=1e-5)


def test_that_a_fresh_decoder_follows_the_seed(timm_folder):
    states = [
        load_model(str(timm_folder), seed=seed, **DECODER).model.decoder.state_dict()
        for seed in (1, 1, 2)
    ]
    assert torch.equal(states[0]["pred.weight"], states[1]["pred.weight"])
    assert not torch.equal(states[0]["pred.weight"], states[2]["pred.weight"])


@pytest.mark.parametrize("kind", ["vit_mae_folder", "timm_folder"])
def test_that_another_input_size_interpolates_the_positions(kind, request):
    folder = request.getfixturevalue(kind)
    small = load_model(str(folder), **DECODER).model
    large = load_model(str(folder), image_size=64, **DECODER).model
    assert large.preprocessing.image_size == (64, 64)
    assert large.encoder.pos_embed.shape[1] == 1 + 64
    assert torch.equal(large.encoder.pos_embed[:, 0], small.encoder.pos_embed[:, 0])
    assert large.encoder.pos_embed.requires_grad == small.encoder.pos_embed.requires_grad
    inner = large.encoder.pos_embed[0, 1:].reshape(8, 8, -1)
    coarse = small.encoder.pos_embed[0, 1:].reshape(4, 4, -1)
    pooled = inner.reshape(4, 2, 4, 2, -1).mean(dim=(1, 3))
    assert (pooled - coarse).abs().mean() < 0.5 * coarse.abs().mean()
    loss = large.masked_loss({"pixels": random_pixels(2, 64)}, torch.rand(2, 64))
    assert torch.isfinite(loss)


@pytest.mark.parametrize(
    ("architecture", "own"),
    [
        ("vit_small_patch16_dinov3", {"init_values": 0.5}),
        ("eva02_small_patch14_224", {}),
        ("vit_base_patch16_siglip_224", {"class_token": False}),
        ("vit_base_patch32_clip_224", {}),
    ],
)
def test_that_a_folder_of_other_vits_is_loaded_and_resized(architecture, own, tmp_path):
    torch.manual_seed(1)
    arguments = {**SHRUNK, **own}
    plain = timm.create_model(architecture, num_classes=5, **arguments).eval()
    save_file(plain.state_dict(), tmp_path / "model.safetensors")
    settings = {"input_size": [3, 32, 32], "mean": [0.5] * 3, "std": [0.25] * 3}
    config = {"architecture": architecture, "model_args": arguments, "pretrained_cfg": settings}
    (tmp_path / "config.json").write_text(json.dumps(config))
    loaded = load_model(str(tmp_path), **DECODER).model.eval()
    pixels = random_pixels(2)
    with torch.no_grad():
        features = plain.forward_features((pixels / 255 - 0.5) / 0.25)
        found = loaded.represent({"pixels": pixels}, "all_tokens")
    torch.testing.assert_close(found, loaded.encoder.fc_norm(features), atol=1e-5, rtol=1e-5)
    # The class token of DINOv3 is what its authors read; timm's own default is the mean.
    assert loaded.has_class_token == (architecture.endswith(("dinov3", "clip_224")))
    large = load_model(str(tmp_path), image_size=64, **DECODER).model
    loss = large.masked_loss({"pixels": random_pixels(2, 64)}, torch.rand(2, 64))
    assert torch.isfinite(loss)
    (tmp_path / "own").mkdir()
    save_model(tmp_path / "own", loaded)
    again = load_model(str(tmp_path / "own"), image_size=64).model.eval()
    with torch.no_grad():
        torch.testing.assert_close(
            again.represent({"pixels": random_pixels(2, 64)}),
            large.eval().represent({"pixels": random_pixels(2, 64)}),
            atol=1e-4,
            rtol=1e-4,
        )


def test_that_half_precision_weights_become_float32(vit_mae_folder):
    weights = vit_mae_folder / "model.safetensors"
    save_file({key: value.half() for key, value in load_file(weights).items()}, weights)
    model = load_model(str(vit_mae_folder)).model
    assert {value.dtype for value in model.state_dict().values()} == {torch.float32}


def test_that_published_vit_mae_weights_need_no_config(vit_mae):
    wide = build_vit_mae(
        hidden_size=768,
        num_hidden_layers=1,
        num_attention_heads=12,
        intermediate_size=3072,
        decoder_hidden_size=512,
        decoder_num_hidden_layers=1,
        decoder_num_attention_heads=16,
        decoder_intermediate_size=2048,
    )
    found = sources.infer_config(wide.state_dict())
    wanted = wide.config.to_dict()
    assert found == {key: wanted[key] for key in found}
    # The number of heads can't be told from the shapes of other widths.
    assert sources.infer_config(vit_mae.state_dict()) == {}


def test_that_a_lone_file_of_unknown_heads_asks_for_its_config(vit_mae_folder, tmp_path):
    lone = tmp_path / "alone" / "weights.safetensors"
    lone.parent.mkdir()
    lone.write_bytes((vit_mae_folder / "model.safetensors").read_bytes())
    assert refused(str(lone)).id == "architecture-unknown"


@pytest.mark.parametrize("share", [0.0, 0.001, 0.5, 0.99])
def test_that_half_a_file_is_refused(vit_mae_folder, share):
    weights = vit_mae_folder / "model.safetensors"
    whole = weights.read_bytes()
    weights.write_bytes(whole[: int(len(whole) * share)])
    error = refused(str(vit_mae_folder))
    assert error.id == "model-damaged"
    assert str(weights) in error.what


def test_that_a_damaged_config_is_refused(timm_folder):
    (timm_folder / "config.json").write_text('{"architecture": ')
    error = refused(str(timm_folder))
    assert error.id == "model-damaged"
    assert "config.json" in error.what


def test_that_weights_of_another_shape_are_refused(vit_mae_folder):
    config = json.loads((vit_mae_folder / "config.json").read_text())
    config["intermediate_size"] = 256
    (vit_mae_folder / "config.json").write_text(json.dumps(config))
    error = refused(str(vit_mae_folder))
    assert error.id == "model-misfit"
    assert "mlp.fc1" in error.what


def test_that_weights_with_layers_missing_are_refused(timm_folder):
    weights = timm_folder / "model.safetensors"
    state = {key: value for key, value in load_file(weights).items() if "blocks.1" not in key}
    save_file(state, weights)
    error = refused(str(timm_folder), **DECODER)
    assert error.id == "model-misfit"
    assert "blocks.1" in error.what


def test_that_pickled_weights_are_never_opened(tmp_path):
    (tmp_path / "pytorch_model.bin").write_bytes(b"cos\nsystem\n(S'touch opened'\ntR.")
    assert refused(str(tmp_path)).id == "only-pickles"


def test_that_a_folder_without_a_model_is_refused(tmp_path):
    assert refused(str(tmp_path)).id == "folder-no-model"


def test_that_a_file_that_is_not_there_is_named(tmp_path):
    error = refused(str(tmp_path / "gone.safetensors"))
    assert error.id == "model-file-missing"
    assert "gone.safetensors" in error.what


def test_that_a_timm_folder_of_another_architecture_is_refused(timm_folder):
    config = {"architecture": "resnet18", "pretrained_cfg": {}}
    (timm_folder / "config.json").write_text(json.dumps(config))
    error = refused(str(timm_folder))
    assert error.id == "not-a-vit"
    assert "ResNet" in error.what


def test_that_an_input_size_that_does_not_fit_the_patches_is_refused(vit_mae_folder):
    assert refused(str(vit_mae_folder), image_size=36).id == "image-size-misfit"


# --- the starter and random weights ---------------------------------------------------------


def test_that_the_starter_brings_its_decoder(tmp_path, monkeypatch):
    monkeypatch.setattr(sources, "starter_folder", lambda: tmp_path)
    assert refused("starter").id == "starter-missing"
    save_model(tmp_path, build_starter(seed=3), torch.float16)
    loaded = load_model("starter")
    assert not loaded.decoder_is_fresh
    assert loaded.model.description.name == "starter"
    assert load_model("starter", image_size=96).model.preprocessing.image_size == (96, 96)


def test_that_random_weights_follow_the_seed():
    names = ["random:starter", "random:vit_tiny_patch16_224", "random:vit_tiny_patch16_224.x"]
    for name in names:
        one, same, other = (
            load_model(name, image_size=32, seed=seed, **DECODER).model.state_dict()
            for seed in (1, 1, 2)
        )
        key = "encoder.blocks.0.attn.qkv.weight"
        assert torch.equal(one[key], same[key])
        assert not torch.equal(one[key], other[key])


# --- the hub --------------------------------------------------------------------------------


def test_that_a_vit_mae_repository_is_downloaded_once(hub, vit_mae_folder):
    put_on_hub(hub, "someone/vit-mae", vit_mae_folder)
    told = []
    loaded = load_model("someone/vit-mae", report=lambda *progress: told.append(progress))
    assert not loaded.decoder_is_fresh
    assert loaded.model.preprocessing.mean == (0.1, 0.2, 0.3)
    assert told[-1][1] == told[-1][2] > 0
    hub.asked.clear()
    again = load_model("someone/vit-mae", offline=True)
    assert hub.asked == []
    state, expected = again.model.state_dict(), loaded.model.state_dict()
    assert all(torch.equal(state[name], expected[name]) for name in expected)


def test_that_the_commit_of_a_download_is_noted(hub, timm_folder):
    put_on_hub(hub, "someone/vit", timm_folder)
    source = {"repository": "someone/vit", "revision": COMMIT, "weights_revision": COMMIT}
    assert load_model("someone/vit", **DECODER).model.source == source
    assert load_model("someone/vit", offline=True, **DECODER).model.source == source
    assert load_model(str(timm_folder), **DECODER).model.source == {}


@pytest.mark.parametrize("prefix", ["", "hf-hub:"])
def test_that_a_timm_repository_is_loaded_by_its_address(hub, timm_folder, prefix):
    put_on_hub(hub, "someone/vit", timm_folder)
    loaded = load_model(f"{prefix}someone/vit", **DECODER)
    assert loaded.decoder_is_fresh
    assert loaded.model.description.timm_name == "vit_tiny_patch16_224"


@pytest.mark.parametrize("prefix", ["", "timm/", "hf-hub:timm/"])
def test_that_a_timm_name_is_looked_up_in_timms_registry(hub, prefix):
    name = "test_vit2.r160_in1k"
    torch.manual_seed(2)
    weights = timm.create_model(name).state_dict()
    hub.add(f"timm/{name}", "model.safetensors", save(weights))
    loaded = load_model(prefix + name, **DECODER)
    assert loaded.decoder_is_fresh
    state = loaded.model.encoder.state_dict()
    assert all(torch.equal(state[key], weights[key]) for key in state)


def test_that_the_hubs_safetensors_copy_stands_in_for_a_pickle(hub, vit_mae_folder):
    weights = (vit_mae_folder / "model.safetensors").read_bytes()
    (vit_mae_folder / "model.safetensors").unlink()
    put_on_hub(hub, "someone/old", vit_mae_folder)
    hub.add("someone/old", "pytorch_model.bin", b"pickle")
    assert refused("someone/old").id == "only-pickles"
    hub.discussions["someone/old"] = [
        {
            "num": 7,
            "title": "Adding `safetensors` variant of this model",
            "author": {"name": "SFconvertbot", "type": "user"},
            "createdAt": "2023-01-01T00:00:00.000Z",
            "status": "open",
            "isPullRequest": True,
            "repo": {"name": "someone/old", "type": "model"},
        }
    ]
    hub.add("someone/old", "model.safetensors", weights, revision="refs/pr/7")
    hub.asked.clear()
    loaded = load_model("someone/old")
    assert not loaded.decoder_is_fresh
    assert not any(path.endswith(".bin") for path in hub.asked)
    hub.asked.clear()
    assert not load_model("someone/old", offline=True).decoder_is_fresh
    assert hub.asked == []


def test_that_another_architecture_is_refused_before_it_is_downloaded(hub):
    hub.add("someone/bert", "config.json", b'{"model_type": "bert"}')
    hub.add("someone/bert", "model.safetensors", b"large")
    error = refused("someone/bert")
    assert error.id == "not-vit-mae"
    assert "bert" in error.what
    assert refused("resnet18.a1_in1k").id == "not-a-vit"
    assert not any(path.endswith("model.safetensors") for path in hub.asked)


def test_that_a_gated_repository_says_how_to_get_in(hub):
    hub.gated.add("someone/secret")
    error = refused("someone/secret")
    assert error.id == "hub-gated"
    assert "login" in error.action


def test_that_a_repository_that_does_not_exist_is_named(hub):
    error = refused("facebok/vit-mae-base")
    assert error.id == "model-not-found"
    assert "facebook/vit-mae-base" in error.what


def test_that_a_repository_without_a_config_is_refused(hub):
    hub.add("someone/notes", "README.md", b"notes")
    assert refused("someone/notes").id == "hub-no-file"


def test_that_half_a_download_is_no_model(hub, vit_mae_folder):
    put_on_hub(hub, "someone/vit-mae", vit_mae_folder)
    hub.cut_off = True
    assert refused("someone/vit-mae").id in {"hub-unreachable", "model-damaged"}
    hub.cut_off = False
    assert not load_model("someone/vit-mae").decoder_is_fresh


def test_that_no_way_to_the_hub_is_said(cache, monkeypatch):
    monkeypatch.delenv("HTTPS_PROXY", raising=False)
    for name in ("facebook/vit-mae-base", "vit_tiny_patch16_224.augreg_in21k_ft_in1k"):
        error = refused(name)
        assert error.id == "hub-unreachable"
        assert "proxy" in error.what


def test_that_a_proxy_is_mentioned_but_not_its_password(cache, monkeypatch):
    monkeypatch.setenv("HTTPS_PROXY", "http://me:secret@127.0.0.1:9")
    error = refused("facebook/vit-mae-base")
    assert error.id == "hub-unreachable"
    assert "HTTPS_PROXY" in error.what
    assert "secret" not in str(error)


def test_that_offline_without_a_copy_says_where_it_looked(cache):
    for name in ("facebook/vit-mae-base", "vit_tiny_patch16_224.augreg_in21k_ft_in1k"):
        error = refused(name, offline=True)
        assert error.id == "offline-not-here"
        assert str(cache) in error.what


@pytest.mark.parametrize("name", ["vit_smal_patch16_224", "random:vit_smal_patch16_224"])
def test_that_a_wrong_name_gets_close_ones(name, cache):
    error = refused(name)
    assert error.id == "model-not-found"
    assert "vit_small_patch16_224" in error.what


def test_that_an_architecture_without_weights_is_said(cache):
    assert refused("vit_base_patch32_plus_256").id == "timm-no-weights"


def test_that_the_catalog_tells_what_is_on_disk(hub):
    name = "vit_tiny_patch16_224.augreg_in21k_ft_in1k"
    rows = {row["name"]: row for row in catalog_rows()}
    assert not rows[name]["on_disk"]
    weights = timm.create_model(name).state_dict()
    hub.add(f"timm/{name}", "model.safetensors", save(weights))
    load_model(name, **DECODER)
    rows = {row["name"]: row for row in catalog_rows()}
    assert rows[name]["on_disk"]
    assert not rows["facebook/vit-mae-base"]["on_disk"]
