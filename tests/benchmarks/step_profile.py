"""Where the time of a training step goes: in kernels, or around them.

    uv run python -m tests.benchmarks.step_profile --preset vit-s-224 --stage distill

A few steps of our own loop under torch's profiler, on one thread. On a CPU a kernel is an operation
of torch that has one of its own and computes something; all else (Python, autograd, operations made
of others, views, allocation, the profiler itself) is around them. Ends in one line of JSON.
"""

import argparse
import json
import math
import operator
import os
import sys
import tempfile
import time
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from statistics import median
from typing import Any

import torch
from torch.autograd import DeviceType
from torch.profiler import ProfilerActivity, profile

from core.run.events import Event
from core.training.context import Adjustments, RunContext
from core.training.loop import Timing, TrainingLoop
from tests.benchmarks.gaps import Interval, busy_us, idle_gaps
from tests.benchmarks.measure import versions
from tests.benchmarks.ours import Preparation, build_job
from tests.benchmarks.pictures import write_jpegs
from tests.benchmarks.settings import PRESETS, STAGES, Settings

# They set up a tensor and compute nothing.
_NO_KERNELS = {
    f"aten::{name}"
    for name in (
        *("view", "_unsafe_view", "reshape", "_reshape_alias", "as_strided", "alias", "detach"),
        *("select", "slice", "narrow", "expand", "expand_as", "transpose", "t", "permute"),
        *("squeeze", "unsqueeze", "split", "chunk", "unbind", "flatten", "unflatten", "lift_fresh"),
        *("empty", "empty_like", "empty_strided", "new_empty", "resize_", "result_type", "to"),
        *("is_nonzero", "contiguous", "conj", "resolve_conj", "resolve_neg", "set_"),
    )
}
_TOLD = 12


@dataclass(frozen=True)
class StepProfile:
    """Some steps in a row.

    Attributes:
        num_steps: How many.
        wall_us: From before the first until all that was asked of the device is done.
        thread_us: Processor time of the training thread meanwhile.
        plain_us: The median of the steps before, but for the first: without the profiler.
        kernels: Of the GPU; on a CPU, operations that compute.
        operations: Of the CPU, nested as they called each other.
    """

    num_steps: int
    wall_us: float
    thread_us: float
    plain_us: float
    kernels: list[Interval]
    operations: list[Interval]

    @property
    def outside_share(self) -> float:
        """Share of the time in which no kernel ran."""
        return 1 - busy_us(self.kernels) / self.wall_us

    @property
    def profiler_share(self) -> float:
        """What of `outside_share` the profiler itself took: steps without it are as much shorter.

        It takes its time around kernels, for each operation.
        """
        return max(0.0, 1 - self.num_steps * self.plain_us / self.wall_us)

    def costliest(self, most: int = _TOLD) -> dict[str, float]:
        """Milliseconds per step of the kernels that take most, by name."""
        found: dict[str, float] = {}
        for kernel in self.kernels:
            each = kernel.length / 1000 / self.num_steps
            found[kernel.name] = found.get(kernel.name, 0.0) + each
        named = sorted(found.items(), key=lambda pair: -pair[1])[:most]
        return {name: round(value, 3) for name, value in named}


class _Watch:
    """Profiles the steps after the first `warm_up`, told by the loop after each one."""

    def __init__(self, settings: Settings, prepared: Preparation) -> None:
        self._first = settings.warm_up
        self._last = settings.num_steps
        self._hardware = prepared.hardware
        kinds = [ProfilerActivity.CPU]
        if prepared.hardware.device.type == "cuda":
            kinds.append(ProfilerActivity.CUDA)
        self.profile = profile(activities=kinds)
        self.clock = self.thread = 0.0
        self._ends: list[float] = []

    @property
    def plain_s(self) -> float:
        """The median step before it profiled; not a number after a single one."""
        steps = list(map(operator.sub, self._ends[1:], self._ends[:-1]))
        return median(steps) if steps else math.nan

    def __call__(self, stage: str, step: int) -> None:
        del stage
        if self._first < step < self._last:
            return
        self._hardware.kind.synchronize(self._hardware.device)
        if step <= self._first:
            self._ends.append(time.perf_counter())
        if step < self._first:
            return
        if step == self._first:
            self.profile.start()
            self.clock, self.thread = -time.perf_counter(), -time.thread_time()
            return
        self.clock += time.perf_counter()
        self.thread += time.thread_time()
        self.profile.stop()


def _pass_over(event: Event) -> None:
    del event


