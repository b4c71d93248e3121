"""Makes the pages behind the first one while the window can be used already."""

import importlib
import threading

from PySide6.QtCore import QObject, QTimer, Signal

from gui.frame.places import PLACES

_LOOK_MS = 20


class PageMaker(QObject):
    """Signals: `ready` each time it is a good moment to make one more page."""

    ready = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._thread: threading.Thread | None = None
        self._is_over = False
        self._timer = QTimer(self, interval=_LOOK_MS)
        self._timer.timeout.connect(self._look)

    def start(self) -> None:
        """Begin; only the first call counts, and none after `finish`."""
        if self._thread is None and not self._is_over:
            self._thread = threading.Thread(target=_import_pages, name="pages", daemon=True)
            self._thread.start()
            self._timer.start()

    def finish(self) -> None:
        """No page is left to make, or the window closes."""
        self._is_over = True
        self._timer.stop()
        if self._thread is not None:
            # Python must not end while a thread imports.
            self._thread.join()

    def _look(self) -> None:
        if self._thread is not None and not self._thread.is_alive():
            self.ready.emit()


def _import_pages() -> None:
    """Importing them is most of the work, and needs no Qt: a thread does it beside the loop."""
    for place in PLACES:
        try:
            importlib.import_module(place.module)
        except Exception:  # noqa: BLE001  (said when the page is asked for, where it is seen)
            return
