"""What the plan takes for a step, against the steps of a run."""

import io

from core.planning.estimate import Measurement
from core.processes.measure import measure
from core.recipe import Recipe
from core.run.events import Event, StepDone
from core.system.json_lines import MessageWriter
from tests.gpu_day.day import Day, Found
from tests.gpu_day.runs import OFTEN_S, folder_of, new_run, recipe_for, trained
from tests.helpers.trainers import events_of

# How far a plan may be off, either way.
_FACTOR = 1.5
_STEPS = {True: 200, False: 24}
_KINDS = ("further-pretrain", "self-distill", "finetune")
# Share of the steps that warm up.
_WARM = 0.25


def run(day: Day) -> Found:
    """Of a run on images."""
    recipe = long_enough(day)
    return compared(day, recipe, measured(day, recipe))


def long_enough(day: Day) -> Recipe:
    """Enough steps after the first ones, which take longer."""
    number = _STEPS[day.is_gpu]
    steps = {f"{section}__steps": number for section in ("pretrain", "distill", "finetune")}
    changes = {**steps, "finetune__arms": ["distilled"], "probe__every": 0}
    return recipe_for(day, "images", runtime__report_s=OFTEN_S, **changes)


def measured(day: Day, recipe: Recipe) -> dict[str, float]:
    """Seconds of a step, measured as the window's helper does; in this process."""
    scratch = folder_of(day, "measuring")
    found: Measurement = measure(recipe, MessageWriter(io.StringIO()), scratch)
    finetune_s = found.finetune_image_s * recipe.finetune.batch_size
    return dict(zip(_KINDS, (found.masked_step_s, found.distill_step_s, finetune_s), strict=True))


def compared(day: Day, recipe: Recipe, planned: dict[str, float]) -> Found:
    """As planned, and as they were."""
    run = new_run(day, "measured", recipe)
    if why := trained(day, run):
        found = Found()
        found.check("the run", False, why)
        return found
    taken = step_seconds(events_of(run))
    found = Found(values={"planned_step_s": planned, "taken_step_s": taken})
    for kind in _KINDS:
        words = f"planned {planned[kind] * 1000:.2f} ms, {taken[kind] * 1000:.2f} ms taken"
        passed = planned[kind] / _FACTOR <= taken[kind] <= planned[kind] * _FACTOR
        # Of a tiny model the time goes elsewhere.
        found.check(kind, passed if day.is_gpu else None, words, f"within {_FACTOR:g} times")
    return found


def step_seconds(events: list[Event]) -> dict[str, float]:
    """Of a step of each kind of stage, once it is warm; the mean over stages of the kind."""
    stages: dict[str, list[StepDone]] = {}
    for event in events:
        if isinstance(event, StepDone) and event.step > _WARM * event.num_steps:
            stages.setdefault(event.stage, []).append(event)
    found: dict[str, float] = {}
    for kind in _KINDS:
        ends = [(steps[0], steps[-1]) for stage, steps in stages.items() if kind in stage]
        number = sum(last.step - first.step for first, last in ends)
        found[kind] = sum(last.time - first.time for first, last in ends) / max(number, 1)
    return found
