"""Two processes that train together: on one GPU over gloo, on two over NCCL."""

import socket

from core.recipe import Recipe
from core.run.events import RunStarted
from core.training.gpus import gpus_here
from tests.gpu_day.day import LATER, Day, Found, Skipped
from tests.gpu_day.runs import begun, differences, ended, new_run, recipe_for, trained
from tests.helpers.trainers import events_of, losses_of

_NEAR = 1e-3
_ONLY: dict[str, object] = {
    "data__labeled": None,
    "distill__rounds": 0,
    "pretrain__steps": 4,
    "runtime__report_s": 0.0,
}


def run(day: Day) -> Found:
    """Each against one process alone."""
    if day.device == LATER:
        raise Skipped("the test device has no gloo")
    found = Found()
    alone = new_run(day, "alone", _recipe(day, day.device))
    if why := trained(day, alone):
        found.check("one process", False, why)
        return found
    expected = losses_of(alone)
    together(day, "two on one device, gloo", day.device, expected, found)
    if len([gpu for gpu in gpus_here() if not gpu.why_not]) > 1:
        together(day, "two on two GPUs, NCCL", "cuda", expected, found)
    else:
        found.check("two on two GPUs, NCCL", None, "there are no two GPUs")
    return found


def together(
    day: Day, name: str, device: str, expected: dict[str, dict[int, dict[str, float]]], found: Found
) -> None:
    """Two trainers on one run, as `torchrun` would start them."""
    run = new_run(day, name.replace(", ", "-").replace(" ", "-"), _recipe(day, device))
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = str(free.getsockname()[1])
    world = {"WORLD_SIZE": "2", "LOCAL_WORLD_SIZE": "2"}
    where = {"MASTER_ADDR": "127.0.0.1", "MASTER_PORT": port, **world}
    trainers = [begun(day, run, None, RANK=rank, LOCAL_RANK=rank, **where) for rank in ("0", "1")]
    whys = list(filter(None, [ended(day, trainer) for trainer in trainers]))
    if whys:
        found.check(name, False, whys[0])
        return
    (started,) = events_of(run, RunStarted)
    off = differences(losses_of(run), expected)
    passed = started.num_processes == 2 and off <= _NEAR
    found.check(name, passed, f"losses {off:.1e} off", f"within {_NEAR:g} of one process")


def _recipe(day: Day, device: str) -> Recipe:
    changes = {
        **_ONLY,
        "runtime__report_s": 0.0,
        "runtime__precision": "float32",
        "runtime__tf32": False,
    }
    # An odd batch: the two have shares that differ.
    return recipe_for(day, "images", runtime__device=device, pretrain__batch_size=9, **changes)
