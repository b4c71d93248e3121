"""Training speed of the packaged program beside that of the same sources and libraries unpackaged.

    uv run --no-sync python -m tests.benchmarks.packaged_speed dist/redistill

Run it with the Python that the program was built with. Both pre-train the starter on the demo's
digits, in trainer processes of their own that take turns; who goes first changes from pair to pair.
Speeds are the trainer's own events, without start, scan and decoding. Ends in one line of JSON.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median

import torch

from core.demo import demo_recipe
from core.digits import write_digits
from core.event_log import read_events
from core.events import RunEnded, StepDone
from core.recipe import Recipe
from core.run_folder import RunFolder

_SETTLE = 4


def speed(command: list[str], run: RunFolder, recipe: Recipe) -> float:
    """Images per second of a trainer process, the median over its steps."""
    run.start_over(recipe)
    for folder in run.path.glob("stages/*"):
        for file in folder.iterdir():
            file.unlink()
    environment = {**os.environ, "PYTHONPATH": str(Path.cwd())}
    done = subprocess.run(
        [*command, "-m", "core.trainer", str(run.path)],
        env=environment,
        capture_output=True,
        check=False,
    )
    events = list(read_events(run.events_file))
    if done.returncode:
        sys.exit(f"{command[0]}: {[each.text for each in events if isinstance(each, RunEnded)]}")
    steps = [event.images_per_s for event in events if isinstance(event, StepDone)]
    return median(steps[_SETTLE:])


def benchmark_recipe(digits: Path, steps: int) -> Recipe:
    """Further pre-training only, one event per step."""
    values = demo_recipe(digits).model_dump(mode="json", exclude_none=True)
    values["data"].pop("labeled")
    values["pretrain"]["steps"] = steps
    values["distill"]["rounds"] = 0
    values["probe"]["every"] = 0
    values["runtime"] |= {"report_s": 0.0, "workers": 0}
    return Recipe.model_validate(values)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="Training speed, packaged and not.")
    parser.add_argument("program", type=Path, help="The folder that build.spec made.")
    parser.add_argument("--pairs", type=int, default=5)
    parser.add_argument("--steps", type=int, default=20)
    asked = parser.parse_args()
    sides = {
        "packaged": [str(asked.program.resolve() / "redistill")],
        "unpackaged": [sys.executable],
    }
    taken: dict[str, list[float]] = {side: [] for side in sides}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        os.environ["REDISTILL_CACHE"] = str(folder / "cache")
        write_digits(folder / "digits")
        recipe = benchmark_recipe(folder / "digits", asked.steps)
        run = RunFolder.create(folder / "run", recipe)
        for pair in range(asked.pairs):
            for side in sorted(sides, reverse=bool(pair % 2)):
                taken[side].append(speed(sides[side], run, recipe))
                print(f"{side}: {taken[side][-1]:.1f} images/s", file=sys.stderr)
    both = zip(taken["packaged"], taken["unpackaged"], strict=True)
    ratios = [packaged / unpackaged for packaged, unpackaged in both]
    found = {f"images_per_s_{side}": median(speeds) for side, speeds in taken.items()}
    found |= {"ratio": median(ratios), "ratios": ratios, "torch": torch.__version__}
    print(json.dumps({"benchmark": "packaged_speed", **found, "cpus": os.cpu_count()}))


if __name__ == "__main__":
    main()
