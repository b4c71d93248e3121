"""How near the plan's time comes to the run's, for images and texts.

    uv run python -m tests.benchmarks.plan_and_run [--kinds images text] [--share 0.5] [--out OUT]

Each sample's recipe is measured as the Plan page does it, in a process of its own, and estimated;
then it is trained, and every kind of stage is timed by what the run tells. Nothing else may run
meanwhile. Explained in README.md beside this file.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from core.data.manifest_file import read_manifest
from core.demo.demo import write_demo
from core.planning.estimate import Measurement, RunEstimate, estimate_run
from core.recipe import Recipe, write_recipe
from core.run.event_log import read_events
from core.run.events import Event, StageDone, StageResumed, StageStarted
from core.run.files import RECIPE
from core.run.folder import RunFolder
from core.system.others import Others
from core.system.process_names import MEASURE

# So far the time of a run may be from that of its plan, either way.
BAR = 0.3


def measured(recipe: Recipe, folder: Path) -> Measurement:
    """What the Plan page learns of this machine."""
    file = folder / RECIPE
    write_recipe(file, recipe)
    command = [sys.executable, "-m", MEASURE, str(file), str(folder)]
    # It works until its input ends, which is open until it has answered.
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        *_, last = (json.loads(line) for line in process.stdout)
    if last["kind"] != "done":
        sys.exit(f"it could not be measured: {last}")
    return Measurement.from_json(last)


def trained(recipe: Recipe, path: Path) -> tuple[RunFolder, float]:
    """A run of it, and how many seconds it took."""
    run = RunFolder.create(path, recipe)
    began = time.monotonic()
    command = [sys.executable, "-m", "core.trainer", str(run.path)]
    subprocess.run(command, stdout=subprocess.DEVNULL, check=True)
    return run, time.monotonic() - began


def spent_by_kind(events: Iterable[Event], estimate: RunEstimate) -> dict[str, float]:
    """Seconds from the start to the end of stages, by their kind in the estimate."""
    kinds = {stage.name: stage.kind for stage in estimate.stages}
    began: dict[str, float] = {}
    spent: dict[str, float] = defaultdict(float)
    for event in events:
        if isinstance(event, StageStarted | StageResumed):
            began[event.stage] = event.time
        elif isinstance(event, StageDone) and event.stage in began:
            spent[kinds.get(event.stage, event.stage)] += event.time - began.pop(event.stage)
    return dict(spent)


def compared(kind: str, share: float, out: Path) -> dict[str, Any]:
    """Plan and run of a sample.

    Args:
        kind: Name of its modality.
        share: Of its steps.
        out: Where to work.
    """
    recipe, said = write_demo(out, kind)
    print(said, file=sys.stderr)
    recipe = shortened(recipe, share)
    others = Others()
    measurement = measured(recipe, out)
    run, seconds = trained(recipe, out / "run")
    manifest = read_manifest(run.manifest_file)
    estimate = estimate_run(measurement, recipe, manifest.num_pretraining(), len(manifest.labeled))
    planned: dict[str, float] = defaultdict(float)
    for stage in estimate.stages:
        planned[stage.kind] += stage.seconds
    spent = spent_by_kind(read_events(run.events_file), estimate)
    return {
        "planned_s": round(estimate.seconds, 1),
        "took_s": round(seconds, 1),
        "ratio": round(seconds / estimate.seconds, 3),
        "is_within_bar": abs(seconds / estimate.seconds - 1) <= BAR,
        "others": round(others.share(), 3),
        "stages": {
            name: [round(value, 1), round(spent.get(name, 0.0), 1)]
            for name, value in planned.items()
        },
    }


def shortened(recipe: Recipe, share: float) -> Recipe:
    """The recipe with a share of its steps; warm-ups shrink with them."""
    values = recipe.model_dump(mode="json", exclude_none=True)
    for section in ("pretrain", "distill", "finetune"):
        for key in ("steps", "warmup_steps"):
            values[section][key] = round(share * values[section].get(key, 0))
    return Recipe.model_validate(values)


def main() -> int:
    """Measure and print; the exit code says whether all are within the bar."""
    parser = argparse.ArgumentParser(description="The plan's time beside the run's.")
    parser.add_argument("--kinds", nargs="+", default=["images", "text"])
    parser.add_argument("--share", type=float, default=1.0, help="Of the samples' steps.")
    parser.add_argument("--out", type=Path, help="A folder; a temporary one if there is none.")
    asked = parser.parse_args()
    found = {}
    with tempfile.TemporaryDirectory(prefix="redistill-plan-") as scratch:
        for kind in asked.kinds:
            folder = (asked.out or Path(scratch)) / kind
            folder.mkdir(parents=True)
            found[kind] = compared(kind, asked.share, folder)
            print(f"{kind}: {found[kind]}", file=sys.stderr, flush=True)
    print(json.dumps({"benchmark": "plan_and_run", "share": asked.share, "bar": BAR, **found}))
    return int(not all(each["is_within_bar"] for each in found.values()))


if __name__ == "__main__":
    sys.exit(main())
