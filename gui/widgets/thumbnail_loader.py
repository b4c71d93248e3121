"""Reads and shrinks images in threads: what was wished last, from its first on."""

from collections import OrderedDict
from pathlib import Path

import numpy as np
from PIL import Image
from PySide6.QtCore import QObject, QRunnable, QThreadPool, QTimer, Signal
from PySide6.QtGui import QImage, QPainter

from core.images.data.decode import UnreadableImage, load_rgb
from gui.processes.patience import PATIENCE_MS

_THREADS = 2
# Requests beyond what a screen shows have scrolled past before their turn came.
_MOST_WAITING = 400


class ThumbnailLoader(QObject):
    """Reads and shrinks images in threads, exactly as training reads them.

    Signals:
        loaded: Path and `QImage`; a null image when the file can't be read.
    """

    loaded = Signal(object, QImage)

    def __init__(self, side: int, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._side = side
        self._pool = QThreadPool(self)
        self._pool.setMaxThreadCount(_THREADS)
        self._wanted: OrderedDict[Path, int] = OrderedDict()
        self._batch = 0
        self._turn = QTimer(self, interval=0, singleShot=True)
        self._turn.timeout.connect(self._next_batch)
        self._at_work: set[Path] = set()
        self._closed = False
        self.loaded.connect(self._on_loaded)

    @property
    def side(self) -> int:
        """Pixels that images are made to fit into."""
        return self._side

    @side.setter
    def side(self, side: int) -> None:
        """From now on, for those at work as well."""
        self._side = side

    def want(self, path: Path) -> None:
        """Read an image soon. Of those that were wished at once, the first comes first."""
        if path in self._at_work or self._closed:
            return
        self._turn.start()
        self._wanted[path] = self._batch
        self._wanted.move_to_end(path)
        while len(self._wanted) > _MOST_WAITING:
            self._wanted.popitem(last=False)
        self._work()

    def forget(self) -> None:
        """Drop what nobody waits for any more."""
        self._wanted.clear()

    def shut_down(self) -> None:
        """Read no more."""
        self._closed = True
        self._wanted.clear()
        self._pool.waitForDone(PATIENCE_MS)

    def _work(self) -> None:
        while self._wanted and len(self._at_work) < _THREADS:
            latest = next(reversed(self._wanted.values()))
            path = next(path for path, batch in self._wanted.items() if batch == latest)
            del self._wanted[path]
            self._at_work.add(path)
            self._pool.start(_Loading(self, path))

    def _next_batch(self) -> None:
        self._batch += 1

    def _on_loaded(self, path: Path, image: QImage) -> None:
        del image
        self._at_work.discard(path)
        self._work()


class _Loading(QRunnable):
    def __init__(self, loader: ThumbnailLoader, path: Path) -> None:
        super().__init__()
        self._loader, self._path = loader, path

    def run(self) -> None:
        try:
            side = -1
            while side != self._loader.side:
                side = self._loader.side
                image = thumbnail(self._path, side)
            self._loader.loaded.emit(self._path, image)
        except RuntimeError:
            return  # the window is gone


def thumbnail(path: Path, side: int) -> QImage:
    """An image made to fit into a square; a null image when it can't be read."""
    try:
        picture, _ = load_rgb(path)
    except (UnreadableImage, OSError):
        return QImage()
    longest = max(picture.size)
    if longest > side:
        picture.thumbnail((side, side))
    elif longest <= side // 2:
        # In whole steps, so that the pixels of small pictures stay sharp.
        times = side // longest
        picture = picture.resize(
            (picture.width * times, picture.height * times), Image.Resampling.NEAREST
        )
    pixels = np.ascontiguousarray(np.asarray(picture))
    height, width = pixels.shape[:2]
    # A copy: the array goes away with this function.
    return QImage(pixels.data, width, height, 3 * width, QImage.Format.Format_RGB888).copy()


def squared(image: QImage) -> QImage:
    """In the middle of a square: in a wall, captions then stand at one height."""
    side = max(image.width(), image.height())
    square = QImage(side, side, QImage.Format.Format_ARGB32_Premultiplied)
    square.fill(0)
    painter = QPainter(square)
    painter.drawImage((side - image.width()) // 2, (side - image.height()) // 2, image)
    painter.end()
    return square
