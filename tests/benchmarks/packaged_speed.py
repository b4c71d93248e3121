"""Training speed of the packaged program beside that of the same sources and libraries unpackaged.

    uv run --no-sync python -m tests.benchmarks.packaged_speed dist/redistill

Run it with the Python that the program was built with. Both pre-train the starter on the demo's
digits, in trainer processes of their own that take turns; who goes first changes from pair to pair.
Speeds are of the steps alone, without start, scan and decoding; those per second of processor
(`_cpu`) can be believed on a machine that does other work too. Ends in one line of JSON.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median

import psutil
import torch

from core.demo.demo import demo_recipe
from core.demo.digits import write_digits
from core.recipe import Recipe
from core.run.event_json import from_json
from core.run.events import StepDone
from core.run.folder import RunFolder
from core.system import process_names

_SETTLE = 4


def speed(command: list[str], run: RunFolder, recipe: Recipe) -> tuple[float, float]:
    """Images per second of a trainer process, of the clock (median over steps) and of processor."""
    run.start_over(recipe)
    for file in run.path.glob("stages/*/*"):
        file.unlink()
    speeds: list[float] = []
    spent: list[float] = []
    with subprocess.Popen(
        [*command, "-m", process_names.TRAINER, str(run.path)],
        env={**os.environ, "PYTHONPATH": str(Path.cwd())},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        encoding="utf-8",
    ) as process:
        assert process.stdout is not None
        watched = psutil.Process(process.pid)
        for line in process.stdout:
            event = from_json(line)
            if isinstance(event, StepDone):
                times = watched.cpu_times()
                spent.append(times.user + times.system)
                speeds.append(event.images_per_s)
    if process.returncode:
        sys.exit(f"{command[0]}: {run.status().text}")
    images = recipe.pretrain.batch_size * (len(spent) - 1 - _SETTLE)
    return median(speeds[_SETTLE:]), images / (spent[-1] - spent[_SETTLE])


def benchmark_recipe(digits: Path, steps: int) -> Recipe:
    """Further pre-training only, one event per step."""
    values = demo_recipe(digits).model_dump(mode="json", exclude_none=True)
    values["data"].pop("labeled")
    # As large as the starter takes images and as the paper hides them, whatever the demo does.
    values["model"].pop("image_size")
    values["pretrain"] |= {"steps": steps, "warmup_steps": 0, "mask_ratio": 0.75}
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
    taken: dict[str, list[tuple[float, float]]] = {side: [] for side in sides}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        os.environ["REDISTILL_CACHE"] = str(folder / "cache")
        write_digits(folder / "digits")
        recipe = benchmark_recipe(folder / "digits", asked.steps)
        run = RunFolder.create(folder / "run", recipe)
        for pair in range(asked.pairs):
            for side in sorted(sides, reverse=bool(pair % 2)):
                taken[side].append(speed(sides[side], run, recipe))
                print(
                    f"{side}: %.1f images/s, %.1f per s of processor" % taken[side][-1],
                    file=sys.stderr,
                )
    found: dict[str, object] = {}
    for number, kind in enumerate(("", "_cpu")):
        pairs = zip(taken["packaged"], taken["unpackaged"], strict=True)
        ratios = [packaged[number] / unpackaged[number] for packaged, unpackaged in pairs]
        found |= {f"ratio{kind}": median(ratios), f"ratios{kind}": ratios}
        for side, speeds in taken.items():
            found[f"images_per{kind}_s_{side}"] = median(each[number] for each in speeds)
    found |= {"torch": torch.__version__, "load": os.getloadavg()[0]}
    print(json.dumps({"benchmark": "packaged_speed", **found, "cpus": os.cpu_count()}))


if __name__ == "__main__":
    main()
