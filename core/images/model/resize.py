"""The same model for another input size."""

from timm.layers.pos_embed import resample_abs_pos_embed

from core.images.model.mae import MaskedAutoencoder
from core.images.model.mae_decoder import sincos_positions


def resized(model: MaskedAutoencoder, image_size: int | None) -> MaskedAutoencoder:
    """The model for square images of that size, its own if None.

    The encoder's positions are interpolated (bicubic, as timm does), learned or not: its weights
    know them. The decoder's are sine-cosine by definition and made anew.

    Raises:
        RunError: The size is no whole number of patches.
    """
    if image_size is None or (image_size, image_size) == model.preprocessing.image_size:
        return model
    other = MaskedAutoencoder(model.description.resized(image_size), model.mask_ratio)
    grid = other.encoder.patch_embed.grid_size
    encoder = model.encoder_state()
    if "pos_embed" in encoder:
        encoder["pos_embed"] = resample_abs_pos_embed(
            encoder["pos_embed"],
            new_size=list(grid),
            old_size=list(model.encoder.patch_embed.grid_size),
            num_prefix_tokens=(
                0 if model.encoder.no_embed_class else model.encoder.num_prefix_tokens
            ),
        )
    other.load_encoder_state(encoder)
    decoder = model.decoder.state_dict()
    dim = decoder["pos_embed"].shape[-1]
    decoder["pos_embed"] = sincos_positions(dim, grid, model.decoder.num_prefix)
    other.decoder.load_state_dict(decoder)
    return other
