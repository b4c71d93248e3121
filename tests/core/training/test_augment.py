"""Flips and crops on a batch."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torchvision.transforms.functional import (
    InterpolationMode,
    adjust_brightness,
    adjust_contrast,
    adjust_saturation,
    resized_crop,
)

from core.training.augment import crop, draw_colours, draw_crops, draw_flips, flip, recolour


def pictures(rows: int = 4, size: int = 16) -> torch.Tensor:
    generator = torch.Generator().manual_seed(0)
    return torch.randint(0, 256, (rows, 3, size, size), generator=generator, dtype=torch.uint8)


@settings(max_examples=30)
@given(st.floats(0.05, 1.0), st.integers(0, 1000))
def test_that_crops_lie_inside_the_image_with_the_asked_area_and_aspect(
    scale: float, seed: int
) -> None:
    x, y, width, height = draw_crops(200, scale, torch.Generator().manual_seed(seed)).unbind(1)
    for centre, side in ((x, width), (y, height)):
        assert (side > 0).all()
        assert (side <= 1).all()
        assert (centre - side / 2 >= -1e-5).all()
        assert (centre + side / 2 <= 1 + 1e-5).all()
    area = width * height
    uncut = (width < 1) & (height < 1)
    assert (area[uncut] >= scale - 1e-4).all()
    aspect = width / height
    assert (aspect <= 4 / 3 + 1e-4).all()
    assert (aspect >= 3 / 4 - 1e-4).all()


def test_that_the_area_of_crops_is_spread_over_its_whole_range() -> None:
    _, _, width, height = draw_crops(5000, 0.2, torch.Generator().manual_seed(1)).unbind(1)
    area = width * height
    assert area.min() < 0.22
    assert area.mean().item() == pytest.approx(0.6, abs=0.03)


def test_that_half_of_all_rows_are_flipped() -> None:
    flips = draw_flips(10_000, torch.Generator().manual_seed(1))
    assert flips.float().mean().item() == pytest.approx(0.5, abs=0.02)


def test_that_only_the_chosen_rows_are_mirrored() -> None:
    images = pictures()
    flipped = flip(images, torch.tensor([True, False, True, False]))
    assert torch.equal(flipped[0], torch.flip(images[0], [-1]))
    assert torch.equal(flipped[1], images[1])
    assert torch.equal(flipped[2], torch.flip(images[2], [-1]))
    assert not torch.equal(flipped[0], images[0])


def test_that_the_whole_image_as_a_crop_changes_nothing() -> None:
    images = pictures()
    whole = torch.tensor([[0.5, 0.5, 1.0, 1.0]]).expand(4, 4)
    torch.testing.assert_close(crop(images, whole), images.float() / 255, atol=1e-5, rtol=0)


def test_that_a_crop_agrees_with_torchvision() -> None:
    images = pictures(2)
    # Left 4, top 2, 8 wide, 6 high, of 16.
    box = torch.tensor([[8 / 16, 5 / 16, 8 / 16, 6 / 16]]).expand(2, 4)
    ours = crop(images, box)
    theirs = resized_crop(
        images.float() / 255, 2, 4, 6, 8, [16, 16], InterpolationMode.BILINEAR, antialias=False
    )
    # At its border ours still sees the pixels beyond the box; inside they are the same.
    torch.testing.assert_close(ours[..., 2:-2, 2:-2], theirs[..., 2:-2, 2:-2], atol=1e-5, rtol=0)


def test_that_light_changes_as_worked_by_hand() -> None:
    # A grey image of a dark and a light half: 0.2 and 0.6.
    images = torch.tensor([0.2, 0.6]).expand(3, 3, 2, 2).clone()
    factors = torch.tensor([[1.5, 1.0, 1.0], [1.0, 0.5, 1.0], [2.0, 1.0, 0.3]])
    found = recolour(images, factors)
    torch.testing.assert_close(found[0, 0, 0], torch.tensor([0.3, 0.9]))
    # Halfway to the mean, 0.4.
    torch.testing.assert_close(found[1, 0, 0], torch.tensor([0.3, 0.5]))
    # Twice 0.6 is cut to 1; what is grey has no colour to lose.
    torch.testing.assert_close(found[2, 0, 0], torch.tensor([0.4, 1.0]))


def test_that_changes_of_light_agree_with_torchvision() -> None:
    images = pictures(2).float() / 255
    for index, theirs in enumerate((adjust_brightness, adjust_contrast, adjust_saturation)):
        for factor in (0.6, 1.4):
            factors = torch.ones(2, 3)
            factors[:, index] = factor
            found = recolour(images, factors)
            # Its grey has weights of four digits, and so has ours of three.
            torch.testing.assert_close(found, theirs(images, factor), atol=2e-3, rtol=0)


def test_that_factors_of_light_lie_around_one() -> None:
    factors = draw_colours(5000, 0.4, torch.Generator().manual_seed(0))
    assert factors.shape == (5000, 3)
    assert factors.min() >= 0.6
    assert factors.max() <= 1.4
    assert factors.mean().item() == pytest.approx(1, abs=0.01)
