"""Where a device was idle between its kernels, and what the CPU did meanwhile."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass

# The CPU was in no operation of torch: Python itself, or what it calls.
PYTHON = "(Python)"


@dataclass(frozen=True, order=True)
class Interval:
    """Something that took from `start` to `end`, both in microseconds of one clock."""

    start: float
    end: float
    name: str = ""

    @property
    def length(self) -> float:
        """How long it took."""
        return self.end - self.start

    def shared_with(self, other: "Interval") -> float:
        """How long both went on at once."""
        return max(0.0, min(self.end, other.end) - max(self.start, other.start))


@dataclass(frozen=True)
class Gap:
    """A time in which nothing ran.

    Attributes:
        start_us: When it began, after the beginning of what was looked at.
        length_us: How long it was.
        after: What ended before it.
        before: What began after it.
        during: The innermost operation of the CPU that filled half of it or more.
    """

    start_us: float
    length_us: float
    after: str
    before: str
    during: str

    def to_json(self) -> dict[str, float | str]:
        """For a JSON file."""
        return asdict(self)


def merged(intervals: Iterable[Interval]) -> list[Interval]:
    """The times in which at least one interval went on, in order."""
    found: list[Interval] = []
    for interval in sorted(intervals):
        if found and interval.start <= found[-1].end:
            last = found[-1]
            found[-1] = Interval(last.start, max(last.end, interval.end))
        else:
            found.append(Interval(interval.start, interval.end))
    return found


def busy_us(intervals: Iterable[Interval]) -> float:
    """How long at least one of them went on."""
    return sum(interval.length for interval in merged(intervals))


def idle_gaps(
    kernels: Sequence[Interval], operations: Sequence[Interval], most: int = 10
) -> list[Gap]:
    """The longest times between kernels in which none ran, the longest first.

    Args:
        kernels: Of a device, on all its streams.
        operations: Of the CPU, in all its threads, nested as they called each other.
        most: How many to tell of.
    """
    if not kernels:
        return []
    in_order = sorted(kernels)
    last = in_order[0]
    found: list[tuple[Interval, str, str]] = []
    for kernel in in_order[1:]:
        if kernel.start > last.end:
            found.append((Interval(last.end, kernel.start), last.name, kernel.name))
        if kernel.end >= last.end:
            last = kernel
    found.sort(key=lambda each: -each[0].length)
    begin = in_order[0].start
    return [
        Gap(gap.start - begin, gap.length, after, before, operation_during(gap, operations))
        for gap, after, before in found[:most]
    ]


def operation_during(gap: Interval, operations: Iterable[Interval]) -> str:
    """The innermost operation that fills at least half of a gap; `PYTHON` if there is none.

    Of operations that call each other the innermost is the shortest.
    """
    filling = [each for each in operations if each.shared_with(gap) >= gap.length / 2]
    return min(filling, key=lambda each: each.length).name if filling else PYTHON
