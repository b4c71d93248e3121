"""Measures what a recipe costs on this machine, by a real but tiny run on a few examples.

    python -m core.processes.measure RECIPE.toml FOLDER

The stages are the pipeline's own, so whatever makes them slow or large here is in the numbers. On
a CPU large batches are measured with fewer examples, and scaled.
"""

import argparse
import multiprocessing
import statistics
import sys
import tempfile
import time
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.modalities import stages_of
from core.planning.estimate import Measurement
from core.recipe import Recipe, read_recipe
from core.recipe.arms import BASE
from core.run.events import Event, StepDone
from core.run.files import ADJUSTMENTS
from core.system.json_lines import MessageWriter, run_helper
from core.system.stopping import Stopped
from core.system.units import GIB
from core.system.waiting import let_threads_spin

if TYPE_CHECKING:
    from core.models.masked_model import MaskedModel
    from core.stages.setup import RunSetup

# Steps per stage: the first ones warm up caches and allocators.
_STEPS = 6
_SETTLE = 2
# What one measured step may cost on a CPU, and a cautious guess of the CPU's speed.
_STEP_FLOP = 6e10
_KINDS = ("decoder-warmup", "further-pretrain", "self-distill", "finetune")


class _Watch:
    """Notes when steps were done, and their memory."""

    def __init__(self, writer: MessageWriter, total: int) -> None:
        self._speaker, self._total, self._done = writer, total, 0
        self.times: dict[str, list[float]] = defaultdict(list)
        self.memory_gib: dict[str, float] = defaultdict(float)

    def __call__(self, event: Event) -> None:
        if self._speaker.stopped():
            raise Stopped
        if isinstance(event, StepDone):
            self.times[event.stage].append(time.monotonic())
            self.memory_gib[event.stage] = max(self.memory_gib[event.stage], event.memory_gib)
            self._done += 1
            self._speaker.progress("Measuring this machine", self._done, self._total)

    def memory_of_kinds(self) -> dict[str, float]:
        """Peak memory in GiB per kind of stage."""
        return {
            kind: max(gib for stage, gib in self.memory_gib.items() if kind in stage)
            for kind in _KINDS
            if any(kind in stage for stage in self.memory_gib)
        }

    def step_s(self, kind: str) -> float:
        """Median seconds of a step of a kind of stage; 0 where there was none."""
        gaps = [
            later - earlier
            for stage, times in self.times.items()
            if kind in stage
            for earlier, later in zip(times[_SETTLE:], times[_SETTLE + 1 :], strict=False)
        ]
        return statistics.median(gaps) if gaps else 0.0


def measure(recipe: Recipe, writer: MessageWriter, scratch: Path) -> Measurement:
    """Run every kind of stage for a few steps, in a folder within `scratch` that goes away again.

    Raises:
        Stopped: Nobody wants to know any more.
        RunError: As a run would: the model is not there, the device is not, memory runs out.
    """
    began = time.monotonic()
    writer.progress("Loading the model", 0, 0)
    with tempfile.TemporaryDirectory(prefix="measuring-", dir=scratch) as name:
        folder = Path(name)
        model, _ = stages_of(recipe.modality).load_model(recipe)
        share = _share_of_batch(recipe, model)
        tiny = _tiny_recipe(recipe, folder, model, share)
        del model
        return _measured(recipe, tiny, folder, writer, began)


