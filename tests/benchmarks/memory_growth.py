"""Peak memory of training on few and on many images: it must not grow with their number.

    uv run python -m tests.benchmarks.memory_growth --images 1000 10000

Each number of images trains in a process of its own. Ends in one line of JSON, explained in
README.md beside this file.
"""

import argparse
import dataclasses
import json
import sys
import tempfile
from contextlib import closing
from pathlib import Path
from typing import Any

from tests.benchmarks.measure import Side, versions
from tests.benchmarks.pictures import write_numbered
from tests.benchmarks.settings import Settings
from tests.benchmarks.throughput import asked


def peak_gib(settings: Settings) -> float:
    """Peak of a process that prepares and trains, every image at least once."""
    with tempfile.TemporaryDirectory(prefix="benchmark-", ignore_cleanup_errors=True) as folder:
        work = Path(folder)
        write_numbered(work / "files", settings.images)
        with closing(Side("ours", settings, work)) as ours:
            ours.hear()
            ours.hear()
            ours.block()
            return float(ours.hear()["peak_memory_gib"])


def measure(few: int, many: int, preset: str, batch_size: int) -> dict[str, Any]:
    """Both peaks and what lies between them."""
    arguments = ["--preset", preset, "--batch-size", str(batch_size), "--stage", "distill"]
    settings = asked([*arguments, "--warm-up", "1", "--settle", "0", "--repeats", "1"])
    # As many steps for few images as for many, so that only their number differs.
    steps = -(-many // batch_size)
    peaks = {}
    for images in (few, many):
        peaks[images] = peak_gib(dataclasses.replace(settings, images=images, steps=steps))
        print(f"{images} images: {peaks[images]:.3f} GiB", file=sys.stderr)
    return {
        "benchmark": "memory_growth",
        "model": settings.model,
        "image_size": settings.image_size,
        "stage": settings.stage,
        "batch_size": batch_size,
        "steps": steps,
        "images": [few, many],
        "peak_memory_gib": [peaks[few], peaks[many]],
        "growth": peaks[many] / peaks[few],
        "pixels_gib": [number * settings.image_size**2 * 3 / 2**30 for number in (few, many)],
        "versions": versions(),
    }


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description="Peak memory by number of images.")
    parser.add_argument("--images", type=int, nargs=2, default=(1_000, 10_000))
    parser.add_argument("--preset", default="tiny-32", help="As for the throughput.")
    parser.add_argument("--batch-size", type=int, default=64)
    given = parser.parse_args()
    few, many = given.images
    print(json.dumps(measure(few, many, given.preset, given.batch_size)))


if __name__ == "__main__":
    main()
