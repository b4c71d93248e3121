"""Peak memory of a run on a small and on a large corpus: it must not grow with it.

    uv run python -m tests.benchmarks.text_memory --megabytes 50 400

Each corpus is one generated file with a text per line, from which a real trainer pre-trains the
starter and self-distils it for some steps. What counts is the memory that its processes hold for
themselves (Linux: RssAnon, read fifty times a second): pages of mapped files are the system's to
take back. Ends in one line of JSON, explained in README.md beside this file.
"""

import argparse
import json
import re
import shutil
import sys
import tempfile
import threading
import time
from collections import defaultdict
from pathlib import Path
from typing import Any

import numpy as np
import psutil

from core.recipe import Recipe
from core.run.events import Event, Outcome, Progress, RunEnded, StageStarted
from core.run.folder import RunFolder
from core.run.launch import TrainerProcess
from core.text.data.token_index import TokenIndex
from tests.benchmarks.measure import versions
from tests.helpers.text_worlds import WORDS

_EVERY_S = 0.02
_BATCH_SIZE = 32
# Long enough that the allocator has seen batches of every length.
_STEPS = 48
_HELD = re.compile(r"RssAnon:\s+(\d+) kB")


def write_corpus(file: Path, megabytes: float, num_words: int) -> int:
    """Lines of so many random words and their number; returns how many lines."""
    generator = np.random.default_rng(1)
    words = np.array([word for word in WORDS if word.isalpha()])
    lines = size = 0
    with file.open("w", encoding="utf-8") as out:
        while size < megabytes * 1e6:
            chosen = words[generator.integers(0, len(words), (1000, num_words))]
            text = "".join(f"{' '.join(row)} {lines + k}\n" for k, row in enumerate(chosen))
            size += out.write(text)
            lines += 1000
    return lines


def held_mib(process: psutil.Process) -> float:
    """Memory of a process and its children that no file backs, in MiB."""
    kib = 0
    for each in (process, *process.children(recursive=True)):
        try:
            status = Path(f"/proc/{each.pid}/status").read_text(encoding="ascii")
        except OSError:
            continue
        found = _HELD.search(status)
        kib += int(found[1]) if found else 0
    return kib / 1024


class Watch:
    """Peaks of the memory held, and times, by part of the work."""

    def __init__(self, process: psutil.Process) -> None:
        self.peak_mib: dict[str, float] = {}
        self.seconds: defaultdict[str, float] = defaultdict(float)
        self.part = "start"
        self._process = process
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._watch)
        self._thread.start()

    def close(self) -> None:
        """Stop watching."""
        self._done.set()
        self._thread.join()

    def _watch(self) -> None:
        before = time.perf_counter()
        while not self._done.wait(_EVERY_S):
            part, now = self.part, time.perf_counter()
            try:
                held = held_mib(self._process)
            except psutil.Error:
                return
            self.peak_mib[part] = max(self.peak_mib.get(part, 0.0), held)
            self.seconds[part] += now - before
            before = now


def part_of(event: Event) -> str | None:
    """What a trainer is at since an event; None when it doesn't say."""
    if isinstance(event, StageStarted):
        return event.stage
    if isinstance(event, Progress):
        return event.what
    return None


def train(file: Path, folder: Path) -> dict[str, Any]:
    """Run a trainer to its end, watched."""
    steps = {"steps": _STEPS, "batch_size": _BATCH_SIZE}
    recipe = {
        "data": {"kind": "text", "unlabeled": [str(file)]},
        "pretrain": steps,
        "distill": steps,
        "runtime": {"device": "cpu", "offline": True},
    }
    run = RunFolder.create(folder, Recipe.model_validate(recipe))
    trainer = TrainerProcess(run)
    watch = Watch(psutil.Process(trainer.process.pid))
    last: Event | None = None
    written: dict[str, float] = {}
    for last in trainer.events():
        watch.part = part_of(last) or watch.part
        if isinstance(last, StageStarted) and not written:
            # Now: a run that is finished drops them.
            written = written_by(run)
    watch.close()
    if not isinstance(last, RunEnded) or last.outcome is not Outcome.FINISHED:
        raise SystemExit(f"The run did not finish: {last}")
    return {**written, "peak_mib": watch.peak_mib, "seconds": dict(watch.seconds)}


def written_by(run: RunFolder) -> dict[str, float]:
    """How many sequences a run has tokenised, and the room that they take."""
    index = TokenIndex.read(run.data)
    room = sum(each.stat().st_size for each in run.data.iterdir())
    return {"sequences": len(index.pretraining), "gib_on_disk": room / 2**30}


def measure(megabytes: float, num_words: int, where: str | None) -> dict[str, Any]:
    """One corpus and one run on it."""
    place = Path(tempfile.mkdtemp(prefix="benchmark-", dir=where))
    try:
        lines = write_corpus(place / "corpus.txt", megabytes, num_words)
        found = train(place / "corpus.txt", place / "run")
    finally:
        shutil.rmtree(place, ignore_errors=True)
    return {"megabytes": megabytes, "texts": lines, **found}


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description="Peak memory by size of a corpus.")
    parser.add_argument("--megabytes", type=float, nargs=2, default=(50, 400))
    parser.add_argument("--words", type=int, default=10, help="Of a text.")
    parser.add_argument("--where", help="Folder with room for 2.5 times the larger corpus.")
    given = parser.parse_args()
    sizes = []
    for megabytes in given.megabytes:
        sizes.append(measure(megabytes, given.words, given.where))
        print(json.dumps(sizes[-1]), file=sys.stderr)
    few, many = sizes
    growth = {
        part: 2**20 * (peak - few["peak_mib"][part]) / (many["texts"] - few["texts"])
        for part, peak in many["peak_mib"].items()
        if part in few["peak_mib"]
    }
    result = {"benchmark": "text_memory", "sizes": sizes, "bytes_per_text": growth}
    print(json.dumps({**result, "versions": versions()}))


if __name__ == "__main__":
    main()
