"""Python's cyclic garbage, collected on the window's thread only.

Otherwise a collection may happen in a worker thread and delete there what belongs to the window's
thread: Qt objects that are part of a cycle. Qt then warns ("Timers cannot be stopped from another
thread") or crashes.
"""

import gc

from PySide6.QtCore import QObject, QTimer

_EVERY_MS = 500


class Collector(QObject):
    """Turns the automatic collection off and does the same by a timer."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        gc.disable()
        self._thresholds = gc.get_threshold()
        self._timer = QTimer(self, interval=_EVERY_MS)
        self._timer.timeout.connect(self._look)
        self._timer.start()

    def _look(self) -> None:
        counts = gc.get_count()
        for generation in (2, 1, 0):
            if counts[generation] > self._thresholds[generation]:
                gc.collect(generation)
                return
