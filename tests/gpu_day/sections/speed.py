"""Images per second of each stage, against the method as its authors ran it."""

import os
from functools import partial
from typing import Any

from tests.benchmarks.settings import PRESETS, Settings
from tests.benchmarks.throughput import measure
from tests.gpu_day.day import Day, Found, Section
from tests.gpu_day.runs import folder_of

# What the project promises of a GPU.
RATIO, UTILISATION, DATA_WAIT = 5.0, 0.5, 0.03
# With fewer seconds a stage is timed once.
_FOR_SEVERAL_S = 45.0


def of_stage(stage: str) -> Section:
    """The section of a stage."""
    return partial(_measured, stage)


def _measured(stage: str, day: Day) -> Found:
    alone_with(day)
    settings = settings_for(day, stage)
    return judged(measure(settings, folder_of(day, f"speed-{stage}")), is_gpu=day.is_gpu)


def alone_with(day: Day) -> None:
    """Let this process, and what it starts, see only the device; before CUDA is used."""
    if day.is_gpu:
        index = int(day.device.partition(":")[2])
        seen = os.environ.get("CUDA_VISIBLE_DEVICES")
        names = seen.split(",") if seen else None
        os.environ["CUDA_VISIBLE_DEVICES"] = names[index].strip() if names else str(index)


def settings_for(day: Day, stage: str) -> Settings:
    """ViT-B/16 at 224 px and the paper's batch; without a GPU the smallest model there is."""
    if day.is_gpu:
        model, image_size = PRESETS["vit-b-224"]
        sizes = {"batch_size": 32 if stage == "finetune" else 64, "images": 256}
        lengths = {"warm_up": 8, "settle": 8, "steps": 16}
        lengths["repeats"] = 2 if day.seconds >= _FOR_SEVERAL_S else 1
    else:
        model, image_size = PRESETS["tiny-32"]
        sizes = {"batch_size": 4, "images": 8}
        lengths = {"warm_up": 1, "settle": 0, "steps": 2, "repeats": 1}
    return Settings(
        model=model,
        image_size=image_size,
        decoder=(8, 512, 16),
        stage=stage,
        device="cuda" if day.is_gpu else "cpu",
        precision="bfloat16" if day.is_gpu else "float32",
        threads=None,
        **sizes,
        **lengths,
    )


def judged(measured: dict[str, Any], *, is_gpu: bool) -> Found:
    """The benchmark's numbers against the bars."""
    found = Found(values=measured)
    speed = f"{measured['images_per_s_ours']:.0f} images/s"
    if not is_gpu:
        found.check("speed", None, f"{speed}, of a tiny model on a CPU")
        return found
    found.check("speed", None, speed)
    found.at_least("times the reference", measured["ratio"], RATIO)
    found.at_least("of the measured peak", measured["model_flops_utilisation"], UTILISATION)
    found.below("wait for data", measured["data_wait_share"], DATA_WAIT)
    return found
