"""Arithmetic of a training step, and the most a device does of it."""

import statistics
import time

import torch

from core.images.model.mae import MaskedAutoencoder
from tests.benchmarks.architecture import describe_model
from tests.benchmarks.settings import Settings

_SIDE = 8192
# The backward pass multiplies for the inputs and for the weights.
_FORWARD_AND_BACKWARD = 3


def model_flops(settings: Settings) -> float:
    """Floating-point operations per image that the method needs in a step (two per multiply-add).

    Matrix products only; nothing is counted twice for being computed twice.
    """
    with torch.device("meta"):
        model = MaskedAutoencoder(describe_model(settings))
    encoder, decoder = model.encoder, model.decoder
    patches = encoder.patch_embed.num_patches
    pixels = decoder.pred.out_features
    visible = int(patches * (1 - model.mask_ratio))
    prefix = encoder.num_prefix_tokens

    def encoded(tokens: int) -> float:
        embed = 2 * tokens * pixels * encoder.embed_dim
        return embed + _blocks(encoder.blocks, tokens + prefix)

    if settings.stage == "finetune":
        return _FORWARD_AND_BACKWARD * encoded(patches)
    width = decoder.embed.out_features
    decoded = (
        2 * (visible + decoder.num_prefix) * encoder.embed_dim * width
        + _blocks(decoder.blocks, patches + decoder.num_prefix)
        + 2 * (patches - visible) * width * pixels
    )
    forward = encoded(visible) + decoded
    if settings.stage == "distill":
        forward += encoded(patches)
    return _FORWARD_AND_BACKWARD * forward


def _blocks(blocks: torch.nn.Sequential, tokens: int) -> float:
    block = blocks[0]
    width, hidden = block.attn.qkv.in_features, block.mlp.fc1.out_features
    linear = 2 * tokens * width * (4 * width + 2 * hidden)
    attention = 2 * 2 * tokens * tokens * width
    return len(blocks) * float(linear + attention)


def matmul_peak(device: torch.device, dtype: torch.dtype = torch.bfloat16) -> float:
    """Measured operations per second of square matrix products, the median of ten."""
    a = torch.randn(_SIDE, _SIDE, device=device, dtype=dtype)
    b = torch.randn(_SIDE, _SIDE, device=device, dtype=dtype)
    rates = []
    for repeat in range(13):
        torch.cuda.synchronize(device)
        start = time.perf_counter()
        for _ in range(10):
            torch.mm(a, b)
        torch.cuda.synchronize(device)
        if repeat >= 3:
            rates.append(10 * 2 * _SIDE**3 / (time.perf_counter() - start))
    return statistics.median(rates)
