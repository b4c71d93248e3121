"""Which parts decided, worked out by hand."""

import numpy as np
import pytest

from core.predict.deciding import deciding, with_hidden_cells, without_each_word


def test_that_a_part_counts_by_what_hiding_it_takes_from_the_answer() -> None:
    # The whole says b with 0.75; without its first part 0.25 are left, without its second 0.875.
    rows = np.array([[0.25, 0.75], [0.75, 0.25], [0.125, 0.875]])
    found = deciding(rows, ("a", "b"), words=("first", "second"))
    assert (found.name, found.share) == ("b", 0.75)
    assert found.drops == (0.5, -0.125)


def test_that_the_cell_that_a_linear_classifier_looks_at_is_found() -> None:
    # White above on the left, black elsewhere: the mean is 255 / 4 = 63.75, so 64.
    pixels = np.zeros((16, 16, 3), dtype=np.uint8)
    pixels[:8, :8] = 255
    hidden, shape = with_hidden_cells(pixels)
    assert shape == (8, 8)
    assert hidden.shape == (65, 16, 16, 3)
    assert (hidden[0] == pixels).all()
    # The first cell, two by two pixels, in the mean colour, and nothing else.
    assert (hidden[1, :2, :2] == 64).all()
    assert (hidden[1, 2:] == pixels[2:]).all()
    # "Light" is the mean brightness of the first cell alone.
    light = hidden[:, :2, :2].mean(axis=(1, 2, 3)) / 255
    found = deciding(np.stack([1 - light, light], axis=1), ("dark", "light"), shape=shape)
    assert found.name == "light"
    assert found.drops[0] == pytest.approx(1 - 64 / 255)
    assert set(found.drops[1:]) == {0.0}


def test_that_an_image_smaller_than_the_grid_has_a_cell_for_each_pixel() -> None:
    hidden, shape = with_hidden_cells(np.zeros((2, 3, 3), dtype=np.uint8))
    assert shape == (2, 3)
    assert len(hidden) == 7


def test_that_each_word_is_left_out_once() -> None:
    texts, words = without_each_word("a  bad\nday")
    assert words == ["a", "bad", "day"]
    assert texts == ["a  bad\nday", "bad day", "a day", "a bad"]
