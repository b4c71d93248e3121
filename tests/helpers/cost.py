"""What each test costs: CPU seconds of its own process and of those that it starts.

Unlike its duration, that hardly depends on what else the machine does. At the end of a run stand
those that cost more than a test of the default suite may (`CONTRIBUTING.md`); `--cost N` lists the
N dearest tests, and all files. What the fork server imports is nobody's, nor is what the warm
server does where processes share it.
"""

import os
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.system.process_names import WARM

# Of a test that isn't marked `slow`. What its fixtures cost, others may share: twice that.
MOST_S = 15.0
_KEY = "cpu_s"
_TICKS = os.sysconf("SC_CLK_TCK") if hasattr(os, "sysconf") else 1
_ARE_SHARED = "PYTEST_XDIST_WORKER" in os.environ


def spent_s() -> float:
    """CPU seconds so far of this process, and of its children with all that have ended of theirs.

    Those of children that run are known on Linux only.
    """
    own = sum(os.times()[:4])
    for listed in Path("/proc/self/task").glob("*/children"):
        try:
            own += sum(map(_of_child_s, listed.read_text(encoding="utf-8").split()))
        except OSError:  # the thread has ended
            continue
    return own


def _of_child_s(process: str) -> float:
    folder = Path("/proc") / process
    try:
        command = (folder / "cmdline").read_bytes()
        stat = (folder / "stat").read_text(encoding="utf-8")
    except OSError:
        return 0.0
    if _ARE_SHARED and WARM.encode() in command:
        return 0.0
    # After the name, which may contain anything: utime, stime, cutime and cstime (proc(5)).
    times = list(map(int, stat.rpartition(")")[2].split()[11:15]))
    # A fork server imports for all that come after; what it has forked belongs to a test.
    return sum(times[2:] if b"multiprocessing.forkserver" in command else times) / _TICKS


class Costs:
    """Takes the cost of each phase of each test, and says at the end what is dear."""

    def __init__(self, listed: int) -> None:
        self._listed = listed
        self._last = spent_s()

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self) -> Iterator[None]:
        """Leave out what was done between two tests."""
        self._last = spent_s()
        return (yield)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self, item: pytest.Item) -> Iterator[None]:
        """Write down what the phase has cost."""
        report = yield
        now = spent_s()
        report.user_properties.append((_KEY, now - self._last))
        report.is_slow = item.get_closest_marker("slow") is not None
        self._last = now
        return report

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Name what is too dear, and list what was asked for."""
        spent: dict[str, dict[str, float]] = defaultdict(dict)
        slow: set[str] = set()
        for reports in terminalreporter.stats.values():
            for report in reports:
                if isinstance(report, pytest.TestReport):
                    costs = dict(report.user_properties)
                    spent[report.nodeid][report.when] = costs.get(_KEY, 0.0)
                    if report.is_slow:
                        slow.add(report.nodeid)
        for line in too_dear({name: spent[name] for name in spent.keys() - slow}):
            terminalreporter.write_line(line, yellow=True)
        if self._listed:
            for line in _list(spent, self._listed):
                terminalreporter.write_line(line)


def too_dear(spent: dict[str, dict[str, float]]) -> list[str]:
    """A line for each phase of a test, of those by name, that cost more than it may."""
    return [
        f"TOO DEAR {name}: {seconds:.0f} CPU s of {phase}; at most {most:.0f} unless marked slow"
        for name, phases in sorted(spent.items())
        for phase, seconds in phases.items()
        if seconds > (most := MOST_S if phase == "call" else 2 * MOST_S)
    ]


def _list(spent: dict[str, dict[str, float]], number: int) -> Iterator[str]:
    files: dict[str, float] = defaultdict(float)
    phases = [(s, phase, name) for name, each in spent.items() for phase, s in each.items()]
    for seconds, _, name in phases:
        files[name.partition("::")[0]] += seconds
    yield f"{sum(files.values()):.0f} CPU s in all"
    for seconds, phase, name in sorted(phases, reverse=True)[:number]:
        yield f"{seconds:7.2f} {phase:8} {name}"
    for name, seconds in sorted(files.items(), key=lambda file: -file[1]):
        yield f"{seconds:7.2f} {name}"
