"""Peak memory of scanning and tokenising a small and a large corpus: it must not grow with it.

    uv run python -m tests.benchmarks.text_memory --megabytes 50 400

Each corpus is one generated file with a text per line, scanned, tokenised and read at random in a
process of its own. What counts is the memory that the process holds for itself (Linux: RssAnon,
read fifty times a second): pages of mapped files are the system's to take back. Ends in one line
of JSON, explained in README.md beside this file.
"""

import argparse
import json
import multiprocessing
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from tests.benchmarks.measure import versions
from tests.helpers.text_worlds import WORDS, save_tiny_masked_lm

_EVERY_S = 0.02
# Batches that are read.
_STEPS = 200
_STATUS = Path("/proc/self/status")


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


def held_mib() -> float:
    """Memory of this process that no file backs, in MiB."""
    lines = _STATUS.read_text(encoding="ascii").splitlines()
    (line,) = (each for each in lines if each.startswith("RssAnon"))
    return int(line.split()[1]) / 1024


class Watch:
    """Peaks of the memory held beyond what was held at first, and times, by part of the work."""

    def __init__(self) -> None:
        self.peak_mib: dict[str, float] = {}
        self.seconds: dict[str, float] = {}
        self._before = held_mib()

    def seen(self) -> dict[str, Any]:
        """Both."""
        return {"peak_mib": self.peak_mib, "seconds": self.seconds}

    @contextmanager
    def part(self, name: str) -> Iterator[None]:
        """Watch what is done meanwhile."""
        done = threading.Event()

        def watch() -> None:
            while not done.wait(_EVERY_S):
                self.peak_mib[name] = max(self.peak_mib.get(name, 0.0), held_mib() - self._before)

        watcher = threading.Thread(target=watch)
        watcher.start()
        started = time.perf_counter()
        yield
        self.seconds[name] = time.perf_counter() - started
        done.set()
        watcher.join()


def work(folder: Path, file: Path, *, scan_only: bool) -> dict[str, Any]:
    """Scan, tokenise and read."""
    from core.data.text.documents import documents_of
    from core.data.text.read import Columns
    from core.data.text.scan import scan_texts
    from core.data.text.token_files import write_token_files
    from core.data.text.token_index import TokenIndex, write_token_index
    from core.data.text.token_rows import TokenRows
    from core.models.text.store import load_masked_lm
    from core.stages.tokenizing import Tokenizing
    from core.training.order import bucketed_order

    model = load_masked_lm(str(folder / "model"), max_length=64, whole_words=False, offline=True)
    tokenizing = Tokenizing(model.description)
    watch = Watch()
    with watch.part("scan"):
        split = {"val_fraction": 0.0, "test_fraction": 0.0, "seed": 0}
        manifest = scan_texts([file], None, columns=Columns(), **split)
    if scan_only:
        return watch.seen()
    with watch.part("tokenise"):
        write_token_files(
            folder / "tokens",
            documents_of(manifest, Columns(), include_test=False),
            tokenize=tokenizing,
            frame=tokenizing.frame,
        )
        write_token_index(folder / "tokens")
    with watch.part("read"):
        index, rows = TokenIndex.read(folder / "tokens"), TokenRows(folder / "tokens")
        order = bucketed_order(
            len(index.pretraining), lambda at: index.lengths[index.pretraining[at]], 64, 2
        )
        for step in range(_STEPS):
            rows.rows(index.pretraining[order(step)])
    tokens = int(index.lengths.sum(dtype=np.int64))
    return {"sequences": len(index.pretraining), "tokens": tokens, **watch.seen()}


def measure(megabytes: float, num_words: int, *, scan_only: bool) -> dict[str, Any]:
    """One corpus in a process of its own."""
    with tempfile.TemporaryDirectory(prefix="benchmark-", ignore_cleanup_errors=True) as place:
        folder = Path(place)
        save_tiny_masked_lm(folder / "model")
        lines = write_corpus(folder / "corpus.txt", megabytes, num_words)
        with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as pool:
            working = pool.submit(work, folder, folder / "corpus.txt", scan_only=scan_only)
            found = working.result()
    return {"megabytes": megabytes, "texts": lines, **found}


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description="Peak memory by size of a corpus.")
    parser.add_argument("--megabytes", type=float, nargs=2, default=(50, 400))
    parser.add_argument("--words", type=int, default=10, help="Of a text.")
    parser.add_argument("--scan-only", action="store_true", help="Without the tokens.")
    given = parser.parse_args()
    sizes = []
    for megabytes in given.megabytes:
        sizes.append(measure(megabytes, given.words, scan_only=given.scan_only))
        print(json.dumps(sizes[-1]), file=sys.stderr)
    few, many = sizes
    more = many["texts"] - few["texts"]
    growth = {
        part: 2**20 * (many["peak_mib"][part] - few["peak_mib"][part]) / more
        for part in few["peak_mib"]
    }
    result = {"benchmark": "text_memory", "sizes": sizes, "bytes_per_text": growth}
    print(json.dumps({**result, "versions": versions()}))


if __name__ == "__main__":
    main()
