"""What a host waits for, where it asked, and between which updates of the weights."""

import json
import sys
import threading
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

_CORE = str(Path(__file__).resolve().parents[2] / "core")


@dataclass
class Waits:
    """A log of one process.

    Attributes:
        updates: Optimizer steps so far.
        seen: How often (what, where in `core`, after how many updates).
        file: Written whenever something was seen, for the process that started this one.
    """

    updates: int = 0
    seen: Counter[tuple[str, str, int]] = field(default_factory=Counter)
    file: Path | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def note(self, what: str) -> None:
        """The host waits now."""
        with self._lock:
            self.seen[what, _where(), self.updates] += 1

    def note_update(self) -> None:
        """The weights change now."""
        with self._lock:
            self.updates += 1

    def write(self) -> None:
        """Tell the process that started this one."""
        if self.file is not None:
            rows = [[*key, count] for key, count in self.seen.items()]
            self.file.write_text(json.dumps({"updates": self.updates, "seen": rows}))

    def places(self) -> Counter[str]:
        """How often each place made the host wait."""
        found: Counter[str] = Counter()
        for (_, where, _), count in self.seen.items():
            found[where] += count
        return found


def read_waits(file: Path) -> Waits:
    """What another process wrote."""
    values = json.loads(file.read_text())
    seen = Counter({(what, where, at): count for what, where, at, count in values["seen"]})
    return Waits(values["updates"], seen)


def _where() -> str:
    """`stages.encode._compute`: the innermost function of the program, if there is one."""
    frame = sys._getframe(2)
    while frame is not None:
        file = frame.f_code.co_filename
        if file.startswith(_CORE):
            module = file[len(_CORE) + 1 :].removesuffix(".py").replace("/", ".")
            return f"{module}.{frame.f_code.co_name}"
        frame = frame.f_back
    return f"(thread {threading.current_thread().name})"


WAITS = Waits()
