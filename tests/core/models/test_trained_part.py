"""What of an encoder is trained, of every architecture that is opened."""

from collections.abc import Callable
from pathlib import Path

import pytest
import torch

from core.errors import RunError
from core.models.adapters import adapted_layers
from core.models.depths import blocks_of
from core.models.masked_model import Batch, MaskedModel
from core.models.trained_part import train_part
from core.recipe.trained import trained_part
from core.text.model.store import load_masked_lm
from core.training.optim import trainable
from tests.core.images.model.test_mae import KINDS, build
from tests.core.images.model.tiny_models import random_pixels
from tests.helpers.text_worlds import ARCHITECTURES, save_tiny_masked_lm

# Those whose blocks, norms or linear layers are unlike the others'.
IMAGES = [
    *("norm after pooling, no class token", "normalised queries and keys"),
    *("vit_small_patch16_dinov3_qkvb", "eva02_base_patch14_224"),
    *("vit_giant_patch14_dinov2", "vit_base_patch16_siglip_224", "vit_small_patch16_18x2_224"),
]
CASES = [*IMAGES, *ARCHITECTURES]
Opened = Callable[[], tuple[MaskedModel, Batch]]


@pytest.fixture(params=CASES)
def opened(request: pytest.FixtureRequest, tmp_path: Path) -> Opened:
    """Makes the same model again and again, with examples for it."""
    case = request.param
    if case not in ARCHITECTURES:

        def image_model() -> tuple[MaskedModel, Batch]:
            model = build(**KINDS[case]) if case in KINDS else build(case)
            return model, {"pixels": random_pixels(3, *model.preprocessing.image_size)}

        return image_model
    folder = save_tiny_masked_lm(tmp_path / "model", case)

    def text_model() -> tuple[MaskedModel, Batch]:
        ids = torch.randint(5, 40, (3, 12), generator=torch.Generator().manual_seed(1))
        ones, places = torch.ones_like(ids), torch.arange(12).expand(3, -1)
        batch = {"input_ids": ids, "attention_mask": ones, "word_start": places}
        model = load_masked_lm(str(folder), max_length=32, whole_words=False, offline=True)
        return model, batch

    return text_model


def loss_of(model: MaskedModel, batch: Batch) -> torch.Tensor:
    noise = model.mask_noise(3, torch.Generator().manual_seed(2))
    return model.masked_loss(batch, noise)


def learn(model: MaskedModel, batch: Batch) -> None:
    """Two steps, so that what an adapter multiplies with is no longer zero."""
    for _ in range(2):
        loss_of(model, batch).backward()
        with torch.no_grad():
            for parameter in model.parameters():
                if parameter.grad is not None:
                    parameter.sub_(0.5 * parameter.grad)
        model.zero_grad()


def test_that_only_the_last_block_and_the_head_are_trained(opened: Opened) -> None:
    model, batch = opened()
    before = {name: value.clone() for name, value in model.state_dict().items()}
    train_part(model, trained_part("last:1"), seed=0)
    first, *_ = blocks = blocks_of(model.encoder)
    seen: list[bool] = []

    def note(_module: object, _inputs: object, output: object) -> None:
        hidden = output[0] if isinstance(output, tuple) else output
        assert isinstance(hidden, torch.Tensor)
        seen.append(hidden.requires_grad)

    first.register_forward_hook(note)
    learn(model, batch)
    # Nothing is kept for a backward pass below what is trained.
    assert seen
    assert not any(seen)
    after = model.state_dict()
    moved = {name for name, value in before.items() if not torch.equal(after[name], value)}
    below = {id(part) for block in blocks[:-1] for part in block.parameters()}
    named = list(model.named_parameters(remove_duplicate=False))
    allowed = {name for name, part in named if id(part) not in below}
    assert moved <= allowed
    last = {id(part) for part in blocks[-1].parameters()}
    wanted = {name for name, part in named if id(part) in last}
    assert wanted & moved
    assert any(name.startswith("decoder.") for name in moved)
    tables = ("word_embeddings", "tok_embeddings", "patch_embed", "pos_embed", "cls_token")
    assert not [name for name in moved if name.startswith("encoder.") and name.endswith(tables)]


