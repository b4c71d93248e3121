"""Pixels for training: decoded once if the disk budget holds them, else whenever needed."""

from collections.abc import Callable, Sequence
from pathlib import Path

from core.data.manifest import Example, Manifest
from core.images.data.build_store import OnUnreadable, build_store
from core.images.data.pixel_store import PixelStore
from core.images.data.pixel_stream import StreamedPixels
from core.system.progress import ProgressReport
from core.system.stopping import never

__all__ = ["PixelStore", "StreamedPixels", "build_store", "pixels_for"]


def pixels_for(
    images: Sequence[Example],
    manifest: Manifest,
    *,
    folder: Path,
    size: tuple[int, int],
    interpolation: str,
    disk_budget_bytes: int,
    report: ProgressReport | None = None,
    stopped: Callable[[], bool] = never,
    workers: int | None = None,
    on_unreadable: OnUnreadable | None = None,
) -> PixelStore | StreamedPixels:
    """Pixels of `images` by index; `.words` says which way was chosen.

    Args:
        images: Identical ones share an index.
        manifest: They are from.
        folder: Of the store; nothing is written there if they don't fit the budget.
        size: (H, W).
        interpolation: A Pillow filter, see `core.images.data.decode.resized`.
        disk_budget_bytes: The store may take this much.
        report: Called with (what, done, total) while decoding.
        stopped: Asked often.
        workers: Processes; 0 for none, chosen by itself if None.
        on_unreadable: Called with path and reason of an image that can't be read any more.

    Raises:
        RunError: `disk-full-data`, `data-not-writable`, `images-vanished`, `workers-died`.
        Stopped: `stopped()` became true.
    """
    num_bytes = len({image.sha256 for image in images}) * size[0] * size[1] * 3
    if num_bytes <= disk_budget_bytes:
        return build_store(
            folder, images, manifest, size, interpolation, report, stopped, workers, on_unreadable
        )
    return StreamedPixels(
        images,
        manifest,
        size=size,
        interpolation=interpolation,
        workers=workers,
        on_unreadable=on_unreadable,
    )