def profiled(settings: Settings, work: Path) -> StepProfile:
    """Train on the JPEG files in `work`/files and look at the last steps.

    Args:
        settings: What to train; its steps after `warm_up` are looked at.
        work: A folder for what it needs on the way.
    """
    prepared = Preparation(settings, work)
    watch = _Watch(settings, prepared)
    adjustments = Adjustments.load(work / "run" / "adjustments.json")
    context = RunContext(_pass_over, adjustments, stepped=watch)
    job = build_job(settings, prepared, context)
    # No report and no checkpoint: steps as most of them are.
    timing = Timing(checkpoint_s=float("inf"), report_s=float("inf"))
    TrainingLoop(job, prepared.hardware, context, timing).run()
    kernels, operations = intervals_of(watch.profile)
    num_steps = settings.num_steps - settings.warm_up
    clock_us, thread_us, plain_us = 1e6 * watch.clock, 1e6 * watch.thread, 1e6 * watch.plain_s
    return StepProfile(num_steps, clock_us, thread_us, plain_us, kernels, operations)


def intervals_of(done: profile) -> tuple[list[Interval], list[Interval]]:
    """Kernels and the CPU's operations of what was profiled."""
    on_device: list[Interval] = []
    operations: list[Interval] = []
    computing: list[Interval] = []
    for event in done.events():
        interval = Interval(event.time_range.start, event.time_range.end, event.name)
        if event.device_type != DeviceType.CPU:
            if not event.is_user_annotation:
                on_device.append(interval)
            continue
        operations.append(interval)
        if _computes(event.name):
            computing.append(interval)
    return on_device or computing, operations


@cache
def _computes(name: str) -> bool:
    """Whether an operation has a kernel of its own, and is not made of others."""
    if not name.startswith("aten::") or name in _NO_KERNELS:
        return False
    packet = getattr(torch.ops.aten, name.removeprefix("aten::"), None)
    overloads = packet.overloads() if packet is not None else []
    whole = [
        name if each == "default" else f"{name}.{each}" for each in overloads if "out" not in each
    ]
    keys = ("CPU", "CompositeExplicitAutograd")
    has_kernel = torch._C._dispatch_has_kernel_for_dispatch_key
    return any(has_kernel(each, key) for each in whole for key in keys)


def told(settings: Settings, found: StepProfile) -> dict[str, Any]:
    """What the line of JSON says."""
    return {
        "benchmark": "step_profile",
        "model": settings.model,
        "image_size": settings.image_size,
        "stage": settings.stage,
        "device": settings.device,
        "precision": settings.precision,
        "batch_size": settings.batch_size,
        "steps": found.num_steps,
        "step_s": round(found.wall_us / 1e6 / found.num_steps, 4),
        "outside_share": round(found.outside_share, 4),
        "profiler_share": round(found.profiler_share, 4),
        "kernels_per_step": round(len(found.kernels) / found.num_steps),
        "thread_share": round(found.thread_us / found.wall_us, 3),
        "costliest_ms": found.costliest(),
        "gaps": [gap.to_json() for gap in idle_gaps(found.kernels, found.operations)],
        "load": os.getloadavg()[0] if hasattr(os, "getloadavg") else None,
        "versions": versions(),
    }


def asked(arguments: list[str]) -> Settings:
    """The settings of a command line."""
    parser = argparse.ArgumentParser(description="A training step, inside and around kernels.")
    parser.add_argument("--preset", choices=sorted(PRESETS), default="vit-s-224")
    parser.add_argument("--stage", choices=STAGES, default="further")
    parser.add_argument("--device", choices=("cpu", "cuda"), default="cpu")
    parser.add_argument("--precision", default="float32")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--batch-size", type=int, default=16)
    parser.add_argument("--warm-up", type=int, default=2)
    parser.add_argument("--steps", type=int, default=3, help="Steps to look at.")
    parser.add_argument("--image-size", type=int, help="Another than the preset's.")
    values = vars(parser.parse_args(arguments))
    values["model"], image_size = PRESETS[values.pop("preset")]
    values["image_size"] = values["image_size"] or image_size
    images = 2 * values["batch_size"]
    return Settings(**values, decoder=(8, 512, 16), images=images, settle=0, repeats=1)


def main() -> None:
    """Command line."""
    settings = asked(sys.argv[1:])
    with tempfile.TemporaryDirectory(prefix="profile-", ignore_cleanup_errors=True) as folder:
        write_jpegs(Path(folder, "files"), settings.images, settings.file_side)
        print(json.dumps(told(settings, profiled(settings, Path(folder)))))


if __name__ == "__main__":
    main()
