"""Which probe is better than which."""

from core.training.job import ProbeResult


def test_that_without_labels_later_is_kept_whatever_the_rank_says() -> None:
    first = ProbeResult(0, None, None, 0.0, rank=200.0)
    assert ProbeResult(1, None, None, 1.0, rank=3.0).beats(first)


def test_that_features_that_are_no_numbers_any_more_are_no_best() -> None:
    first = ProbeResult(0, 0.5, 0.6, 0.0)
    assert not ProbeResult(1, None, None, 1.0).beats(first)


def test_that_the_start_is_kept_where_nothing_beats_it() -> None:
    first = ProbeResult(0, 0.5, 0.6, 0.0)
    assert not ProbeResult(1, 0.5, 0.6, 1.0).beats(first)
    assert ProbeResult(1, 0.6, 0.6, 1.0).beats(first)
