"""Main memory: what a container may use of it, and what this process may still take."""

from pathlib import Path

import psutil

# Limits of containers, cgroup v2 and v1; a limit beyond the machine's memory means none.
_LIMIT_FILES = ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes")


def container_limit() -> int | None:
    """Bytes that this container may use; None where it may use all."""
    limits = [limit for name in _LIMIT_FILES if (limit := _limit(Path(name))) is not None]
    total = psutil.virtual_memory().total
    limit = min(limits, default=total)
    return limit if limit < total else None


def free_bytes() -> int:
    """Bytes of main memory that this process may still take."""
    free, limit = psutil.virtual_memory().available, container_limit()
    if limit is not None:
        free = min(free, limit - psutil.Process().memory_info().rss)
    return max(0, free)


def _limit(path: Path) -> int | None:
    try:
        text = path.read_text(encoding="ascii").strip()
    except OSError:
        return None
    return int(text) if text.isdigit() else None
