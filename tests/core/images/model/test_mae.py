from dataclasses import replace

import pytest
import torch
from timm.models.vision_transformer import VisionTransformer

from core.errors import RunError
from core.images.model.description import ModelDescription
from core.images.model.mae import MaskedAutoencoder
from core.images.model.masking import masking_order
from core.models.masked_model import Preprocessing
from tests.core.images.model.tiny_models import random_pixels

TINY = {"img_size": (32, 32), "patch_size": 8, "embed_dim": 48, "depth": 2, "num_heads": 3}
KINDS = {
    "class token": {},
    "no class token": {"class_token": False, "global_pool": "avg", "fc_norm": False},
    "registers": {"reg_tokens": 4},
    "registers, positions of patches only": {"reg_tokens": 2, "no_embed_class": True},
    "positions of patches only": {"no_embed_class": True, "init_values": 0.1},
    "no positions": {"pos_embed": "none"},
    "patches that are not square": {"patch_size": (8, 4)},
    "images that are not square": {"img_size": (32, 48)},
    "dynamic size": {"dynamic_img_size": True},
    "norm after pooling": {"global_pool": "avg"},
    "norm after pooling, no class token": {"global_pool": "avg", "class_token": False},
    "CLIP": {"pre_norm": True},
    "attention pooling": {"class_token": False, "global_pool": "map"},
    "normalised queries and keys": {"qk_norm": True, "scale_attn_norm": True},
}
# From timm's registry, each unlike the others; shrunk by their arguments.
SHRUNK = {"img_size": (32, 32), "patch_size": 8, "embed_dim": 48, "depth": 2, "num_heads": 3}
NAMES = [
    "vit_small_patch16_224",
    "vit_small_patch14_reg4_dinov2",
    "vit_giant_patch14_dinov2",  # SwiGLU
    "vit_base_patch16_siglip_224",  # attention pooling, no class token
    "vit_base_patch16_clip_quickgelu_224",
    "deit3_small_patch16_224",
    "deit_tiny_distilled_patch16_224",
    "beit3_base_patch16_224",
    "aimv2_large_patch14_224",
    "vit_base_patch16_rpn_224",  # norms after each block's parts
    "vit_base_patch16_xp_224",  # attention and MLP in parallel
    "vit_small_patch16_18x2_224",  # two of each in parallel
    "vit_wee_patch16_reg1_gap_256",
    "vit_dlittle_patch16_reg1_gap_256",  # differential attention
]


# Of timm's `Eva`; DINOv3 and ViTs with rotary positions among them.
EVA = [
    "vit_small_patch16_dinov3",  # axial angles, registers, no positions in the patches
    "vit_small_patch16_dinov3_qkvb",  # weights of queries, keys and values read, not called
    "vit_small_plus_patch16_dinov3",  # SwiGLU
    "eva02_small_patch14_224",
    "eva02_base_patch14_224",  # queries, keys and values apart
    "eva_large_patch14_196",  # no rotary positions
    "vit_small_patch16_rope_224",
    "vit_small_patch16_rope_mixed_224",  # each block has its own angles, which are trained
    "vit_medium_patch16_rope_reg1_gap_256",  # no class token
    "vit_pe_core_tiny_patch16_384",  # attention pooling
]


def describe(timm_name=None, **encoder) -> ModelDescription:
    arguments = {**(SHRUNK if timm_name else TINY), **encoder}
    return ModelDescription(
        name=timm_name or "tiny",
        origin="a test",
        licence="none",
        timm_name=timm_name,
        encoder=arguments,
        decoder={"depth": 2, "decoder_dim": 32, "num_heads": 4, "norm_eps": 1e-6},
        preprocessing=Preprocessing(arguments["img_size"], (0.5,) * 3, (0.25,) * 3, "bicubic"),
    )


def build(timm_name=None, seed=0, **encoder) -> MaskedAutoencoder:
    torch.manual_seed(seed)
    return MaskedAutoencoder(describe(timm_name, **encoder))


def noise_for(model, rows, seed=0):
    return model.mask_noise(rows, torch.Generator().manual_seed(seed))


def assert_that_it_trains(model):
    height, width = model.preprocessing.image_size
    batch = {"pixels": random_pixels(3, height, width)}
    trainable = {name: value for name, value in model.named_parameters() if value.requires_grad}
    optimizer = torch.optim.AdamW(trainable.values(), lr=1e-3)
    noise = noise_for(model, 3)
    loss = model.masked_loss(batch, noise)
    loss.backward()
    assert torch.isfinite(loss)
    without = [name for name, value in trainable.items() if value.grad is None]
    assert without == []
    assert all(torch.isfinite(value.grad).all() for value in trainable.values())
    unmoved = [name for name, value in trainable.items() if not value.grad.any()]
    assert unmoved == []
    optimizer.step()
    assert model.masked_loss(batch, noise) < loss


