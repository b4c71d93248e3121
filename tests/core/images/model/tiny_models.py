"""Tiny models, built here in the same formats and names as real ones."""

import torch
from transformers import ViTMAEConfig, ViTMAEForPreTraining

TINY = {
    "hidden_size": 64,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "intermediate_size": 128,
    "image_size": 32,
    "patch_size": 8,
    "decoder_hidden_size": 32,
    "decoder_num_hidden_layers": 2,
    "decoder_num_attention_heads": 4,
    "decoder_intermediate_size": 128,
    "norm_pix_loss": True,
}
UNEVEN = {
    **TINY,
    "hidden_size": 48,
    "num_hidden_layers": 3,
    "num_attention_heads": 3,
    "intermediate_size": 80,
    "image_size": 30,
    "patch_size": 6,
    "decoder_hidden_size": 24,
    "decoder_num_hidden_layers": 1,
    "decoder_num_attention_heads": 2,
    "decoder_intermediate_size": 96,
}


def build_vit_mae(seed: int = 0, **settings) -> ViTMAEForPreTraining:
    """transformers' model with every parameter away from its initial zero or one."""
    torch.manual_seed(seed)
    model = ViTMAEForPreTraining(ViTMAEConfig(**{**TINY, **settings}))
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.add_(0.1 * torch.randn_like(parameter))
    return model.eval()


def random_pixels(rows: int, height: int = 32, width: int | None = None, seed: int = 0):
    generator = torch.Generator().manual_seed(seed)
    shape = (rows, 3, height, width or height)
    return torch.randint(0, 256, shape, generator=generator, dtype=torch.uint8)
