"""Near copies of test examples: how long the search takes, and how often it is right.

    uv run python -m tests.benchmarks.near_copies --images 10000 --looks 100000 --megabytes 100

Ends in one line of JSON, explained in README.md beside this file.
"""

import argparse
import io
import json
import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from PIL import Image

from core.images.data.decode import load_rgb
from core.images.data.looks import LOOK_BYTES, look_of
from core.images.data.near_images import CopySearch
from core.images.data.scan import scan
from core.text.data.read import Columns
from core.text.data.scan import scan_texts
from tests.benchmarks.measure import versions
from tests.benchmarks.pictures import write_numbered

_SHARED = Path(__file__).resolve().parents[3] / "shared" / "data"
_SETS = ("sign-digits", "dtd10", "flowers102")
_WORDS = 50_000
_HELD = 5  # Every so many images are test images.


def _jpeg(image: Image.Image, quality: int) -> Image.Image:
    out = io.BytesIO()
    image.save(out, "JPEG", quality=quality)
    return Image.open(out).convert("RGB")


_CHANGES: dict[str, Callable[[Image.Image], Image.Image]] = {
    "jpeg 50": lambda image: _jpeg(image, 50),
    "half, jpeg 75": lambda image: _jpeg(image.resize((image.width // 2, image.height // 2)), 75),
    "double": lambda image: image.resize((2 * image.width, 2 * image.height)),
    "224 x 224": lambda image: image.resize((224, 224)),
    "brighter": lambda image: image.point(lambda value: min(255, value * 11 // 10 + 5)),
}


def scans(work: Path, count: int) -> dict[str, float]:
    """Seconds of a scan of a labeled set that decodes, and of one that finds nothing new."""
    for number in range(_HELD):
        write_numbered(work / ("test" if number == 0 else "train") / f"{number}", count // _HELD)
    for split in ("train", "test"):
        for folder in list((work / split).iterdir()):
            for file in folder.iterdir():
                label = work / split / f"class {int(file.stem) % 2}"
                label.mkdir(exist_ok=True)
                file.rename(label / f"{folder.name}-{file.name}")
            folder.rmdir()
    seconds = []
    for _ in range(3):
        start = time.perf_counter()
        scan([], work, cache=work.parent / "cache")
        seconds.append(time.perf_counter() - start)
    return {"first_scan_s": seconds[0], "rescan_s": min(seconds[1:])}


def searches(count: int) -> dict[str, float]:
    """Seconds of the search in so many random looks: against a fifth, and all against all."""
    draw = np.random.default_rng(0)
    looks = [bytes(row) for row in draw.integers(0, 256, (count, LOOK_BYTES), dtype=np.uint8)]
    ranks = [0 if number % _HELD == 0 else 3 for number in range(count)]
    seconds = {}
    for name, among_others in (("search_s", False), ("search_all_s", True)):
        start = time.perf_counter()
        CopySearch(looks, ranks, 2, among_others=among_others).find()
        seconds[name] = time.perf_counter() - start
    return seconds


def rightness(folder: Path, most: int) -> dict[str, object]:
    """Pairs found among different images of a set, and the share of changed copies found."""
    files = sorted(file for file in folder.rglob("*.jpg") if file.is_file())[:most]
    images = [load_rgb(file)[0] for file in files]
    looks = [look_of(image) for image in images]
    pairs = CopySearch(looks, [2] * len(looks), 2, among_others=True).find()
    found = {}
    for name, change in _CHANGES.items():
        changed = [look_of(change(image)) for image in images[::4]]
        search = CopySearch([*changed, *looks[::4]], [0] * len(changed) + [2] * len(changed), 2)
        found[name] = len({each.copy for each in search.find()}) / len(changed)
    return {"images": len(images), "pairs": len(pairs), "found": found}


def _write_corpus(file: Path, megabytes: float) -> int:
    """Lines of forty words, as frequent as those of a language; returns how many lines."""
    draw = np.random.default_rng(1)
    words = np.array([f"{word:x}ing" for word in range(_WORDS)])
    size = lines = 0
    with file.open("w", encoding="utf-8") as out:
        while size < megabytes * 1e6:
            chosen = np.minimum(draw.zipf(1.2, (1_000, 40)), _WORDS) - 1
            size += out.write("".join(" ".join(row) + "\n" for row in words[chosen]))
            lines += 1_000
    return lines


def texts(work: Path, megabytes: float) -> dict[str, float]:
    """Seconds of a scan of unlabeled lines, without and with test texts to compare them with."""
    work.mkdir()
    lines = _write_corpus(work / "corpus.txt", megabytes)
    start = time.perf_counter()
    scan_texts([work], None, columns=Columns(), val_fraction=0, test_fraction=0, seed=0)
    alone = time.perf_counter() - start
    with (work / "corpus.txt").open(encoding="utf-8") as corpus:
        known = [next(corpus).strip() for _ in range(2_000)]
    labeled = work / "labeled"
    labeled.mkdir()
    for split, some in (("train", known[:1_000]), ("test", known[1_000:])):
        rows = "".join(f"{text} and more\t{'ab'[at % 2]}\n" for at, text in enumerate(some))
        (labeled / f"{split}.tsv").write_text(f"text\tlabel\n{rows}", encoding="utf-8")
    start = time.perf_counter()
    asked = {"columns": Columns(), "val_fraction": 0, "test_fraction": 0, "seed": 0}
    manifest = scan_texts([work / "corpus.txt"], labeled, **asked)
    compared = time.perf_counter() - start
    return {
        "texts": lines,
        "near_copies": manifest.num_pairs,
        "scan_s": alone,
        "compared_scan_s": compared,
    }


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description="Search for near copies.")
    parser.add_argument("--images", type=int, default=10_000)
    parser.add_argument("--looks", type=int, default=100_000)
    parser.add_argument("--megabytes", type=float, default=100)
    asked = parser.parse_args()
    found: dict[str, object] = {"benchmark": "near_copies", "cpus": os.cpu_count(), **vars(asked)}
    with tempfile.TemporaryDirectory(prefix="benchmark-") as folder:
        os.environ["XDG_CACHE_HOME"] = folder
        for name, measure in (
            ("files", lambda: scans(Path(folder, "files"), asked.images)),
            ("search", lambda: searches(asked.looks)),
            ("text", lambda: texts(Path(folder, "texts"), asked.megabytes)),
        ):
            found[name] = measure()
            print(name, found[name], file=sys.stderr)
    found["sets"] = {
        name: rightness(_SHARED / name, 2_000) for name in _SETS if (_SHARED / name).is_dir()
    }
    print(json.dumps({**found, "versions": versions()}))


if __name__ == "__main__":
    main()