@pytest.mark.parametrize("kind", KINDS)
def test_that_a_step_reaches_every_parameter_of_any_kind_of_encoder(kind):
    assert_that_it_trains(build(**KINDS[kind]))


@pytest.mark.parametrize("name", [*NAMES, *EVA])
def test_that_a_step_reaches_every_parameter_of_timm_architectures(name):
    assert_that_it_trains(build(name))


@pytest.mark.parametrize("kind", KINDS)
def test_that_encoding_every_patch_equals_timms_own_features(kind):
    model = build(**KINDS[kind]).eval()
    height, width = model.preprocessing.image_size
    images = model.normalise(random_pixels(2, height, width))
    patches = model.patchify(images)
    everything = torch.arange(patches.shape[1]).expand(2, -1)
    with torch.no_grad():
        ours = model.encode_visible(patches, everything)
        theirs = model.encoder.fc_norm(model.encoder.forward_features(images))
    torch.testing.assert_close(ours, theirs, atol=1e-5, rtol=1e-5)


@pytest.mark.parametrize("kind", KINDS)
def test_that_the_representation_is_what_the_models_own_head_would_read(kind):
    model = build(**KINDS[kind]).eval()
    batch = {"pixels": random_pixels(2, *model.preprocessing.image_size)}
    with torch.no_grad():
        found = model.represent(batch)
        features = model.encoder.forward_features(model.normalise(batch["pixels"]))
        wanted = model.encoder.forward_head(features, pre_logits=True)
    assert found.shape == (2, model.feature_dim)
    torch.testing.assert_close(found, wanted, atol=1e-5, rtol=1e-5)


@pytest.mark.parametrize("name", EVA)
def test_that_rotary_positions_are_those_of_the_visible_patches(name):
    model = build(name).eval()
    with torch.no_grad():  # as random weights are, positions hardly matter
        for part, value in model.encoder.named_parameters():
            value.fill_(1.0) if "gamma" in part else value.mul_(5.0 if "attn." in part else 1.0)
    images = model.normalise(random_pixels(2))
    patches = model.patchify(images)
    order = torch.stack([torch.randperm(16, generator=torch.manual_seed(k)) for k in (1, 2)])
    shuffled = patches.gather(1, order.unsqueeze(-1).expand_as(patches))
    prefix = model.encoder.num_prefix_tokens
    with torch.no_grad():
        theirs = model.encoder.forward_features(images)
        # What is shown in another order, each patch with its place, is the same image.
        ours = model.encode_visible(shuffled, order)
        back = ours[:, prefix:].scatter(
            1, order.unsqueeze(-1).expand(-1, -1, 48), ours[:, prefix:].clone()
        )
        found = model.represent({"pixels": random_pixels(2)})
        tokens = model.represent({"pixels": random_pixels(2)}, "all_tokens")
        wanted = model.encoder.forward_head(theirs, pre_logits=True)
    whole = model.encoder.fc_norm(theirs)
    torch.testing.assert_close(ours[:, :prefix], whole[:, :prefix], atol=1e-4, rtol=1e-4)
    torch.testing.assert_close(back, whole[:, prefix:], atol=1e-4, rtol=1e-4)
    torch.testing.assert_close(tokens, whole, atol=1e-4, rtol=1e-4)
    torch.testing.assert_close(found, wanted, atol=1e-4, rtol=1e-4)
    if prefix < len(tokens[0]) and not name.startswith("eva_large"):
        with torch.no_grad():
            misplaced = model.encode_visible(shuffled, order.flip(1))
        assert (misplaced - ours).abs().max() > 1e-2


def test_that_all_tokens_and_the_mean_of_patches_can_be_had():
    model = build(reg_tokens=2).eval()
    batch = {"pixels": random_pixels(2)}
    with torch.no_grad():
        tokens = model.represent(batch, "all_tokens")
        mean = model.represent(batch, "patch_mean")
    assert tokens.shape == (2, 3 + 16, 48)
    torch.testing.assert_close(mean, tokens[:, 3:].mean(dim=1))


@pytest.mark.parametrize("kind", KINDS)
def test_that_class_token_and_mean_of_patches_can_be_had_together(kind):
    model = build(**KINDS[kind]).eval()
    batch = {"pixels": random_pixels(2, *model.preprocessing.image_size)}
    with torch.no_grad():
        both = model.represent(batch, "class_and_patches")
        alone = [model.represent(batch, match) for match in ("class_token", "patch_mean")]
    assert both.shape == (2, 2, model.feature_dim)
    torch.testing.assert_close(both, torch.stack(alone, dim=1), atol=1e-5, rtol=1e-5)


