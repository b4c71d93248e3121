"""How long the window's event loop is held up while much is going on.

    uv run python -m tests.benchmarks.event_loop

Needs a display, or QT_QPA_PLATFORM=offscreen. Three parts: `training` (a run whose log another
process extends by 50 steps a second), `scanning` (a folder of many files), `opening` (a run with a
long log, until its curves are drawn and for some seconds after). A timer of one millisecond beats
meanwhile; what lies between two beats is how long the window did not answer. Ends in one line of
JSON.
"""

import argparse
import gc
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from core.recipe import Recipe
from core.run.event_json import to_json
from core.run.events import RunStarted, StageStarted, StepDone
from core.run.folder import RunFolder, RunState

STAGE = "01-further-pretrain"
_WRITER = """
import sys, time
from pathlib import Path
from core.run.event_json import to_json
from core.run.events import StepDone
from core.run.folder import RunFolder, RunState
run = RunFolder.open(Path(sys.argv[1]))
with run.lock():
    run.write_status(RunState.RUNNING, "Training.")
    step = 0
    while not (run.path / "end").exists():
        step += 1
        event = StepDone(stage="01-further-pretrain", step=step, num_steps=1_000_000,
            losses={"loss": 1 / step, "masked": 1 / step}, lr=1e-4, images_per_s=100.0,
            stage_left_s=60.0, run_left_s=600.0, memory_gib=1.0)
        with run.events_file.open("a") as log:
            log.write(to_json(event) + "\\n")
        time.sleep(0.02)
"""


class Heart:
    """Beats while something happens, and says what lay between the beats."""

    def __init__(self) -> None:
        from PySide6.QtCore import Qt, QTimer

        self._timer = QTimer()
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(1)
        self._timer.timeout.connect(self._beat)
        self._last = 0.0
        self.gaps: list[float] = []

    def during(self, work: Callable[[], None]) -> dict[str, float]:
        """Gaps in milliseconds while `work` runs the event loop."""
        self.gaps, self._last = [], time.perf_counter()
        self._timer.start()
        work()
        self._timer.stop()
        gaps = np.array(self.gaps) * 1000
        return {
            "p50_ms": float(np.percentile(gaps, 50)),
            "p99_ms": float(np.percentile(gaps, 99)),
            "worst_ms": float(gaps.max()),
            "over_16_ms_share_of_time": float(gaps[gaps > 16].sum() / gaps.sum()),
            "seconds": float(gaps.sum() / 1000),
        }

    def _beat(self) -> None:
        now = time.perf_counter()
        self.gaps.append(now - self._last)
        self._last = now


def collecting_ms() -> float:
    """What a full collection of garbage takes of the window's thread."""
    began = time.thread_time()
    gc.collect()
    return 1000 * (time.thread_time() - began)


def settle(milliseconds: int) -> None:
    """Run the event loop for a while."""
    from PySide6.QtCore import QEventLoop, QTimer

    loop = QEventLoop()
    QTimer.singleShot(milliseconds, loop.quit)
    loop.exec()


def until(happened: Callable[[], bool], patience_s: float = 600) -> None:
    """Run the event loop until something is so."""
    from PySide6.QtCore import QEventLoop, QTimer

    end = time.monotonic() + patience_s
    loop = QEventLoop()
    look = QTimer(interval=20)
    look.timeout.connect(lambda: loop.quit() if happened() or time.monotonic() > end else None)
    look.start()
    loop.exec()
    if not happened():
        sys.exit("it took too long")


def new_run(path: Path, num_events: int) -> RunFolder:
    """A run folder whose log has so many steps."""
    run = RunFolder.create(path, Recipe())
    first = StepDone(
        stage=STAGE,
        step=1,
        num_steps=max(1_000_000, num_events),
        losses={"loss": 0.5, "masked": 0.5},
        lr=1e-4,
        images_per_s=100.0,
        stage_left_s=60.0,
        run_left_s=600.0,
        memory_gib=1.0,
    )
    line = to_json(first) + "\n"
    noise = np.random.default_rng(0).normal(0.5, 0.05, num_events)
    with run.events_file.open("w", encoding="utf-8") as log:
        started = RunStarted(stages=[STAGE], device="x", precision="float32", num_processes=1)
        log.write(to_json(started) + "\n")
        log.write(to_json(StageStarted(stage=STAGE, num_steps=first.num_steps)) + "\n")
        for number, value in enumerate(noise.tolist(), 1):
            text = line.replace('"step": 1,', f'"step": {number},')
            log.write(text.replace('"masked": 0.5', f'"masked": {value:.5f}'))
    run.write_status(RunState.PAUSED, "Paused.")
    return run


def many_files(folder: Path, number: int) -> None:
    """So many image files: links to a few, because only their number matters here."""
    from PIL import Image

    folder.mkdir(parents=True)
    generator = np.random.default_rng(1)
    for index in range(50):
        pixels = generator.integers(0, 256, (48, 48, 3), dtype=np.uint8)
        Image.fromarray(pixels).save(folder / f"base-{index:02d}.png")
    for index in range(number - 50):
        os.link(folder / f"base-{index % 50:02d}.png", folder / f"{index:06d}.png")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="Gaps of the window's event loop.")
    parser.add_argument("--events", type=int, default=1_000_000)
    parser.add_argument("--files", type=int, default=100_000)
    parser.add_argument("--seconds", type=int, default=20, help="Of watching a training.")
    asked = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="redistill-loop-"))
    os.environ |= {
        "REDISTILL_SETTINGS": str(folder / "window.ini"),
        "REDISTILL_CACHE": str(folder / "cache"),
    }
    try:
        result = _measured(folder, asked)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    print(json.dumps({"benchmark": "event_loop", **vars(asked), **result}))


def _measured(folder: Path, asked: argparse.Namespace) -> dict[str, object]:
    from PySide6.QtWidgets import QApplication

    from gui.frame.window import MainWindow
    from gui.program.collector import Collector
    from gui.state.settings import Settings

    app = QApplication(sys.argv[:1])
    settings = Settings()
    settings.runs_folder = folder / "runs"
    window = MainWindow(settings)
    Collector(window)  # as the application does
    gc.freeze()
    window.settled.connect(gc.freeze)
    window.resize(1366, 768)
    window.show()
    settle(6000)  # the look at the device starts by itself
    heart = Heart()
    result: dict[str, object] = {"collecting_ms": collecting_ms()}

    run = new_run(folder / "runs" / "live", 0)
    command = [sys.executable, "-c", _WRITER, str(run.path)]
    writer = subprocess.Popen(command)
    window.open_run(run.path)
    until(lambda: len(window.watcher.history) > 10)
    result["training"] = heart.during(lambda: settle(1000 * asked.seconds))
    (run.path / "end").touch()
    writer.wait()

    many_files(folder / "images", asked.files)
    window.new_run()
    page = window.page("data")

    def scan() -> None:
        page.add([folder / "images"], False)  # type: ignore[attr-defined]
        until(lambda: window.session.findings is not None)
        settle(3000)

    result["scanning"] = heart.during(scan)

    long = new_run(folder / "runs" / "long", asked.events)

    def open_long() -> None:
        window.open_run(long.path)
        until(lambda: len(window.watcher.history) >= asked.events)
        settle(3000)

    result["opening"] = heart.during(open_long)
    window.close()
    app.processEvents()
    return result


if __name__ == "__main__":
    main()
