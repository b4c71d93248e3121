"""One picture at training size, as made in a worker process; and which one stands in for it."""

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.data.manifest import Example, Manifest, displayed
from core.errors import RunError
from core.images.data.decode import UnreadableImage, decode, in_words, read_bytes, resized
from core.language import _

# A night of work should not end for one lost file, nor go on when a drive is gone.
MOST_UNREADABLE = 0.05


@dataclass(frozen=True, slots=True)
class RowTask:
    """What to decode: file, hash it had when it was scanned, (H, W) and Pillow filter.

    Attributes:
        path: Of the image, absolute.
        store: File to write the row into; empty to have it returned.
        offset: First byte of the row in `store`.
    """

    path: str
    sha256: str
    size: tuple[int, int]
    interpolation: str
    store: str = ""
    offset: int = 0


@dataclass(frozen=True, slots=True)
class RowResult:
    """Pixels (H, W, 3) uint8 if asked for; else why there are none.

    Attributes:
        reason: Why the image can't be read; None if it can.
        write_errno: Of a write into the store that failed; 0 otherwise.
    """

    pixels: NDArray[np.uint8] | None = None
    reason: str | None = None
    write_errno: int = 0


def make_row(task: RowTask) -> RowResult:
    """Do one task; never raises for what is wrong with the image or the disk."""
    try:
        data = read_bytes(task.path)
        if hashlib.sha256(data).hexdigest() != task.sha256:
            return RowResult(reason=_("changed since the scan"))
        pixels = resized(decode(data), task.size, task.interpolation)
    except UnreadableImage as error:
        return RowResult(reason=error.reason)
    except MemoryError:
        return RowResult(reason=_("too large for the memory of this machine"))
    if not task.store:
        return RowResult(pixels)
    try:
        # Written, not mapped: a full disk is then an error instead of a crash.
        with open(task.store, "r+b", buffering=0) as file:  # noqa: PTH123  (a str from the task)
            file.seek(task.offset)
            left = pixels.data.cast("B")
            while left:
                left = left[file.write(left) :]
    except OSError as error:
        return RowResult(reason=in_words(error), write_errno=error.errno or -1)
    return RowResult()


class Pictures:
    """The different pictures among images: identical files are one, with one index.

    Args:
        images: In any order; the first of identical files stands for them.
        manifest: Where they are from.
    """

    def __init__(self, images: Sequence[Example], manifest: Manifest) -> None:
        self.manifest = manifest
        self.index: dict[str, int] = {}
        self.images: list[Example] = []
        for image in images:
            if image.sha256 not in self.index:
                self.index[image.sha256] = len(self.images)
                self.images.append(image)

    def __len__(self) -> int:
        return len(self.images)

    def task(self, index: int, size: tuple[int, int], interpolation: str) -> RowTask:
        """How to decode one of them, to be returned."""
        image = self.images[index]
        return RowTask(str(self.manifest.absolute(image)), image.sha256, size, interpolation)

    def stand_in(self, index: int, unreadable: Collection[int]) -> int:
        """The next readable picture, of the same label so that a label stays true.

        Raises:
            RunError: `images-vanished` when there is none.
        """
        label = self.images[index].label
        of_other_label: int | None = None
        for step in range(1, len(self)):
            other = (index + step) % len(self)
            if other in unreadable:
                continue
            if self.images[other].label == label:
                return other
            if of_other_label is None:
                of_other_label = other
        if of_other_label is None:
            raise self._vanished(len(unreadable), index, "none is left")
        return of_other_label

    def refuse_many(self, num_unreadable: int, index: int, reason: str) -> None:
        """Refuse to go on when too many can't be read.

        Raises:
            RunError: `images-vanished`.
        """
        if num_unreadable > MOST_UNREADABLE * len(self):
            raise self._vanished(num_unreadable, index, reason)

    def _vanished(self, num_unreadable: int, index: int, reason: str) -> RunError:
        """The error that names one of them."""
        first = f"{self.named(index)}: {reason}"
        return RunError("images-vanished", failed=num_unreadable, count=len(self), first=first)

    def named(self, index: int) -> str:
        """Where a picture is, as it can be printed."""
        return displayed(str(self.manifest.absolute(self.images[index])))


def indices_of(index: dict[str, int], images: Sequence[Example]) -> NDArray[np.int64]:
    """(n,) indices of images by hash; raises KeyError for one that is not there."""
    return np.fromiter((index[image.sha256] for image in images), np.int64, len(images))
