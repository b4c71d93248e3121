"""Reads run folders in the background, one after the other: they may lie on a slow disk."""

from pathlib import Path

import numpy as np
from PIL import Image
from PySide6.QtCore import QObject, QRunnable, QThreadPool, Signal
from PySide6.QtGui import QImage

from core.images.data.decode import UnreadableImage, load_rgb
from core.readers.summary import RunSummary, summarise
from core.run.folder import RunFolder
from gui.processes.patience import PATIENCE_MS
from gui.state.watcher import discard_folder

_SIDE = 160


class RunReader(QObject):
    """Asks for summaries in one thread.

    Signals:
        read: A `RunSummary`.
        pictures: The path of a run and a list of `QImage`.
        discarded: The path of a run and whether it is gone now.
    """

    read = Signal(object)
    pictures = Signal(object, list)
    discarded = Signal(object, bool)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._pool = QThreadPool(self)
        self._pool.setMaxThreadCount(1)
        self._waiting: set[Path] = set()
        self._has_pictures: set[Path] = set()
        self._closed = False

    def ask(self, path: Path) -> None:
        """Read a run soon; asked again before that begins, it is still read once."""
        if path not in self._waiting and not self._closed:
            self._waiting.add(path)
            self._pool.start(_Reading(self, path))

    def discard(self, path: Path) -> None:
        """Put a run into the bin; takes a while where it has to be deleted file by file."""
        self._pool.start(_Discarding(self, path))

    def shut_down(self) -> None:
        """Read no more."""
        self._closed = True
        self._pool.clear()
        self._pool.waitForDone(PATIENCE_MS)

    def work(self, path: Path) -> None:
        """In the thread: read one run."""
        if self._closed:
            return
        # What changes from now on may be missed by this reading: it is asked for anew.
        self._waiting.discard(path)
        summary = summarise(path)
        self._say(summary)
        if summary.pictures and path not in self._has_pictures:
            self._has_pictures.add(path)
            images = [image for file in summary.pictures if (image := _thumbnail(file)) is not None]
            if not self._closed:
                self.pictures.emit(path, images)

    def discard_now(self, path: Path) -> None:
        """In the thread: put a run into the bin."""
        # The card may be older than a trainer that was started elsewhere.
        is_free = not RunFolder(path).is_locked()
        self.discarded.emit(path, is_free and discard_folder(path))

    def _say(self, summary: RunSummary) -> None:
        if not self._closed:
            self.read.emit(summary)


class _Reading(QRunnable):
    def __init__(self, reader: RunReader, path: Path) -> None:
        super().__init__()
        self._reader, self._path = reader, path

    def run(self) -> None:
        self._reader.work(self._path)


class _Discarding(_Reading):
    def run(self) -> None:
        self._reader.discard_now(self._path)


def _thumbnail(path: Path) -> QImage | None:
    """The middle square of a picture, small; None when it can't be read any more."""
    try:
        picture, _ = load_rgb(path)
    except UnreadableImage:
        return None
    side = min(picture.size)
    left, top = (picture.width - side) // 2, (picture.height - side) // 2
    square = picture.crop((left, top, left + side, top + side))
    if side > _SIDE:
        square = square.resize((_SIDE, _SIDE), Image.Resampling.BOX)
    pixels = np.ascontiguousarray(square)
    height, width, _ = pixels.shape
    # The copy owns its memory.
    return QImage(pixels.tobytes(), width, height, 3 * width, QImage.Format.Format_RGB888).copy()
