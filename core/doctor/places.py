"""Disk space where runs and caches go, and what the caches take."""

import os
import shutil
from pathlib import Path

from core.doctor.finding import Finding, Status
from core.system.cache_folder import cache_folder
from core.system.units import GIB

_LITTLEGIB = 5.0
_TOO_LITTLEGIB = 1.0


def judge_places(folder: Path) -> list[Finding]:
    """Space in `folder`, and both caches with their sizes."""
    from huggingface_hub.constants import HF_HUB_CACHE

    return [
        judge_disk("Disk here", folder),
        _judge_cache("Cache", cache_folder(), "Set REDISTILL_CACHE to a folder elsewhere."),
        _judge_cache("Model cache", Path(HF_HUB_CACHE), "Set HF_HOME to a folder elsewhere."),
    ]


def judge_disk(name: str, folder: Path) -> Finding:
    """Whether there is room, and whether it can be written to."""
    there = _existing(folder)
    try:
        free_gib = shutil.disk_usage(there).free / GIB
    except OSError as error:
        advice = "Work in another folder."
        return Finding(name, f"{folder}: {error.strerror}", "problem", advice)
    value = f"{free_gib:.1f} GiB free in {folder}"
    if not os.access(there, os.W_OK):
        advice = "Write runs elsewhere, with --out."
        return Finding(name, f"{value}, which can't be written to", "problem", advice)
    if free_gib < _LITTLEGIB:
        status: Status = "problem" if free_gib < _TOO_LITTLEGIB else "warning"
        return Finding(name, value, status, "Make room: checkpoints and decoded images need it.")
    return Finding(name, value)


def size_of(folder: Path) -> int:
    """Bytes of all files below; links are not followed, what can't be read counts nothing."""
    total = 0
    for parent, _, names in os.walk(folder):
        for name in names:
            try:
                total += os.lstat(os.path.join(parent, name)).st_size  # noqa: PTH118 (speed)
            except OSError:
                continue
    return total


def _judge_cache(name: str, folder: Path, elsewhere: str) -> Finding:
    disk = judge_disk(name, folder)
    taken = f"takes {size_of(folder) / GIB:.2f} GiB" if folder.is_dir() else "empty"
    return Finding(name, f"{taken}; {disk.value}", disk.status, elsewhere if disk.advice else "")


def _existing(folder: Path) -> Path:
    """The folder, or the nearest one above it that exists."""
    folder = folder.absolute()
    return next((place for place in (folder, *folder.parents) if place.exists()), folder)
