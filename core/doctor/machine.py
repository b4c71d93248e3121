"""The Python that runs this, and the machine's memory."""

import platform
import struct
from dataclasses import dataclass

import psutil

from core.doctor.finding import Finding
from core.system.free_memory import container_limit
from core.system.units import GIB
from core.version import __version__

_LITTLE_MEMORYGIB = 2.0


@dataclass(frozen=True, kw_only=True)
class MemoryFacts:
    """Main memory in GiB; `limit_gib` is that of the container, if it has one."""

    total_gib: float
    available_gib: float
    limit_gib: float | None


def judge_python() -> Finding:
    """Versions of Redistill, Python and the operating system."""
    system = platform.platform(aliased=True, terse=True)
    value = f"Redistill {__version__}, Python {platform.python_version()}, {system}"
    if struct.calcsize("P") < 8:
        return Finding("System", value, "problem", "Use a 64-bit Python; torch has no other.")
    return Finding("System", value)


def memory_facts() -> MemoryFacts:
    """What this machine and its container have."""
    memory, limit = psutil.virtual_memory(), container_limit()
    return MemoryFacts(
        total_gib=memory.total / GIB,
        available_gib=memory.available / GIB,
        limit_gib=limit / GIB if limit is not None else None,
    )


def judge_memory(facts: MemoryFacts) -> Finding:
    """Whether there is memory enough to train in."""
    value = f"{facts.available_gib:.1f} of {facts.total_gib:.1f} GiB free"
    usable = facts.available_gib
    if facts.limit_gib is not None:
        value += f"; this container may use {facts.limit_gib:.1f} GiB"
        usable = min(usable, facts.limit_gib)
    if usable < _LITTLE_MEMORYGIB:
        advice = "Close other programs, or train a smaller model."
        return Finding("Memory", value, "warning", advice)
    return Finding("Memory", value)
