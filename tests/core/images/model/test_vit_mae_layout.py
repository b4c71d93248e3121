import re

import pytest
import torch
from transformers import ViTMAEConfig, ViTMAEForPreTraining
from transformers.models.vit_mae.modeling_vit_mae import ViTMAEDecoder, ViTMAEEmbeddings

from core.images.model.mae import MaskedAutoencoder
from core.images.model.mae_decoder import sincos_positions
from core.images.model.vit_mae_layout import describe_vit_mae, from_vit_mae, to_vit_mae
from tests.core.images.model.tiny_models import TINY, UNEVEN, build_vit_mae, random_pixels


def ours_from(theirs: ViTMAEForPreTraining, **preprocessor) -> MaskedAutoencoder:
    description = describe_vit_mae("tiny", theirs.config.to_dict(), preprocessor)
    model = MaskedAutoencoder(description)
    encoder, decoder = from_vit_mae(theirs.state_dict())
    model.encoder.load_state_dict(encoder)
    model.decoder.load_state_dict(decoder)
    return model


def classic_name(name: str) -> str:
    """A name of transformers 5's module as the hub's older checkpoints have it."""
    name = re.sub(r"^vit\.layers\.", "vit.encoder.layer.", name)
    if ".layers." not in name and "encoder.layer" not in name and "decoder_layers" not in name:
        return name
    for new, classic in {
        "attention.q_proj": "attention.attention.query",
        "attention.k_proj": "attention.attention.key",
        "attention.v_proj": "attention.attention.value",
        "attention.o_proj": "attention.output.dense",
        "mlp.fc1": "intermediate.dense",
        "mlp.fc2": "output.dense",
    }.items():
        name = name.replace(new, classic)
    return name


@pytest.mark.parametrize("settings", [TINY, UNEVEN, {**TINY, "qkv_bias": False}])
def test_that_loss_and_gradients_agree_with_transformers(settings):
    theirs = build_vit_mae(**settings)
    ours = ours_from(theirs)
    side = settings["image_size"]
    pixels = random_pixels(6, side)
    noise = torch.rand(6, (side // settings["patch_size"]) ** 2)

    loss = ours.masked_loss({"pixels": pixels}, noise)
    loss.backward()
    expected = theirs(pixel_values=ours.normalise(pixels), noise=noise).loss
    expected.backward()

    torch.testing.assert_close(loss, expected, atol=1e-5, rtol=1e-5)
    gradients = {
        name: torch.zeros_like(parameter) if parameter.grad is None else parameter.grad
        for name, parameter in theirs.named_parameters()
    }
    for module, wanted in zip((ours.encoder, ours.decoder), from_vit_mae(gradients), strict=True):
        for name, parameter in module.named_parameters():
            if parameter.requires_grad:
                torch.testing.assert_close(
                    parameter.grad, wanted[name], atol=1e-5, rtol=1e-5, msg=name
                )


@pytest.mark.parametrize("settings", [TINY, UNEVEN])
def test_that_representations_agree_with_transformers_unmasked_encoder(settings):
    theirs = build_vit_mae(**settings, mask_ratio=0.0)
    ours = ours_from(theirs)
    pixels = random_pixels(3, settings["image_size"])
    num_patches = (settings["image_size"] // settings["patch_size"]) ** 2
    in_order = torch.arange(num_patches).float().expand(3, -1)
    with torch.no_grad():
        tokens = theirs.vit(ours.normalise(pixels), noise=in_order).last_hidden_state
        found = {
            match: ours.represent({"pixels": pixels}, match)
            for match in ("class_token", "patch_mean", "all_tokens")
        }
    close = {"atol": 1e-5, "rtol": 1e-5}
    torch.testing.assert_close(found["class_token"], tokens[:, 0], **close)
    torch.testing.assert_close(found["patch_mean"], tokens[:, 1:].mean(dim=1), **close)
    torch.testing.assert_close(found["all_tokens"], tokens, **close)


def test_that_positions_of_a_new_model_are_those_of_transformers():
    embeddings = ViTMAEEmbeddings(ViTMAEConfig(**TINY))
    embeddings.initialize_weights()
    encoder = embeddings.position_embeddings.data
    # The decoder alone: creating the whole model zeroes them.
    decoder = ViTMAEDecoder(ViTMAEConfig(**TINY), num_patches=16).decoder_pos_embed.data
    torch.testing.assert_close(sincos_positions(64, (4, 4), 1), encoder)
    torch.testing.assert_close(sincos_positions(32, (4, 4), 1), decoder)


def test_that_weights_go_there_and_back_unchanged(vit_mae):
    state = vit_mae.state_dict()
    back = to_vit_mae(*from_vit_mae(state))
    assert set(back) == set(state)
    assert all(torch.equal(back[name], state[name]) for name in state)


def test_that_the_hubs_classic_names_are_read_like_the_new_ones(vit_mae):
    new = vit_mae.state_dict()
    classic = {classic_name(name): value for name, value in new.items()}
    assert "vit.encoder.layer.0.attention.attention.query.weight" in classic
    assert "decoder.decoder_layers.1.output.dense.bias" in classic
    for from_classic, from_new in zip(from_vit_mae(classic), from_vit_mae(new), strict=True):
        assert set(from_classic) == set(from_new)
        assert all(torch.equal(from_classic[name], from_new[name]) for name in from_new)


def test_that_a_tensor_of_unknown_name_is_refused(vit_mae):
    state = {**vit_mae.state_dict(), "vit.layers.0.attention.surprise.weight": torch.zeros(1)}
    with pytest.raises(KeyError):
        from_vit_mae(state)


def test_that_fixed_positions_train_in_finetuning_alone(vit_mae):
    model = ours_from(vit_mae)
    frozen = {name for name, value in model.named_parameters() if not value.requires_grad}
    assert frozen == {"encoder.pos_embed", "decoder.pos_embed"}
    classifier = model.build_classifier(3, dropout=0.0)
    assert all(value.requires_grad for value in classifier.parameters())


def test_that_preprocessing_is_read_from_the_preprocessor_config(vit_mae):
    settings = {"image_mean": [0.1, 0.2, 0.3], "image_std": [0.4, 0.5, 0.6], "resample": 3}
    preprocessing = ours_from(vit_mae, **settings).preprocessing
    assert preprocessing.mean == (0.1, 0.2, 0.3)
    assert preprocessing.std == (0.4, 0.5, 0.6)
    assert preprocessing.interpolation == "bicubic"
    assert preprocessing.image_size == (32, 32)
