"""Seconds to scan a folder again whose files have not changed.

    uv run python -m tests.benchmarks.rescan --images 10000

Ends in one line of JSON, explained in README.md beside this file.
"""

import argparse
import json
import os
import statistics
import sys
import tempfile
import time
from pathlib import Path

from core.images.data.scan import scan
from tests.benchmarks.measure import versions
from tests.benchmarks.pictures import write_numbered


def measure(work: Path, images: int, repeats: int) -> dict[str, object]:
    """The first scan, which decodes every file, and scans that find nothing new."""
    write_numbered(work / "files", images)
    print(f"{images} files written", file=sys.stderr)
    seconds = []
    for _ in range(repeats + 1):
        start = time.perf_counter()
        found = len(scan([work / "files"], None, cache=work / "cache").unlabeled)
        seconds.append(time.perf_counter() - start)
        if found != images:
            raise SystemExit(f"the scan found {found} of {images} images")
    again = seconds[1:]
    return {
        "benchmark": "rescan",
        "images": images,
        "repeats": repeats,
        "cpus": os.cpu_count(),
        "first_scan_s": seconds[0],
        "rescan_s": statistics.median(again),
        "rescans_s": again,
        "files_per_s": images / statistics.median(again),
        "versions": versions(),
    }


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description="Scan unchanged files again.")
    parser.add_argument("--images", type=int, default=10_000)
    parser.add_argument("--repeats", type=int, default=5)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="benchmark-") as folder:
        print(json.dumps(measure(Path(folder), asked.images, asked.repeats)))


if __name__ == "__main__":
    main()
