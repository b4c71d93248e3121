"""Generated images made ahead of time by light processes, so that training never waits.

The processes import numpy, scipy and Pillow only. They are plain children with pipes instead of
`multiprocessing` ones, which would import the trainer's main module, and torch with it, again.
"""

import os
import subprocess
import sys
import weakref
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from io import BufferedReader
from queue import SimpleQueue
from types import TracebackType
from typing import IO, cast

import numpy as np

from core.starter.images import GeneratedImages
from core.system.resources import IMPORTED_FROM

# One process is one core's work: BLAS threads for its tiny products only cost.
_THREADS = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")


class ParallelGeneratedImages:
    """`GeneratedImages` from worker processes that guess the next requests.

    A request is expected to go on where the one before it ended. One that does not is answered
    too, only not ahead of time. Use it as a context manager, or call `close`.

    Args:
        seed: Another seed gives other images.
        size: Height and width in pixels.
        workers: Number of processes.
        ahead: How many requests to have ready or in work; at least `workers` keeps all busy.
        num_images: Length of the sequence, for whoever asks.
    """

    def __init__(
        self,
        seed: int,
        size: int = 64,
        workers: int = 1,
        ahead: int = 4,
        num_images: int = 2**40,
    ) -> None:
        self.seed = seed
        self.size = size
        self.num_images = num_images
        self._ahead = ahead
        self._idle: SimpleQueue[_Worker] = SimpleQueue()
        processes = [_Worker(seed, size) for _ in range(workers)]
        for process in processes:
            self._idle.put(process)
        self._threads = ThreadPoolExecutor(workers, thread_name_prefix="generated-images")
        self._expected: dict[bytes, Future[np.ndarray]] = {}
        self._stride = 0
        self._last: np.ndarray | None = None
        self._finalizer = weakref.finalize(self, _end, processes, self._threads)

    def __len__(self) -> int:
        return self.num_images

    def __enter__(self) -> "ParallelGeneratedImages":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def rows(self, indices: np.ndarray) -> np.ndarray:
        """(n, H, W, 3) uint8 pixels of the images at (n,) `indices`."""
        indices = np.ascontiguousarray(indices, dtype=np.int64)
        future = self._expected.pop(indices.tobytes(), None)
        if future is None:
            future = self._threads.submit(self._made, indices)
            for wrong in self._expected.values():
                wrong.cancel()
            self._expected.clear()
        for following in self._following(indices):
            key = following.tobytes()
            if key not in self._expected:
                self._expected[key] = self._threads.submit(self._made, following)
        self._last = indices
        return future.result()

    def close(self) -> None:
        """End the worker processes; requests not yet answered are dropped."""
        self._finalizer()

    def _following(self, indices: np.ndarray) -> Iterator[np.ndarray]:
        """The requests that should come next: the same shape, further on by the same stride."""
        if len(indices) == 0:
            return
        stride = int(indices.max() - indices.min()) + 1
        last = self._last
        if last is not None and np.array_equal(indices - indices[0], last - last[:1]):
            stride = int(indices[0] - last[0]) or stride
        for turn in range(1, self._ahead + 1):
            following = indices + turn * stride
            if following.min() >= 0 and following.max() < self.num_images:
                yield following

    def _made(self, indices: np.ndarray) -> np.ndarray:
        worker = self._idle.get()
        try:
            return worker.rows(indices)
        finally:
            self._idle.put(worker)


class _Worker:
    """One process; it ends by itself when its standard input closes, so also with its parent."""

    def __init__(self, seed: int, size: int) -> None:
        self._size = size
        self._process = subprocess.Popen(
            [sys.executable, "-m", "core.starter.ahead", str(seed), str(size)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=IMPORTED_FROM,
            env={**os.environ, **_THREADS},
        )

    def rows(self, indices: np.ndarray) -> np.ndarray:
        to_process = cast("IO[bytes]", self._process.stdin)
        to_process.write(np.int64(len(indices)).tobytes() + indices.tobytes())
        to_process.flush()
        shape = (len(indices), self._size, self._size, 3)
        pixels = bytearray(int(np.prod(shape)))
        read = cast("BufferedReader", self._process.stdout).readinto(pixels)
        if read != len(pixels):
            message = f"the image generator ended early (exit code {self._process.poll()})"
            raise ChildProcessError(message)
        return np.frombuffer(pixels, dtype=np.uint8).reshape(shape)

    def end(self) -> None:
        self._process.kill()
        self._process.wait()

    def close_pipes(self) -> None:
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                with suppress(BrokenPipeError):  # a request that nobody will read any more
                    pipe.close()


def _end(workers: list[_Worker], threads: ThreadPoolExecutor) -> None:
    for worker in workers:
        worker.end()
    threads.shutdown(wait=True, cancel_futures=True)
    for worker in workers:
        worker.close_pipes()


def serve(seed: int, size: int, requests: IO[bytes], answers: IO[bytes]) -> None:
    """Answer requests, each a count and that many int64 indices, with raw pixels."""
    images = GeneratedImages(seed, size)
    while head := requests.read(8):
        count = int(np.frombuffer(head, dtype=np.int64)[0])
        indices = np.frombuffer(requests.read(8 * count), dtype=np.int64)
        answers.write(images.rows(indices).tobytes())
        answers.flush()


if __name__ == "__main__":
    try:
        serve(int(sys.argv[1]), int(sys.argv[2]), sys.stdin.buffer, sys.stdout.buffer)
    except (KeyboardInterrupt, BrokenPipeError):
        os._exit(0)  # the parent is gone or going; nothing of ours is left to flush
