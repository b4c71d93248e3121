"""Worker processes that load little: Pillow and numpy, never torch.

One bad file can take a process down (a crash in a decoder, no memory left). The pool then finds
out which one it was and goes on with the others.
"""

import multiprocessing
import os
import signal
import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field
from multiprocessing.connection import wait as wait_for_handles
from typing import Generic, TypeVar

import psutil

from core.errors import RunError
from core.system.stopping import Stopped, never

T = TypeVar("T")
R = TypeVar("R")

FEW = 64  # below it, working in this process takes less time than starting others
_AHEAD = 2  # chunks per worker that wait for it, so that none is idle
_LOOK_S = 0.2  # how often `stopped` is asked while nothing is ready
_MOST_DEATHS = 6  # in a row, before any success: then it is not the files
_GIB_PER_WORKER = 0.75  # a picture at the limit of pixels, decoded, and its file


class WorkerDied:
    """Stands for the result of an item whose worker process ended without one."""


def num_workers(asked: int | None = None) -> int:
    """How many worker processes to use: as asked (0: none), else by cores and free memory."""
    if asked is not None:
        return max(asked, 0)
    try:
        cores = len(os.sched_getaffinity(0))
    except AttributeError:
        cores = os.cpu_count() or 1
    by_memory = int(psutil.virtual_memory().available / 2**30 / _GIB_PER_WORKER)
    return max(1, min(cores, by_memory, 32))


@dataclass
class _Chunk(Generic[T]):
    start: int
    items: Sequence[T]
    # Alone in a pool of its own: if the pool breaks, this is the culprit.
    is_suspect: bool = False


@dataclass
class LightPool:
    """Worker processes, started when first needed; close it when done.

    Attributes:
        workers: How many; with 0 everything is done in this process.
    """

    workers: int
    _executor: ProcessPoolExecutor | None = None
    _deaths: int = 0
    _has_worked: bool = False
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def each(
        self,
        function: Callable[[T], R],
        items: Sequence[T],
        *,
        chunk: int,
        stopped: Callable[[], bool] = never,
    ) -> Iterator[tuple[int, R | WorkerDied]]:
        """Apply a top-level `function` of a light module to each item, in no given order.

        Args:
            function: Catches what it expects; an exception it lets out ends the iteration.
            items: What it is applied to.
            chunk: Items sent to a worker at once.
            stopped: Asked often; ends the iteration when true.

        Yields:
            Index of the item, and its result.

        Raises:
            Stopped: `stopped()` became true.
            RunError: `workers-died` when no worker can be started at all.
        """
        if self.workers == 0:
            yield from _here(function, items, stopped)
            return
        todo = deque(
            _Chunk(start, items[start : start + chunk]) for start in range(0, len(items), chunk)
        )
        running: dict[Future[list[R]], _Chunk[T]] = {}
        try:
            while todo or running:
                self._submit(function, todo, running)
                ready, _ = wait(running, timeout=_LOOK_S, return_when=FIRST_COMPLETED)
                if stopped():
                    raise Stopped
                lost: list[_Chunk[T]] = []
                for future in ready:
                    part = running.pop(future)
                    try:
                        results = future.result()
                    except BrokenProcessPool:
                        lost.append(part)
                        continue
                    self._has_worked = True
                    yield from zip(
                        range(part.start, part.start + len(results)), results, strict=True
                    )
                if lost:
                    lost.extend(running.values())
                    running.clear()
                    self.close()
                    yield from self._suspects(lost, todo)
        finally:
            for future in running:
                future.cancel()

    def close(self) -> None:
        """End the workers; work that has not begun is dropped."""
        with self._lock:
            executor, self._executor = self._executor, None
        if executor is not None:
            executor.shutdown(wait=True, cancel_futures=True)

    def _submit(
        self,
        function: Callable[[T], R],
        todo: deque[_Chunk[T]],
        running: dict[Future[list[R]], _Chunk[T]],
    ) -> None:
        while todo and len(running) < self.workers * (1 + _AHEAD):
            if (todo[0].is_suspect and running) or any(c.is_suspect for c in running.values()):
                return
            part = todo.popleft()
            try:
                future = self._started().submit(_apply, function, list(part.items))
            except BrokenProcessPool:
                # It broke between two looks; those that run tell so as well.
                todo.appendleft(part)
                if not running:
                    self.close()
                return
            running[future] = part

    def _suspects(
        self, lost: list[_Chunk[T]], todo: deque[_Chunk[T]]
    ) -> Iterator[tuple[int, WorkerDied]]:
        """Name the culprit if there is one suspect only, else have each one done alone."""
        lost.sort(key=lambda part: part.start)
        if len(lost) == 1 and lost[0].is_suspect:
            self._deaths += 1
            if self._deaths >= _MOST_DEATHS and not self._has_worked:
                raise RunError("workers-died", reason="each one ended at once")
            yield lost[0].start, WorkerDied()
            return
        singles = [
            _Chunk(part.start + offset, [item], is_suspect=True)
            for part in lost
            for offset, item in enumerate(part.items)
        ]
        todo.extendleft(reversed(singles))

    def _started(self) -> ProcessPoolExecutor:
        with self._lock:
            if self._executor is None:
                self._executor = ProcessPoolExecutor(
                    self.workers,
                    mp_context=multiprocessing.get_context("spawn"),
                    initializer=_begin_worker,
                )
            return self._executor


def _here(
    function: Callable[[T], R], items: Sequence[T], stopped: Callable[[], bool]
) -> Iterator[tuple[int, R]]:
    for index, item in enumerate(items):
        if stopped():
            raise Stopped
        yield index, function(item)


def _apply(function: Callable[[T], R], items: list[T]) -> list[R]:
    return [function(item) for item in items]


def _begin_worker() -> None:
    # Ctrl-C reaches the whole group of processes; the parent alone decides what it means.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    """End this worker when its parent is gone; a killed one could not tell it to."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        wait_for_handles([parent.sentinel])
        os._exit(1)
