"""Generated images: pure functions of seed and index, and as varied as they claim."""

from collections import Counter

import numpy as np
import pytest

from core.starter.images import FAMILIES, GeneratedImages
from core.starter.photometry import photographed


@pytest.fixture(scope="module")
def pixels():
    return GeneratedImages(seed=3).rows(np.arange(300))


def test_that_rows_are_rgb_bytes_of_the_asked_size():
    rows = GeneratedImages(seed=0, size=32).rows(np.array([5, 9]))
    assert rows.shape == (2, 32, 32, 3)
    assert rows.dtype == np.uint8


def test_that_an_image_depends_on_seed_and_index_only(pixels):
    some = np.array([250, 3, 77, 3])
    np.testing.assert_array_equal(GeneratedImages(seed=3).rows(some), pixels[some])


def test_that_another_seed_gives_other_images(pixels):
    other = GeneratedImages(seed=4).rows(np.arange(20))
    assert all((mine != theirs).mean() > 0.5 for mine, theirs in zip(pixels, other, strict=False))


def test_that_no_image_comes_twice(pixels):
    assert len({image.tobytes() for image in pixels}) == len(pixels)


def test_that_far_indices_work():
    assert GeneratedImages(seed=1).rows(np.array([2**40 - 1])).any()


def test_that_no_images_asked_for_give_an_empty_array():
    assert GeneratedImages(seed=1).rows(np.array([], dtype=np.int64)).shape == (0, 64, 64, 3)


def test_that_families_occur_as_often_as_weighted():
    images = GeneratedImages(seed=0)
    counts = Counter(images.family(index) for index in range(2000))
    total = sum(weight for _, weight in FAMILIES.values())
    for name, (_, weight) in FAMILIES.items():
        assert counts[name] / 2000 == pytest.approx(weight / total, abs=0.03)


@pytest.mark.parametrize("family", FAMILIES)
def test_that_a_family_makes_varied_finite_images(family):
    images = []
    for seed in range(40):
        random = np.random.default_rng(seed)
        image = FAMILIES[family][0](random, 64)
        assert np.isfinite(image).all()
        assert image.shape == (64, 64, 3)
        images.append(photographed(random, image).astype(np.float32))
    spreads = [image.std() for image in images]
    assert np.median(spreads) > 15
    assert np.std([image.mean() for image in images]) > 10


def test_that_about_a_quarter_is_grey(pixels):
    grey = (pixels == pixels[..., :1]).all(axis=(1, 2, 3)).mean()
    assert 0.15 < grey < 0.35


def test_that_images_fill_the_range_without_being_saturated(pixels):
    values = pixels.astype(np.float32)
    assert 85 < values.mean() < 170
    assert 45 < values.std() < 95
    assert ((pixels == 0) | (pixels == 255)).mean() < 0.2
    assert (values.std(axis=(1, 2, 3)) < 3).mean() < 0.03


def test_that_the_average_spectrum_falls_like_that_of_natural_scenes(pixels):
    luma = pixels.mean(axis=3)
    power = (np.abs(np.fft.fft2(luma - luma.mean(axis=(1, 2), keepdims=True))) ** 2).mean(axis=0)
    frequency = np.hypot(*np.meshgrid(np.fft.fftfreq(64, 1 / 64), np.fft.fftfreq(64, 1 / 64)))
    band = (frequency >= 1) & (frequency <= 24)
    slope = np.polyfit(np.log(frequency[band]), np.log(power[band]), 1)[0]
    assert -3 < slope < -1.2  # photographs: about -2
