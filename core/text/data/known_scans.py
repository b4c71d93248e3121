"""Manifests of earlier scans of many texts: what the window has read, a run need not read again."""

import hashlib
import json
import time
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any

from core.data.manifest import Manifest
from core.data.manifest_file import read_manifest, write_manifest
from core.errors import RunError
from core.system.cache_folder import cache_folder
from core.version import __version__

# Less is read again in seconds.
_LEAST_BYTES = 1 << 26
_MOST_KEPT = 8
# Some file systems count modification times in steps of two seconds.
_SETTLED_NS = 2_000_000_000


class KnownScan:
    """The manifest of a scan, if the same was asked of the same files before.

    It can always be made again: whatever is wrong with it counts as not known.

    Args:
        asked: Everything but the files that a manifest depends on, ready for JSON.
        files: All files that are read.
    """

    def __init__(self, asked: dict[str, Any], files: Iterable[Path]) -> None:
        stats = [(file, file.stat()) for file in files]
        self._newest_ns = max((stat.st_mtime_ns for _, stat in stats), default=0)
        self._is_large = sum(stat.st_size for _, stat in stats) >= _LEAST_BYTES
        known = [[str(file), stat.st_size, stat.st_mtime_ns] for file, stat in stats]
        text = json.dumps([__version__, asked, known], sort_keys=True)
        name = hashlib.sha256(text.encode("utf-8", errors="surrogatepass")).hexdigest()
        self._file = cache_folder() / "text-manifests" / f"{name}.jsonl"

    def manifest(self) -> Manifest | None:
        """What was found; None if it is not known."""
        if not self._is_large or not self._file.is_file():
            return None
        try:
            found = read_manifest(self._file)
        except RunError:
            return None
        with suppress(OSError):
            self._file.touch()
        return found

    def keep(self, manifest: Manifest) -> None:
        """Remember what was found, and forget what was not asked for the longest time."""
        if not self._is_large or time.time_ns() - self._newest_ns < _SETTLED_NS:
            return
        with suppress(OSError):
            self._file.parent.mkdir(parents=True, exist_ok=True)
            write_manifest(manifest, self._file)
            kept = sorted(self._file.parent.glob("*.jsonl"), key=lambda file: file.stat().st_mtime)
            for file in kept[:-_MOST_KEPT]:
                file.unlink()
