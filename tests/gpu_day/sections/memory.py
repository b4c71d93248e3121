"""Running out of the device's memory, forced by a limit."""

from pathlib import Path

from core.run.events import Noticed, StepDone
from core.run.folder import RunFolder
from core.system.units import GIB
from tests.gpu_day.day import Day, Found, Skipped
from tests.gpu_day.runs import OnDevice, differences, new_run, recipe_for, trained
from tests.helpers.trainers import events_of, losses_of

_HALVED = "out-of-memory-halved"
# Large enough that what a layer holds outweighs the weights.
_BATCHES = {True: 512, False: 64}
_NEAR = 1e-2


def run(day: Day) -> Found:
    """Let half a batch have room, and a whole one not."""
    if day.device == "cpu":
        raise Skipped("there is no limit of memory for the CPU")
    batch = _BATCHES[day.is_gpu]
    whole, half = _a_run(day, "whole", batch), _a_run(day, "half", batch, batch // 2)
    peaks = [_peak(day, each) for each in (whole, half)]
    limit = sum(peaks) // 2
    short = _a_run(day, "short", batch)
    why = trained(day, short, OnDevice(day.device, memory=limit))
    found = Found(values={"peaks": peaks, "limit": limit})
    found.check("trains on", not why, why or f"with {limit / GIB:.2f} GiB", "finished")
    if why:
        return found
    halvings = [event.id for event in events_of(short, Noticed)].count(_HALVED)
    found.check("halvings", halvings == 1, halvings, "one for one shortage")
    off = differences(losses_of(short), losses_of(whole))
    found.check("same losses", off <= _NEAR, f"{off:.1e} off", f"within {_NEAR:g}")
    return found


def _a_run(day: Day, name: str, batch: int, piece: int | None = None) -> RunFolder:
    changes: dict[str, object] = {"data__labeled": None, "distill__rounds": 0}
    changes |= {"pretrain__steps": 2, "pretrain__batch_size": batch}
    changes |= {"runtime__precision": "float32", "runtime__micro_batch_size": piece}
    changes["runtime__report_s"] = 0.0
    run = new_run(day, f"memory-{name}", recipe_for(day, "images", **changes))
    _without_previews(run.previews)
    return run


def _without_previews(folder: Path) -> None:
    """They would take more than a step."""
    if folder.is_dir():
        folder.rmdir()
    folder.touch()


def _peak(day: Day, run: RunFolder) -> int:
    if why := trained(day, run):
        raise Skipped(f"without a limit it fails, too: {why}")
    return int(max(event.memory_gib for event in events_of(run, StepDone)) * GIB)
