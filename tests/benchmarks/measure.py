"""Two sides in processes of their own take turns; each tells how long its blocks took."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from core.version import __version__
from tests.benchmarks.settings import Settings

_ROOT = Path(__file__).resolve().parents[2]


class Turns:
    """A side's end: counts steps, times blocks, waits for its turn between them.

    Args:
        settings: Lengths of the blocks.
        extras: More about the last block, asked for at its end.
    """

    def __init__(self, settings: Settings, extras: Callable[[], dict[str, float]] = dict) -> None:
        self._settings = settings
        self._extras = extras
        self._start = 0.0
        # Whatever else prints must not come between the lines of the conversation.
        self._out = os.fdopen(os.dup(1), "w", encoding="utf-8")
        os.dup2(2, 1)

    def step_done(self, step: int) -> None:
        """Note that `step` steps are complete on the device; may wait for the next turn."""
        since = step - self._settings.warm_up
        block = self._settings.settle + self._settings.steps
        if since >= 0 and since % block == 0:
            if since:
                self.say(seconds=time.perf_counter() - self._start, **self._extras())
            else:
                self.say(ready=True)
            if since < self._settings.repeats * block:
                sys.stdin.readline()
                self._extras()
            self._start = time.perf_counter()
        if since >= 0 and since % block == self._settings.settle:
            self._extras()
            self._start = time.perf_counter()

    def say(self, **values: Any) -> None:
        self._out.write(json.dumps(values) + "\n")
        self._out.flush()


# The reference's threads wait as long as libgomp lets them when nothing is said; `core`, from which
# it borrows the dimensions, would let them sleep. For ours it is what the trainer sets itself.
_SPIN = {"GOMP_SPINCOUNT": "300000"}


class Side:
    """The parent's end of a side: `ours` or `reference`."""

    def __init__(self, name: str, settings: Settings, work: Path) -> None:
        self.name = name
        arguments = ["-m", f"tests.benchmarks.{name}", settings.to_json(), os.fspath(work)]
        self._process = subprocess.Popen(
            [sys.executable, *arguments],
            env={**os.environ, **_SPIN},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            cwd=_ROOT,
        )

    def hear(self) -> dict[str, Any]:
        """The next line of the side."""
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise SystemExit(f"{self.name} ended early, with code {self._process.wait()}")
        values: dict[str, Any] = json.loads(line)
        return values

    def block(self) -> dict[str, Any]:
        """Let it train a block; how long that took."""
        assert self._process.stdin is not None
        self._process.stdin.write("go\n")
        self._process.stdin.flush()
        return self.hear()

    def close(self) -> None:
        self._process.terminate()
        self._process.wait()


def peak_memory_gib(device: str) -> float:
    """Peak of this process: allocated on a CUDA device, else resident, all its life long."""
    if device == "cuda":
        import torch

        return torch.cuda.max_memory_allocated() / 2**30
    if sys.platform == "win32":
        import psutil

        return float(psutil.Process().memory_info().peak_wset) / 2**30
    import resource

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak * (1 if sys.platform == "darwin" else 1024) / 2**30


def versions() -> dict[str, str]:
    """What was measured with."""
    import platform
    from importlib.metadata import version

    names = ("torch", "transformers", "timm", "accelerate", "pillow", "numpy")
    own = {"redistill": __version__, "python": platform.python_version()}
    return own | {name: version(name) for name in names}
