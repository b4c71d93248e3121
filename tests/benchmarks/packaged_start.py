"""How long until the window of the packaged program can be seen: from a cold and a warm cache.

    uv run python -m tests.benchmarks.packaged_start dist/redistill

Needs Xvfb (Linux): the time ends when pixels of the window are on its screen. Before a cold start
the system is asked to forget every file of the program (libraries of the system stay); how much of
it stayed in memory all the same is said. Ends in one line of JSON.
"""

import argparse
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

import psutil

from tests.helpers.screen import screen

_PATIENCE_S = 120


def forget(program: Path) -> float:
    """Drop the program's files from the page cache; GiB that stayed there."""
    files = [file for file in program.rglob("*") if file.is_file()]
    os.sync()
    for file in files:
        with file.open("rb") as opened:
            os.posix_fadvise(opened.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
    largest = sorted(files, key=lambda file: -file.stat().st_size)[:200]
    told = subprocess.run(
        ["fincore", "--bytes", "--noheadings", "--output", "RES", *map(str, largest)],
        capture_output=True,
        text=True,
        check=True,
    )
    return sum(int(line) for line in told.stdout.split()) / 2**30


def start(
    command: list[str], folder: Path, more: dict[str, str] | None = None
) -> tuple[float, float]:
    """Seconds until its window is on the screen, of the clock and of the processor."""
    with tempfile.TemporaryDirectory(dir=folder) as home, screen(Path(home)) as shown:
        environment = {
            **os.environ,
            **(more or {}),
            "DISPLAY": shown.display,
            "QT_QPA_PLATFORM": "xcb",
            "REDISTILL_SETTINGS": str(Path(home) / "window.ini"),
            "HOME": home,
        }
        begun = time.time()
        with subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL) as process:
            seen = shown.wait_for_window(process, _PATIENCE_S)
            spent = psutil.Process(process.pid).cpu_times()
            process.send_signal(signal.SIGINT)
            process.wait()
        return seen - begun, spent.user + spent.system


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="Time to the window of the packaged program.")
    parser.add_argument("program", type=Path, help="The folder that build.spec made.")
    parser.add_argument("--repeats", type=int, default=5)
    asked = parser.parse_args()
    program = asked.program.resolve()
    packaged = [str(program / "redistill")]
    source = [sys.executable, "-m", "gui"]
    stayed: list[float] = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)

        def cold() -> tuple[float, float]:
            stayed.append(forget(program))
            return start(packaged, folder)

        sides: dict[str, Callable[[], tuple[float, float]]] = {
            "cold": cold,
            "warm": lambda: start(packaged, folder),
            "source": lambda: start(source, folder, {"PYTHONPATH": str(Path.cwd())}),
        }
        # A warm start follows a cold one; the first of the sources fills the cache.
        start(source, folder, {"PYTHONPATH": str(Path.cwd())})
        taken: dict[str, list[tuple[float, float]]] = {side: [] for side in sides}
        for _ in range(asked.repeats):
            for side, measure in sides.items():
                taken[side].append(measure())
                print(f"{side}: %.2f s, %.2f s of processor" % taken[side][-1], file=sys.stderr)
    found: dict[str, object] = {}
    for side, starts in taken.items():
        found[f"{side}_s"] = median(seconds for seconds, _ in starts)
        found[f"{side}_cpu_s"] = median(spent for _, spent in starts)
        found[f"{side}_starts_s"] = [round(seconds, 3) for seconds, _ in starts]
    found |= {"stayed_cached_gib": max(stayed), "repeats": asked.repeats, "cpus": os.cpu_count()}
    print(json.dumps({"benchmark": "packaged_start", **found, "load": os.getloadavg()[0]}))


if __name__ == "__main__":
    main()