def test_that_merged_adapters_compute_what_was_trained(opened: Opened) -> None:
    model, batch = opened()
    start = {name: value.clone() for name, value in model.encoder_state().items()}
    train_part(model, trained_part("lora:2"), seed=0)
    merged = model.encoder_state()
    assert merged.keys() == start.keys()
    assert all(torch.equal(merged[name], value) for name, value in start.items())
    layers = adapted_layers(model.encoder)
    assert layers
    loss_of(model, batch).backward()
    for name, layer in layers.items():
        thin = layer.lora_B["default"].weight
        assert thin.grad.any(), name
        torch.nn.init.normal_(thin, std=0.1)
    merged = {name: value.clone() for name, value in model.encoder_state().items()}
    assert all(value.dtype == torch.float32 for value in merged.values())
    plain, _ = opened()
    plain.load_encoder_state(merged)
    plain.decoder.load_state_dict(model.decoder.state_dict())
    for one in (model, plain):
        one.eval()
    with torch.no_grad():
        torch.testing.assert_close(
            model.represent(batch), plain.represent(batch), rtol=1e-3, atol=1e-4
        )
        torch.testing.assert_close(loss_of(model, batch), loss_of(plain, batch))
    # Weights that come in take the place of what was learned.
    model.load_encoder_state(start)
    again = model.encoder_state()
    assert all(torch.equal(again[name], value) for name, value in start.items())


def test_that_checkpoints_hold_only_what_is_trained() -> None:
    sizes = {}
    for text in ("all", "last:1", "lora:2"):
        model = build("vit_small_patch16_224", depth=4)
        train_part(model, trained_part(text), seed=0)
        sizes[text] = sum(value.numel() for value in trainable(model.encoder).values())
    assert sizes["last:1"] < sizes["lora:2"] < sizes["all"] / 2
    names = set(trainable(model.encoder))
    assert {"norm.weight", "blocks.0.norm1.bias", "blocks.3.attn.qkv.weight"} <= names
    assert not {"pos_embed", "cls_token", "blocks.0.attn.qkv.base_layer.weight"} & names


def test_that_adapters_follow_from_their_seed_and_disturb_no_other() -> None:
    found = []
    for seed in (1, 1, 2):
        model = build()
        torch.manual_seed(9)
        train_part(model, trained_part("lora:2"), seed=seed)
        assert torch.equal(torch.rand(3), torch.rand(3, generator=torch.manual_seed(9)))
        found.append(next(iter(adapted_layers(model.encoder).values())).lora_A["default"].weight)
    assert torch.equal(found[0], found[1])
    assert not torch.equal(found[0], found[2])


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("last:99", "has 2 blocks.*set it to last:2 or less"),
        ("lora:48", "is 48 wide.*such as lora:8"),
    ],
)
def test_that_a_part_that_is_not_there_is_refused(text: str, words: str) -> None:
    model = build()
    with pytest.raises(RunError, match=words) as refused:
        train_part(model, trained_part(text), seed=0)
    assert refused.value.id == "train-part-misfit"
    assert all(part.requires_grad for part in model.encoder.parameters())


def test_that_adapters_need_a_block_that_is_not_the_last() -> None:
    with pytest.raises(RunError, match="has 1 block, and the last one has no adapters"):
        train_part(build(depth=1), trained_part("lora:2"), seed=0)


def test_that_fixed_positions_stay_fixed() -> None:
    model = build()
    model.encoder.pos_embed.requires_grad = False
    train_part(model, trained_part("last:2"), seed=0)
    assert not model.encoder.pos_embed.requires_grad
