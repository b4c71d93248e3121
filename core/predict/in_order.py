"""Pieces of work done by several threads, their results in order."""

from collections.abc import Callable, Generator, Iterable
from itertools import chain, islice
from typing import Final, TypeVar

import torch

from core.predict.placing import Place
from core.training.ahead import done_ahead

T = TypeVar("T")
R = TypeVar("R")

# Pieces for each thread that are done or waiting, so that none is idle while one takes long.
_AHEAD: Final = 3


def in_order(
    function: Callable[[T], R], pieces: Iterable[T], place: Place
) -> Generator[R, None, None]:
    """What a function makes of each piece, in the order of the pieces.

    On a CPU each thread computes alone: threads that share one operation wait for each other at its
    end, and beside others that read files they do so most of the time. A single piece is done in
    this thread, by all cores.

    Args:
        function: Called in threads; what it raises is raised here.
        pieces: Asked for in this thread, some ahead.
        place: Where is computed, with how many threads.
    """
    pieces = iter(pieces)
    first = list(islice(pieces, 2))
    if place.threads == 1 or len(first) < 2:
        yield from map(function, chain(first, pieces))
        return
    threads_of_one = torch.get_num_threads()
    try:
        yield from done_ahead(
            function,
            chain(first, pieces),
            threads=place.threads,
            most=_AHEAD * place.threads - 1,
            name="predict",
            begin=_compute_alone if place.is_cpu else None,
        )
    finally:
        # MKL has one number for all threads.
        torch.set_num_threads(threads_of_one)


def _compute_alone() -> None:
    torch.set_num_threads(1)