def test_that_three_quarters_of_the_patches_are_masked():
    model = build()
    batch = {"pixels": random_pixels(5)}
    picture, mask = model.reconstruct(batch, noise_for(model, 5))
    assert mask.shape == (5, 16)
    assert mask.sum(dim=1).tolist() == [12.0] * 5
    assert len({tuple(row.tolist()) for row in mask}) > 1
    assert picture.shape == (5, 3, 32, 32)


def test_that_the_patches_with_the_least_noise_stay_visible():
    noise = torch.tensor([[0.9, 0.1, 0.5, 0.3]])
    ids_shuffle, num_visible = masking_order(noise, 0.5)
    assert num_visible == 2
    assert ids_shuffle.tolist() == [[1, 3, 2, 0]]


def test_that_masked_pixels_do_not_reach_the_encoder():
    model = build().eval()
    pixels = random_pixels(2)
    noise = noise_for(model, 2)
    with torch.no_grad():
        _, mask = model.reconstruct({"pixels": pixels}, noise)
        hidden = mask.reshape(2, 1, 4, 4).repeat_interleave(8, 2).repeat_interleave(8, 3).bool()
        other = torch.where(hidden, 255 - pixels, pixels)
        seen = []
        model.encoder.blocks.register_forward_hook(lambda *call: seen.append(call[2]))
        model.masked_loss({"pixels": pixels}, noise)
        model.masked_loss({"pixels": other}, noise)
    assert seen[0].shape == (2, 1 + 4, 48)
    assert torch.equal(seen[0], seen[1])


def test_that_visible_patches_of_the_reconstruction_are_the_originals():
    model = build()
    pixels = random_pixels(2)
    with torch.no_grad():
        picture, mask = model.reconstruct({"pixels": pixels}, noise_for(model, 2))
    visible = ~mask.reshape(2, 1, 4, 4).repeat_interleave(8, 2).repeat_interleave(8, 3).bool()
    visible = visible.expand_as(pixels)
    torch.testing.assert_close(picture[visible], pixels[visible] / 255, atol=1e-5, rtol=0)
    assert (picture[~visible] - pixels[~visible] / 255).abs().max() > 0.1


def test_that_the_loss_of_a_batch_is_the_mean_of_its_pieces():
    model = build()
    pixels, noise = random_pixels(6), noise_for(model, 6)
    whole = model.masked_loss({"pixels": pixels}, noise)
    pieces = [
        model.masked_loss({"pixels": pixels[rows]}, noise[rows])
        for rows in (slice(0, 2), slice(2, 4), slice(4, 6))
    ]
    torch.testing.assert_close(torch.stack(pieces).mean(), whole)


def test_that_noise_depends_on_the_generator_alone():
    model = build()
    assert torch.equal(noise_for(model, 4, seed=7), noise_for(model, 4, seed=7))
    assert not torch.equal(noise_for(model, 4, seed=7), noise_for(model, 4, seed=8))


def test_that_floats_and_bytes_mean_the_same_picture():
    model = build().eval()
    pixels = random_pixels(2)
    with torch.no_grad():
        from_bytes = model.represent({"pixels": pixels})
        from_floats = model.represent({"pixels": pixels.float() / 255})
    assert torch.equal(pixels, random_pixels(2))  # the batch is left alone
    torch.testing.assert_close(from_bytes, from_floats)


def test_that_patchify_and_unpatchify_are_inverse():
    model = build(patch_size=(8, 4), img_size=(32, 48))
    images = torch.rand(2, 3, 32, 48)
    assert torch.equal(model.unpatchify(model.patchify(images)), images)


@pytest.mark.parametrize(
    ("name", "architecture"),
    [
        ("resnet18", "ResNet"),
        ("swin_tiny_patch4_window7_224", "SwinTransformer"),
    ],
)
def test_that_other_architectures_are_refused_by_name(name, architecture):
    other = replace(describe(), name=name, timm_name=name, encoder={})
    with torch.device("meta"), pytest.raises(RunError) as error:
        other.build_encoder()
    assert error.value.id == "not-a-vit"
    assert f"{name} is a {architecture}," in error.value.what


def test_that_a_stem_that_looks_beyond_its_patch_is_refused():
    with pytest.raises(RunError) as error:
        MaskedAutoencoder(describe("vit_small_r26_s32_224", patch_size=1))
    assert error.value.id == "not-a-vit"
    assert "HybridEmbed" in error.value.what


def test_that_an_image_size_that_is_no_whole_number_of_patches_is_refused():
    with pytest.raises(RunError) as error:
        build(img_size=(36, 36))
    assert error.value.id == "image-size-misfit"
    assert "36" in error.value.what


def test_that_a_model_for_grey_images_is_refused():
    with pytest.raises(RunError) as error:
        build(in_chans=1)
    assert error.value.id == "not-three-channels"


def test_that_attention_pooling_is_left_out():
    model = build("vit_base_patch16_siglip_224")
    assert isinstance(model.encoder, VisionTransformer)
    assert not any("attn_pool" in name for name, _ in model.named_parameters())
