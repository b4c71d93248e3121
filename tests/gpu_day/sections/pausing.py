"""Pausing in the middle of a stage, and going on."""

import time

from core.run.events import StageResumed
from core.run.launch import send_command
from tests.gpu_day.day import Day, Found
from tests.gpu_day.runs import OnDevice, begun, differences, new_run, recipe_for, trained
from tests.helpers.trainers import At, events_of, losses_of, outcome, weights_of

_STAGE, _STEP = "01-further-pretrain", 2
_NEAR = 1e-3


def run(day: Day) -> Found:
    """Against a run that nobody paused."""
    only = {"data__labeled": None, "distill__rounds": 0, "pretrain__steps": 4}
    only |= {"runtime__report_s": 0.0, "runtime__checkpoint_minutes": 0.0}
    recipe = recipe_for(day, "images", runtime__precision="float32", **only)
    straight, paused = (new_run(day, f"pausing-{name}", recipe) for name in ("never", "once"))
    found = Found()
    if why := trained(day, straight):
        found.check("trains", False, why)
        return found
    at = At(paused.path, "step_done", _STAGE, _STEP)
    trainer = begun(day, paused, OnDevice(day.device, then=at))
    trainer.wait_until_held()
    send_command(paused, "pause")
    while (paused.path / "control.json").exists():
        time.sleep(0.01)
    # It is removed a moment before it is passed on.
    time.sleep(0.1)
    trainer.let_go()
    trainer.wait(day.seconds)
    found.check("pauses", outcome(paused).outcome == "paused", outcome(paused).text, "paused")
    why = trained(day, paused)
    resumed = [event.step for event in events_of(paused, StageResumed)]
    # Where the host runs ahead of the device, a step is told of when the next one has begun.
    went_on = not why and resumed in ([_STEP], [_STEP + 1])
    found.check("goes on", went_on, why or f"from step {resumed}", f"from step {_STEP} or the next")
    off = differences(losses_of(paused), losses_of(straight))
    is_equal = weights_of(paused) == weights_of(straight)
    words = f"losses {off:.1e} off, weights {'equal' if is_equal else 'differ'} bit by bit"
    found.check("as if never paused", off <= _NEAR, words, f"losses within {_NEAR:g}")
    found.values = {"losses_off": off, "weights_equal": is_equal}
    return found
