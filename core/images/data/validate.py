"""Every file decoded completely once, in parallel, and remembered.

Decoding is the only check that finds what training would trip over (a header alone says little).
"""

import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Final

import PIL

from core.images.data.check_file import check_file
from core.images.data.decode import DECODE_VERSION
from core.images.data.light_pool import FEW, LightPool, WorkerDied, num_workers
from core.images.data.looks import LOOK_VERSION
from core.images.data.scan_cache import Checked, ScanCache
from core.images.data.walk import FoundFile
from core.language import _
from core.system.progress import CountReport
from core.system.stopping import never

_CHUNK: Final = 16
_SAVE_EVERY: Final = 512

# What Pillow makes of a file may change with its version, so it is part of the cache's key.
_PILLOW = int("".join(part.zfill(3) for part in PIL.__version__.split(".")[:2] if part.isdigit()))
VALIDATOR_VERSION: Final = (LOOK_VERSION * 1000 + DECODE_VERSION) * 1_000_000 + _PILLOW


def validate(
    files: Sequence[tuple[str, FoundFile]],
    *,
    cache: Path | None = None,
    report: CountReport | None = None,
    stopped: Callable[[], bool] = never,
    workers: int | None = None,
) -> list[Checked]:
    """Check files that `list_files` found.

    Args:
        files: Absolute path of each, and what the walk saw of it.
        cache: Folder of the cache; the user's if None.
        report: Called with (done, total).
        stopped: Asked often.
        workers: Processes; chosen by itself if None.

    Returns:
        The outcome of each, in order.

    Raises:
        Stopped: `stopped()` became true; what was checked is remembered.
        RunError: `workers-died` when no worker process can be started.
    """
    store = ScanCache.open(cache, VALIDATOR_VERSION)
    try:
        keys = [os.fsencode(path) for path, _ in files]
        known = store.find(keys)
        outcomes: list[Checked | None] = []
        for key, (_, file) in zip(keys, files, strict=True):
            before = known.get(key)
            if before is not None and (before.num_bytes, before.mtime_ns) != (
                file.num_bytes,
                file.mtime_ns,
            ):
                before = None
            outcomes.append(before)
        missing = [index for index, outcome in enumerate(outcomes) if outcome is None]
        progress = _Progress(store, report, len(files) - len(missing), len(files))
        paths = [files[index][0] for index in missing]
        try:
            for at, outcome in _check_all(paths, stopped, workers):
                outcomes[missing[at]] = outcome
                progress.done(keys[missing[at]], outcome)
        finally:
            progress.save()
        return [outcome for outcome in outcomes if outcome is not None]
    finally:
        store.close()


class _Progress:
    def __init__(self, store: ScanCache, report: CountReport | None, done: int, total: int) -> None:
        self._store, self._report, self._done, self._total = store, report, done, total
        self._unsaved: list[tuple[bytes, Checked]] = []
        if report is not None:
            report(done, total)

    def done(self, key: bytes, outcome: Checked) -> None:
        self._done += 1
        self._unsaved.append((key, outcome))
        if len(self._unsaved) >= _SAVE_EVERY:
            self.save()
        if self._report is not None:
            self._report(self._done, self._total)

    def save(self) -> None:
        self._store.add(self._unsaved)
        self._unsaved = []


def _check_all(
    paths: Sequence[str], stopped: Callable[[], bool], workers: int | None
) -> Iterator[tuple[int, Checked]]:
    pool = LightPool(num_workers(workers) if len(paths) >= FEW else 0)
    try:
        for index, outcome in pool.each(check_file, paths, chunk=_CHUNK, stopped=stopped):
            yield index, _DIED if isinstance(outcome, WorkerDied) else outcome
    finally:
        pool.close()


_DIED = Checked(
    0, 0, "", 0, 0, "", _("decoding it ends the process (crash or out of memory)"), is_lasting=False
)
