"""A model's page, copied from a browser, is the name of the model."""

import pytest

from core.hub.address import name_in_address


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("https://huggingface.co/facebook/dinov2-small", "facebook/dinov2-small"),
        (" huggingface.co/facebook/dinov2-small/ ", "facebook/dinov2-small"),
        ("https://hf.co/timm/vit_base.x?library=timm", "timm/vit_base.x"),
        ("https://huggingface.co/a/b/tree/main", "a/b"),
        ("https://huggingface.co/a/b/blob/0123abc/config.json", "a/b@0123abc"),
        ("https://huggingface.co/datasets/a/b", "https://huggingface.co/datasets/a/b"),
        ("facebook/dinov2-small", "facebook/dinov2-small"),
        ("vit_base_patch16_224", "vit_base_patch16_224"),
        ("/home/me/huggingface.co/a/b", "/home/me/huggingface.co/a/b"),
    ],
)
def test_that_an_address_is_a_name(typed: str, name: str) -> None:
    assert name_in_address(typed) == name
