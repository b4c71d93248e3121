"""How long a map of many points takes to be painted while it is moved, zoomed and scrubbed.

    QT_QPA_PLATFORM=offscreen uv run python -m tests.benchmarks.map_paint

Needs a display, or QT_QPA_PLATFORM=offscreen. Ends in one line of JSON, explained in README.md
beside this file.
"""

import argparse
import json
import os
import time
from collections.abc import Callable

import numpy as np

from core.readers.colouring import Colouring
from tests.benchmarks.measure import versions

_CLASSES = 10


def painted(
    change: Callable[[int], None], paint: Callable[[], None], times: int
) -> dict[str, float]:
    """Milliseconds of changes with the paint that follows each."""
    wall, busy = [], []
    for number in range(times):
        start, before = time.perf_counter(), time.process_time()
        change(number)
        paint()
        wall.append(1000 * (time.perf_counter() - start))
        busy.append(1000 * (time.process_time() - before))
    return {
        "p50_ms": round(float(np.percentile(wall, 50)), 1),
        "p99_ms": round(float(np.percentile(wall, 99)), 1),
        "worst_ms": round(max(wall), 1),
        "cpu_p50_ms": round(float(np.percentile(busy, 50)), 1),
        "cpu_p99_ms": round(float(np.percentile(busy, 99)), 1),
    }


def main() -> None:
    """Command line."""
    from PySide6.QtCore import QPointF
    from PySide6.QtWidgets import QApplication

    from gui.atlas.ink import layers_of
    from gui.atlas.view import MapView

    parser = argparse.ArgumentParser(description="Painting a map.")
    parser.add_argument("--points", type=int, default=100_000)
    parser.add_argument("--width", type=int, default=1_000)
    parser.add_argument("--height", type=int, default=700)
    parser.add_argument("--times", type=int, default=300)
    asked = parser.parse_args()
    app = QApplication([])
    draw = np.random.default_rng(0)
    label = draw.integers(-1, _CLASSES, asked.points).astype(np.int32)
    centres = draw.uniform(-0.8, 0.8, (_CLASSES + 1, 2))
    first = (centres[label] + draw.normal(scale=0.12, size=(asked.points, 2))).astype(np.float32)
    second = first + draw.normal(scale=0.05, size=first.shape).astype(np.float32)
    names = tuple(f"class {number}" for number in range(_CLASSES))
    colouring = Colouring("class", "Class", names, label, "unlabeled")
    view = MapView()
    view.resize(asked.width, asked.height)
    view.show_extent(np.stack([first, second]))
    view.show_places(first)
    order = draw.permutation(asked.points)
    view.show_layers(layers_of(colouring, frozenset(), order[:0], order))
    view.show()
    app.processEvents()
    steps = draw.integers(-25, 26, (asked.times, 2))
    found: dict[str, object] = {"benchmark": "map_paint", "cpus": os.cpu_count(), **vars(asked)}

    def move(number: int) -> None:
        view.move_by(*map(float, steps[number]))

    for name, zoom in (("moved", 1.0), ("moved_at_zoom_3", 3.0), ("moved_at_zoom_12", 12.0)):
        view.show_all()
        view.zoom_by(zoom)
        view.repaint()
        found[name] = painted(move, view.repaint, asked.times)
    view.show_all()
    middle = QPointF(asked.width / 2, asked.height / 2)
    found["zoomed"] = painted(
        lambda number: view.zoom_by(1.05 if number // 30 % 2 == 0 else 1 / 1.05, middle),
        view.repaint,
        asked.times,
    )
    view.show_all()

    def scrub(number: int) -> None:
        share = np.float32(number / asked.times)
        view.show_places(first * (1 - share) + second * share)

    found["scrubbed"] = painted(scrub, view.repaint, asked.times)
    print(json.dumps({**found, "versions": versions()}))


if __name__ == "__main__":
    main()
