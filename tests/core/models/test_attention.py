"""On a CPU attention takes the faster way, which computes the same."""

import pytest
import torch
from timm.layers.attention import Attention
from transformers import AutoConfig, AutoModelForMaskedLM

from core.models.attention import attend_plainly_on_cpu


def gradients(attention: Attention, x: torch.Tensor) -> tuple[torch.Tensor, ...]:
    x = x.clone().requires_grad_()
    return torch.autograd.grad(attention(x).square().sum(), (x, attention.qkv.weight))


@pytest.mark.parametrize("tokens", [5, 200])
def test_that_both_ways_give_the_same_gradients(tokens: int) -> None:
    torch.manual_seed(0)
    attention = Attention(32, num_heads=4, qkv_bias=True)
    x = torch.randn(2, tokens, 32)
    fused = gradients(attention, x)
    attend_plainly_on_cpu(attention)
    for plain, expected in zip(gradients(attention, x), fused, strict=True):
        torch.testing.assert_close(plain, expected, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize(
    ("tokens", "low", "trains", "fused"),
    [
        (50, False, True, False),
        (200, False, True, True),  # too large for the caches in float32
        (200, True, True, False),
        (50, False, False, True),  # nothing to be gained without gradients
    ],
)
def test_that_length_and_precision_decide(
    tokens: int, low: bool, trains: bool, fused: bool
) -> None:
    attention = Attention(32, num_heads=4)
    attend_plainly_on_cpu(attention)
    with torch.set_grad_enabled(trains), torch.autocast("cpu", torch.bfloat16, enabled=low):
        attention(torch.randn(1, tokens, 32))
    assert attention.fused_attn is fused


def test_that_models_of_transformers_attend_plainly_while_sequences_are_short() -> None:
    small = {"num_hidden_layers": 1, "num_attention_heads": 2, "hidden_size": 16}
    for length, expected in ((64, "eager"), (4096, "sdpa")):
        config = AutoConfig.for_model("bert", max_position_embeddings=length, **small)
        model = AutoModelForMaskedLM.from_config(config, attn_implementation="sdpa")
        attend_plainly_on_cpu(model)
        assert model.config._attn_implementation == expected
