"""Looks, in a thread, which models are on this disk and how much memory is free."""

from dataclasses import dataclass, field
from pathlib import Path

from PySide6.QtCore import QObject, QRunnable, QThreadPool, Signal
from PySide6.QtGui import QImageReader

from core.hub.catalog import CATALOG, is_on_disk
from core.planning.fit import Room, room_here
from gui.processes.patience import PATIENCE_MS


@dataclass(frozen=True)
class Seen:
    """What there is.

    Attributes:
        on_disk: Names of the catalog's models that need no download.
        kept: Bytes of downloads that were ended half-way, by repository.
        room: Memory to train in.
        image_side: Shorter side of a typical image of the data; None when there is none.
    """

    on_disk: frozenset[str]
    kept: dict[str, int] = field(default_factory=dict)
    room: Room | None = None
    image_side: int | None = None


class Looking(QObject):
    """Signals: `seen` with a `Seen`."""

    seen = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._pool = QThreadPool(self)
        self._pool.setMaxThreadCount(1)
        self._closed = False

    def look(self, device: str, images: list[Path]) -> None:
        """Look again; `images` are a few of the data."""
        if not self._closed:
            self._pool.clear()
            self._pool.start(_Look(self, device, images))

    def shut_down(self) -> None:
        """Look no more."""
        self._closed = True
        self._pool.clear()
        self._pool.waitForDone(PATIENCE_MS)

    def work(self, device: str, images: list[Path]) -> None:
        """In the thread."""
        found = _look(device, images)
        if not self._closed:
            self.seen.emit(found)


class _Look(QRunnable):
    def __init__(self, looking: Looking, device: str, images: list[Path]) -> None:
        super().__init__()
        self._looking, self._device, self._images = looking, device, images

    def run(self) -> None:
        self._looking.work(self._device, self._images)


def _look(device: str, images: list[Path]) -> Seen:
    # Imports huggingface_hub, which takes a while: never in the window's thread.
    from core.hub.weights_file import bytes_kept

    on_disk = frozenset(entry.name for entry in CATALOG if is_on_disk(entry))
    kept = {entry.repo: bytes_kept(entry.repo) for entry in CATALOG if entry.repo}
    sizes = [QImageReader(str(path)).size() for path in images]
    sides = sorted(min(size.width(), size.height()) for size in sizes if size.isValid())
    side = sides[len(sides) // 2] if sides else None
    return Seen(on_disk, kept, room_here(device), side)
