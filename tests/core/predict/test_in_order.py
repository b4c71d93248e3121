"""Pieces are done by several threads, and come out as they went in."""

import threading
from collections.abc import Iterator

import pytest
import torch

from core.predict.in_order import in_order
from core.predict.placing import Place

CPU = Place(torch.device("cpu"), "float32", "CPU", 3)


def test_that_results_come_in_order_whichever_is_done_first() -> None:
    second_is_done = threading.Event()

    def slow_first(number: int) -> int:
        if number == 0:
            assert second_is_done.wait(60)
        if number == 1:
            second_is_done.set()
        return number * 10

    assert list(in_order(slow_first, range(40), CPU)) == [number * 10 for number in range(40)]


def test_that_only_some_pieces_are_asked_for_ahead() -> None:
    asked: list[int] = []

    def pieces() -> Iterator[int]:
        for number in range(1000):
            asked.append(number)
            yield number

    results = in_order(lambda number: number, pieces(), CPU)
    assert next(results) == 0
    assert len(asked) < 20
    results.close()


def test_that_threads_compute_alone_and_the_caller_as_before() -> None:
    before = torch.get_num_threads()
    torch.set_num_threads(2)
    try:
        found = list(in_order(lambda _: torch.get_num_threads(), range(9), CPU))
        assert found == [1] * 9
        assert torch.get_num_threads() == 2
        # A single piece has all cores.
        assert list(in_order(lambda _: torch.get_num_threads(), [0], CPU)) == [2]
    finally:
        torch.set_num_threads(before)


def test_that_an_error_of_a_piece_ends_it() -> None:
    def fail(number: int) -> int:
        if number == 7:
            raise ValueError("seven")
        return number

    results = in_order(fail, range(40), CPU)
    assert [next(results) for _ in range(7)] == list(range(7))
    with pytest.raises(ValueError, match="seven"):
        next(results)
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("predict")]