def _measured(
    recipe: Recipe, tiny: Recipe, folder: Path, writer: MessageWriter, began: float
) -> Measurement:
    from core.run.folder import RunFolder
    from core.stages.pipeline import run_stages
    from core.stages.prepare import prepare
    from core.training.context import Adjustments, RunContext
    from core.training.device import set_up_hardware
    from core.training.memory import peak_memory_gib

    hardware = set_up_hardware(tiny.runtime)
    free = _free_memory_gib(hardware.device.type) + peak_memory_gib(hardware.device)
    run = RunFolder.create(folder / "run", tiny)
    watch = _Watch(writer, 4 * _STEPS)
    context = RunContext(watch, Adjustments.load(run.path / ADJUSTMENTS))
    setup = prepare(run, tiny, hardware, context, stages_of(tiny.modality))
    fixed_s = time.monotonic() - began
    base_gib = peak_memory_gib(hardware.device)
    run_stages(setup)
    share = tiny.pretrain.batch_size / recipe.pretrain.batch_size
    return Measurement(
        model=recipe.model.name,
        device=hardware.device_in_words,
        precision=hardware.precision,
        masked_step_s=watch.step_s("further-pretrain") / share,
        distill_step_s=watch.step_s("self-distill")
        * recipe.distill.batch_size
        / tiny.distill.batch_size,
        warmup_step_s=watch.step_s("decoder-warmup") / share,
        finetune_image_s=watch.step_s("finetune") / tiny.finetune.batch_size,
        fixed_s=fixed_s,
        memory_gib={
            kind: base_gib + max(0.0, gib - base_gib) / min(1.0, share)
            for kind, gib in watch.memory_of_kinds().items()
        },
        memory_free_gib=free,
        **_sizes(setup),
    )


def _sizes(setup: "RunSetup") -> dict[str, int]:
    model = setup.pretrained_model()
    size = setup.modality.example_size(model)
    encoder = sum(value.numel() for value in model.encoder_state().values())
    whole = sum(parameter.numel() for parameter in model.parameters())
    return {
        "model_bytes": 4 * whole,
        "encoder_bytes": 4 * encoder,
        "example_bytes": size.num_bytes,
        "width": model.feature_dim,
        "tokens": size.tokens,
    }


def _share_of_batch(recipe: Recipe, model: "MaskedModel") -> float:
    """Share of the batch that a step of reasonable length has on this device."""
    from core.training.device import set_up_hardware

    if set_up_hardware(recipe.runtime).device.type != "cpu":
        return 1.0
    parameters = sum(parameter.numel() for parameter in model.parameters())
    tokens = stages_of(recipe.modality).example_size(model).tokens
    flop = 6.0 * parameters * tokens * max(recipe.pretrain.batch_size, recipe.distill.batch_size)
    return min(1.0, _STEP_FLOP / flop)


def _tiny_recipe(recipe: Recipe, folder: Path, model: "MaskedModel", share: float) -> Recipe:
    """The same recipe with a few steps on a few examples."""

    def batch(size: int) -> int:
        return max(2, round(size * share))

    steps: dict[str, Any] = {"steps": _STEPS, "warmup_steps": 0}
    sections = {
        name: {
            **getattr(recipe, name).model_dump(mode="json"),
            **steps,
            "batch_size": batch(getattr(recipe, name).batch_size),
        }
        for name in ("pretrain", "distill", "finetune")
    }
    sections["distill"]["rounds"] = min(1, recipe.distill.rounds)
    sections["finetune"] |= {"arms": [BASE], "num_seeds": 1}
    values = recipe.model_dump(mode="json", exclude_none=True)
    values |= sections
    values["data"] = stages_of(recipe.modality).write_examples(recipe, folder, model)
    values["model"]["decoder_warmup_steps"] = min(_STEPS, recipe.model.decoder_warmup_steps)
    values["probe"] = {**values["probe"], "every": 0}
    values["runtime"] |= {"report_s": 0.0, "checkpoint_minutes": 1000.0, "workers": 0}
    return Recipe.model_validate(values)


def _free_memory_gib(kind: str) -> float:
    """Free memory of the device."""
    if kind == "cuda":
        import torch

        return float(torch.cuda.mem_get_info()[0]) / GIB
    import psutil

    return float(psutil.virtual_memory().available) / GIB


def main(writer: MessageWriter) -> dict[str, Any]:
    """What `done` carries."""
    parser = argparse.ArgumentParser(description="Measure what a recipe costs on this machine.")
    parser.add_argument("recipe", type=Path)
    parser.add_argument("scratch", type=Path, help="Folder for what it needs on the way.")
    asked = parser.parse_args()
    let_threads_spin()  # as the trainer's do
    return measure(read_recipe(asked.recipe), writer, asked.scratch).to_json()


if __name__ == "__main__":
    multiprocessing.freeze_support()
    sys.exit(run_helper(main))
