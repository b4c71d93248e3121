"""Both modalities from scan to classifier in each precision, and against the CPU."""

import math
from typing import Any

from core.run.folder import RunFolder
from core.run.plan import fine_tuning_of
from tests.gpu_day.day import Day, Found
from tests.gpu_day.runs import (
    KINDS,
    OFTEN_S,
    begun,
    differences,
    ended,
    new_run,
    recipe_for,
    tiny_world,
    trained,
    with_device,
)
from tests.helpers.trainers import losses_of, outcome, summary_of
from tests.helpers.worlds import tiny_recipe

PRECISIONS = ("float32", "bfloat16", "float16")
# The first step's loss is of the same weights and examples.
_FIRST_STEP_NEAR = 0.05
_NEAR_CPU = 2e-3
# The error of a device that does not train in a precision.
_LACKS = "precision-unavailable"
# Each device draws dropout its own way; TF32 has three digits.
_ALIKE: dict[str, Any] = {
    "finetune__dropout": 0.0,
    "finetune__arms": ["distilled"],
    "runtime__tf32": False,
    "runtime__precision": "float32",
}


def run(day: Day) -> Found:
    """All of them."""
    found = Found()
    for kind in KINDS:
        in_each_precision(day, kind, found)
        like_the_cpu(day, kind, found)
    return found


def in_each_precision(day: Day, kind: str, found: Found, **changes: object) -> None:
    """Train at once, a process for each precision; `changes` of the recipe."""
    changes = {"runtime__report_s": OFTEN_S, **changes}
    runs = {
        precision: new_run(
            day,
            f"{kind}-{precision}",
            recipe_for(day, kind, runtime__precision=precision, **changes),
        )
        for precision in PRECISIONS
    }
    trainers = {precision: begun(day, run) for precision, run in runs.items()}
    whys = {precision: ended(day, trainer) for precision, trainer in trainers.items()}
    exact = losses_of(runs["float32"]) if not whys["float32"] else {}
    for precision, run in runs.items():
        name = f"{kind} in {precision}"
        if whys[precision]:
            lacks = outcome(run).error_id == _LACKS
            found.check(name, None if lacks else False, whys[precision])
            continue
        found.values[name] = values = _looked_at(run, exact)
        near = values["first_losses_off"] <= _FIRST_STEP_NEAR
        passed = values["finite"] and values["precision"] == precision and near
        words = f"first losses {values['first_losses_off']:.2%} off, {values['accuracy']}"
        found.check(name, passed, words, f"finite, within {_FIRST_STEP_NEAR:.0%} of float32")


def _looked_at(run: RunFolder, exact: dict[str, Any]) -> dict[str, Any]:
    losses = losses_of(run)
    firsts = {name: steps for name, steps in losses.items() if not fine_tuning_of(name)}
    off = [
        abs(steps[min(steps)]["loss"] / exact[name][min(steps)]["loss"] - 1)
        for name, steps in firsts.items()
        if min(steps) in exact.get(name, {})
    ]
    each = [loss["loss"] for steps in losses.values() for loss in steps.values()]
    last = max(path.name for path in run.stages.iterdir())
    test = summary_of(run, last).get("test", {})
    accuracy = test.get("accuracy", {}).get("value")
    return {
        "precision": run.read_json("environment.json")["precision"],
        "finite": all(map(math.isfinite, each)),
        "first_losses_off": max(off, default=0.0),
        "accuracy": "no test" if accuracy is None else f"accuracy {accuracy:.3f}",
    }


def like_the_cpu(day: Day, kind: str, found: Found) -> None:
    """A tiny model learns on the device what it learns on the CPU."""
    name = f"{kind} as on the CPU"
    if day.device == "cpu":
        found.check(name, None, "this is the CPU")
        return
    world, runs = tiny_world(day, kind), []
    for place in (day, with_device(day, "cpu")):
        device = "cpu" if place.device == "cpu" else recipe_for(day, kind).runtime.device
        recipe = tiny_recipe(world, runtime__device=device, **_ALIKE)
        run = new_run(day, f"{kind}-alike-{place.device.replace(':', '-')}", recipe)
        if why := trained(place, run):
            found.check(name, False, why)
            return
        runs.append(run)
    off = differences(*map(losses_of, runs))
    found.check(name, off <= _NEAR_CPU, f"losses {off:.1e} off", f"within {_NEAR_CPU:g}")
