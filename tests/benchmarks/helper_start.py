"""How long until a helper process says something, started anew and from the warm server.

    uv run python -m tests.benchmarks.helper_start RUN

RUN is a finished run on images (`redistill demo`). The two take turns. Ends in one line of JSON.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

from core.run.folder import RunFolder
from core.system.own_process import child_environment, module_command, plain_command
from core.system.warm_server import WarmServer

# Its first message of these kinds is what a user waits for; "progress" says only that it begins.
_ANSWERS = {"done", "ready"}


def seconds(command: list[str], folder: Path) -> tuple[float, float]:
    """From before the process exists until it is at work, and until its answer."""
    began = time.perf_counter()
    first = None
    with subprocess.Popen(
        command,
        cwd=folder,
        env=child_environment(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    ) as process:
        assert process.stdout is not None
        for line in process.stdout:
            message = json.loads(line)
            first = first or time.perf_counter() - began
            if message["kind"] in _ANSWERS:
                break
        else:
            sys.exit(f"no answer of {command}")
        spent = time.perf_counter() - began
        process.communicate()
    assert first is not None
    return first, spent


def helpers(run: RunFolder, folder: Path) -> dict[str, list[str]]:
    """What is started, by name."""
    asked = json.dumps({"name": "starter", "offline": True, "kind": "images"})
    out = folder / f"export-{time.monotonic_ns()}"
    return {
        "check_model": ["core.processes.check_model", asked],
        "predict": ["core.processes.predict", str(run.path)],
        "measure": ["core.processes.measure", str(run.path / "recipe.toml"), str(folder)],
        "export": ["core.processes.export", str(run.path), "--format", "timm", "--out", str(out)],
    }


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="Time to the answer of helper processes.")
    parser.add_argument("run", type=Path)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--warm-only", action="store_true", help="Start none anew.")
    asked = parser.parse_args()
    run, server = RunFolder.open(asked.run.resolve()), WarmServer()
    began = time.perf_counter()
    server.start()
    while not server.is_ready():
        if server.has_ended():
            sys.exit("there is no warm server here")
        time.sleep(0.05)
    ways = {"cold": plain_command, "warm": module_command}
    if asked.warm_only:
        del ways["cold"]
    found: dict[str, dict[str, list[float]]] = {}
    loading_s = time.perf_counter() - began
    with tempfile.TemporaryDirectory() as name:
        for turn in range(asked.repeats + 1):
            for helper, words in helpers(run, Path(name)).items():
                for kind, command in ways.items():
                    first, spent = seconds(command(*words), Path(name))
                    print(turn, helper, kind, f"{first:.2f} {spent:.2f}", file=sys.stderr)
                    if turn:  # the first fills the page cache
                        times = found.setdefault(helper, {})
                        times.setdefault(kind, []).append(spent)
                        times.setdefault(f"{kind}_at_work", []).append(first)
    server.stop()
    print(
        json.dumps(
            {
                "benchmark": "helper_start",
                "median_s": {
                    helper: {kind: round(median(times), 2) for kind, times in kinds.items()}
                    for helper, kinds in found.items()
                },
                "all_s": found,
                "loading_s": loading_s,
                "load": os.getloadavg()[0],
                "repeats": asked.repeats,
                "cpus": os.cpu_count(),
            }
        )
    )


if __name__ == "__main__":
    main()
