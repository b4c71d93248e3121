"""Has processes start at once: the warm server, beside the window."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer

if TYPE_CHECKING:
    from core.system.warm_server import WarmServer

# After the window is there, its pages are made, and the device line has loaded torch.
_AFTER_MS = 6_000


class WarmProcesses(QObject):
    """Starts the server a while after the window, and ends it with the application.

    Where there is none (`core.system.warm_server`), processes start as they always did.

    Args:
        parent: What it belongs to.
        loads: Modules that the server loads; all that is worth it if there are none.
        after_ms: When it starts.
    """

    def __init__(self, parent: QObject, *loads: str, after_ms: int = _AFTER_MS) -> None:
        super().__init__(parent)
        self._loads = loads
        self._server: WarmServer | None = None
        QTimer.singleShot(after_ms, self, self._start)

    def stop(self) -> None:
        """End it."""
        if self._server is not None:
            self._server.stop()

    def _start(self) -> None:
        # Imported now: nothing may come before the window.
        from core.system.warm_server import WarmServer

        self._server = WarmServer(*self._loads)
        self._server.start()
