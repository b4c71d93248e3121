"""Masked language models as `MaskedModel`s."""
