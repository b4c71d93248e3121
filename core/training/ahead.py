"""Work done ahead by threads, its results in order."""

from collections import deque
from collections.abc import Callable, Generator, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

T = TypeVar("T")
R = TypeVar("R")


def done_ahead(
    function: Callable[[T], R],
    pieces: Iterable[T],
    *,
    threads: int,
    most: int,
    name: str,
    begin: Callable[[], None] | None = None,
) -> Generator[R, None, None]:
    """What a function makes of each piece, in the order of the pieces.

    Args:
        function: Called in threads; what it raises is raised here.
        pieces: Asked for in this thread, some ahead.
        threads: How many.
        most: Pieces that are asked for ahead of the one whose result is taken.
        name: Of the threads.
        begin: Called first in each thread.
    """
    executor = ThreadPoolExecutor(threads, name, begin)
    waiting: deque[Future[R]] = deque()
    try:
        for piece in pieces:
            waiting.append(executor.submit(function, piece))
            if len(waiting) > most:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    finally:
        executor.shutdown(cancel_futures=True)
