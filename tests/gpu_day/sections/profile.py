"""One stage's steps under the profiler, and where the device waited for the host."""

import dataclasses

from tests.benchmarks.gaps import idle_gaps
from tests.benchmarks.pictures import write_jpegs
from tests.benchmarks.step_profile import StepProfile, profiled
from tests.gpu_day.day import Day, Found
from tests.gpu_day.runs import folder_of
from tests.gpu_day.sections.speed import alone_with, settings_for

# What the ten costliest are of.
_STAGE = "distill"
_STEPS = 2
COSTLIEST = 10


def run(day: Day) -> Found:
    """Of self-distillation, which has the most kernels."""
    alone_with(day)
    # A step has thousands of kernels: few are enough, and quick to look at.
    few = {"settle": 0, "steps": _STEPS, "repeats": 1}
    settings = settings_for(day, _STAGE)
    settings = dataclasses.replace(settings, images=settings.batch_size, **few)
    folder = folder_of(day, "profile")
    write_jpegs(folder / "files", settings.images, settings.file_side)
    return looked_at(profiled(settings, folder))


def looked_at(found: StepProfile) -> Found:
    """Idle time in all, and the ten longest gaps."""
    gaps = idle_gaps(found.kernels, found.operations, COSTLIEST)
    told = Found(
        values={
            "steps": found.num_steps,
            "step_ms": found.wall_us / 1000 / found.num_steps,
            "idle_share": found.outside_share,
            "kernels_per_step": len(found.kernels) / found.num_steps,
            "costliest_ms": found.costliest(),
            "gaps": [gap.to_json() for gap in gaps],
        }
    )
    words = f"{found.outside_share:.1%} of {told.values['step_ms']:.2f} ms of a step"
    told.check("without a kernel", None, words)
    return told
