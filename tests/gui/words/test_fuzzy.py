"""What is typed finds what is meant."""

import pytest

from gui.words.fuzzy import fit


@pytest.mark.parametrize(
    ("typed", "text"),
    [("learn", "Learning rate"), ("RATE", "Learning rate"), ("rate lea", "Learning rate")],
)
def test_that_words_are_found_in_any_order_and_case(typed: str, text: str) -> None:
    assert fit(typed, text) is not None


def test_that_letters_may_be_missing_but_not_swapped_in_from_elsewhere() -> None:
    assert fit("lrng", "Learning rate") is not None
    assert fit("wrmup", "Warm-up steps") is not None
    assert fit("dark", "Data, and at the end of it all a mark") is None
    assert fit("learn banana", "Learning rate") is None


def test_that_a_beginning_comes_before_a_middle_and_that_before_what_is_not_shown() -> None:
    ranked = [
        fit("mask", "Mask ratio"),
        fit("mask", "Share of masked patches"),
        fit("mask", "Unmasked"),
        fit("lr", "Rate", "pretrain.lr"),
        fit("lr", "Rate", "SimCLR"),
        fit("rtio", "Mask ratio"),
    ]
    numbers = [each for each in ranked if each is not None]
    assert len(numbers) == len(ranked)
    assert numbers == sorted(numbers, reverse=True)
    short, long = fit("mask", "Mask"), fit("mask", "Mask ratio")
    assert short is not None
    assert long is not None
    assert short > long
