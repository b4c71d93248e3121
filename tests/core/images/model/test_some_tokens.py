"""Shortcuts past a layer's call: the same numbers, whatever was put around the layer."""

from collections.abc import Callable
from copy import deepcopy

import pytest
import torch
from timm.models.vision_transformer import Block
from torch import Tensor, nn
from torch.nn.utils import parametrize

from core.errors import RunError
from core.images.model.mae import MaskedAutoencoder
from core.images.model.some_tokens import last_block_for
from core.models.attention import attend_plainly_on_cpu
from tests.core.images.model.tiny_models import random_pixels
from tests.helpers.worlds import TINY


class Wrapped(nn.Module):
    """A layer in a module that computes more, and shows the inner weights as its own."""

    def __init__(self, inner: nn.Module) -> None:
        super().__init__()
        self.inner = inner
        self.weight, self.bias = inner.weight, inner.bias

    def forward(self, x: Tensor) -> Tensor:
        """More than the inner layer."""
        return 2 * self.inner(x)


class Doubled(nn.Module):
    """A parametrization."""

    def forward(self, weight: Tensor) -> Tensor:
        """Twice the weight."""
        return 2 * weight


def subclassed(layer: nn.Module) -> nn.Module:
    kind = type(layer)
    layer.__class__ = type("Twice", (kind,), {"forward": lambda self, x: 2 * kind.forward(self, x)})
    return layer


def hooked(layer: nn.Module) -> nn.Module:
    layer.register_forward_hook(lambda _module, _inputs, output: 2 * output)
    return layer


def hooked_before(layer: nn.Module) -> nn.Module:
    layer.register_forward_pre_hook(lambda _module, inputs: (2 * inputs[0],))
    return layer


def with_own_forward(layer: nn.Module) -> nn.Module:
    plain = layer.forward
    layer.forward = lambda x: 2 * plain(x)
    return layer


def parametrized(layer: nn.Module) -> nn.Module:
    return parametrize.register_parametrization(layer, "weight", Doubled())


WAYS = [Wrapped, subclassed, hooked, hooked_before, with_own_forward, parametrized]
in_every_way = pytest.mark.parametrize("put_around", WAYS, ids=lambda way: way.__name__)
PutAround = Callable[[nn.Module], nn.Module]


def a_block() -> tuple[Block, Tensor]:
    torch.manual_seed(0)
    block = Block(32, num_heads=2, qkv_bias=True)
    nn.init.normal_(block.attn.qkv.bias)
    return block, torch.randn(2, 9, 32)


@pytest.mark.parametrize("tokens", [slice(0, 1), slice(-5, None)])
def test_that_some_tokens_of_a_plain_block_are_those_of_the_whole(tokens: slice) -> None:
    block, x = a_block()
    torch.testing.assert_close(last_block_for(block, x, tokens), block(x)[:, tokens])


@in_every_way
def test_that_whatever_is_around_queries_keys_and_values_counts(put_around: PutAround) -> None:
    block, x = a_block()
    before = block(x)[:, :1]
    block.attn.qkv = put_around(block.attn.qkv)
    expected = block(x)[:, :1]
    assert not torch.allclose(expected, before, atol=1e-3)
    torch.testing.assert_close(last_block_for(block, x, slice(0, 1)), expected)


@pytest.mark.parametrize("of", ["", "attn"])
def test_that_hooks_of_a_block_and_its_attention_count(of: str) -> None:
    block, x = a_block()
    before = block(x)[:, :1]
    hooked(block.get_submodule(of))
    expected = block(x)[:, :1]
    assert not torch.allclose(expected, before, atol=1e-3)
    torch.testing.assert_close(last_block_for(block, x, slice(0, 1)), expected)


def test_that_our_own_hook_does_not_cost_the_shortcut() -> None:
    block, x = a_block()
    attend_plainly_on_cpu(block)
    made = last_block_for(block, x.requires_grad_(), slice(0, 1))
    # A call of the attention would have let the hook switch it.
    assert block.attn.fused_attn
    torch.testing.assert_close(made, block(x)[:, :1])
    assert not block.attn.fused_attn


# --- the patches --------------------------------------------------------------------------------


def all_visible(model: MaskedAutoencoder, pixels: Tensor) -> Tensor:
    patches = model.patchify(model.normalise(pixels))
    ids = torch.arange(patches.shape[1]).expand(len(pixels), -1)
    return model.encode_visible(patches, ids)


@in_every_way
def test_that_whatever_is_around_the_map_of_the_patches_counts(put_around: PutAround) -> None:
    torch.manual_seed(0)
    model = MaskedAutoencoder(TINY).eval()
    pixels = random_pixels(2)
    before = all_visible(model, pixels)
    stem = model.encoder.patch_embed
    stem.proj = put_around(stem.proj)
    expected = model.encoder.forward_features(model.normalise(pixels))
    assert not torch.allclose(expected, before, atol=1e-3)
    torch.testing.assert_close(all_visible(model, pixels), expected, atol=1e-5, rtol=1e-4)


def test_that_a_convolution_is_computed_as_its_shortcut_is() -> None:
    torch.manual_seed(0)
    model = MaskedAutoencoder(TINY).eval()
    called = deepcopy(model)
    called.encoder.patch_embed.proj.register_forward_hook(lambda *_: None)
    pixels = random_pixels(3)
    noise = model.mask_noise(3, torch.Generator().manual_seed(1))
    losses = [each.masked_loss({"pixels": pixels}, noise) for each in (model, called)]
    torch.testing.assert_close(*losses)


def test_that_a_hook_on_the_whole_stem_is_refused_in_words() -> None:
    model = MaskedAutoencoder(TINY)
    hooked(model.encoder.patch_embed)
    with pytest.raises(RunError, match="patch_embed is a PatchEmbed with hooks") as refused:
        all_visible(model, random_pixels(2))
    assert refused.value.id == "layer-not-plain"
