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
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.errors import RunError
from core.language import _
from core.modalities import stages_of
from core.planning.estimate import Measurement
from core.recipe import Recipe, read_recipe
from core.recipe.arms import BASE
from core.run.files import ADJUSTMENTS
from core.system.json_lines import MessageWriter, run_helper
from core.system.others import Others
from core.system.stopping import Stopped
from core.system.units import GIB
from core.system.waiting import let_threads_spin

if TYPE_CHECKING:
    from core.models.masked_model import MaskedModel
    from core.run.events import Event
    from core.stages.setup import RunSetup
    from core.training.device import Hardware

# What one measured step may cost on a CPU, and a cautious guess of the CPU's speed.
_STEP_FLOP = 6e10
_KINDS = ("decoder-warmup", "further-pretrain", "self-distill", "finetune")


@dataclass(frozen=True)
class Windows:
    """How a stage is timed: `settle` steps warm up, then windows of `length` steps are taken.

    Where the host runs ahead of the device a step alone says nothing, for it ends somewhere within
    a later one: so both ends of a window wait for the device.
    """

    settle: int
    length: int
    number: int = 3

    @property
    def steps(self) -> int:
        """Of a stage, in all."""
        return self.settle + self.number * self.length


_IN_STEP = Windows(settle=3, length=1)
# Batches of texts have another shape each time, and what computes a shape is made when it comes.
_UNEVEN = Windows(settle=8, length=1, number=7)
_AHEAD = Windows(settle=5, length=5)


class Watch:
    """Takes the time of steps, and their memory; told by the training loop after each one."""

    def __init__(
        self,
        writer: MessageWriter,
        windows: Windows,
        catch_up: Callable[[], None],
        memory_gib: Callable[[], float],
    ) -> None:
        self._speaker, self._done = writer, 0
        self._windows, self._catch_up, self._memory_gib = windows, catch_up, memory_gib
        self._since = 0.0
        self.windows_s: dict[str, list[float]] = defaultdict(list)
        self.memory_gib: dict[str, float] = defaultdict(float)

    def __call__(self, stage: str, step: int) -> None:
        """So many steps of a stage are done; `Stopped` when nobody wants to know any more."""
        if self._speaker.stopped():
            raise Stopped
        after, length = step - self._windows.settle, self._windows.length
        if after >= 0 and after % length == 0:
            self._catch_up()
            now = time.monotonic()
            if after:
                self.windows_s[stage].append(now - self._since)
            self._since = now
        self.memory_gib[stage] = max(self.memory_gib[stage], self._memory_gib())
        self._done += 1
        total = len(_KINDS) * self._windows.steps
        self._speaker.progress(_("Measuring this machine"), self._done, total)

    def memory_of_kinds(self) -> dict[str, float]:
        """Peak memory in GiB per kind of stage."""
        return {
            kind: max(gib for stage, gib in self.memory_gib.items() if kind in stage)
            for kind in _KINDS
            if any(kind in stage for stage in self.memory_gib)
        }

    def step_s(self, kind: str) -> float:
        """Median seconds of a step of a kind of stage; 0 where there is no such stage.

        Raises:
            RunError: There is one, and it seems to have taken no time.
        """
        if not any(kind in stage for stage in self.memory_gib):
            return 0.0
        taken = [
            seconds / self._windows.length
            for stage, found in self.windows_s.items()
            if kind in stage
            for seconds in found
        ]
        if not taken or statistics.median(taken) <= 0:
            raise RunError("not-measured", kind=kind)
        return statistics.median(taken)


def measure(recipe: Recipe, writer: MessageWriter, scratch: Path) -> Measurement:
    """Run every kind of stage for a few steps, in a folder within `scratch` that goes away again.

    Raises:
        Stopped: Nobody wants to know any more.
        RunError: As a run would: the model is not there, the device is not, memory runs out.
    """
    began = time.monotonic()
    writer.progress(_("Loading the model"), 0, 0)
    with tempfile.TemporaryDirectory(prefix="measuring-", dir=scratch) as name:
        folder = Path(name)
        model = stages_of(recipe.modality).load_model(recipe)[0]
        share, steps = _share_and_steps(recipe, model)
        tiny = _tiny_recipe(recipe, folder, model, share, steps)
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
    device = hardware.device
    free = _free_memory_gib(hardware) + peak_memory_gib(device)
    run = RunFolder.create(folder / "run", tiny)
    watch = Watch(
        writer,
        _windows(recipe, hardware),
        partial(hardware.kind.synchronize, device),
        partial(peak_memory_gib, device),
    )
    adjustments = Adjustments.load(run.path / ADJUSTMENTS)
    context = RunContext(_pass_over, adjustments, stepped=watch)
    setup = prepare(run, tiny, hardware, context, stages_of(tiny.modality))
    fixed_s = time.monotonic() - began
    base_gib = peak_memory_gib(hardware.device)
    others = Others()
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
        others=others.share(),
        **_sizes(setup),
    )


def _sizes(setup: "RunSetup") -> dict[str, int]:
    from core.models.trained_part import train_part
    from core.recipe.trained import trained_part
    from core.training.optim import trainable

    model = setup.pretrained_model()
    size = setup.modality.example_size(model)
    encoder = sum(value.numel() for value in model.encoder_state().values())
    whole = sum(parameter.numel() for parameter in model.parameters())
    train_part(model, trained_part(setup.recipe.pretrain.train), seed=0)
    trained = sum(parameter.numel() for parameter in trainable(model).values())
    return {
        "model_bytes": 4 * whole,
        "encoder_bytes": 4 * encoder,
        "example_bytes": size.num_bytes,
        "width": model.feature_dim,
        "tokens": size.tokens,
        "trained_bytes": 4 * trained,
    }


def _pass_over(event: "Event") -> None:
    """Nobody listens to what the stages say."""
    del event


def _windows(recipe: Recipe, hardware: "Hardware") -> Windows:
    if hardware.kind.runs_ahead:
        return _AHEAD
    return _IN_STEP if recipe.modality.has_equal_lengths else _UNEVEN


def _share_and_steps(recipe: Recipe, model: "MaskedModel") -> tuple[float, int]:
    """Share of the batch that a step of reasonable length has on this device; steps per stage."""
    from core.training.device import set_up_hardware

    hardware = set_up_hardware(recipe.runtime)
    steps = _windows(recipe, hardware).steps
    if hardware.kind.runs_ahead:
        return 1.0, steps
    parameters = sum(parameter.numel() for parameter in model.parameters())
    tokens = stages_of(recipe.modality).example_size(model).tokens
    flop = 6.0 * parameters * tokens * max(recipe.pretrain.batch_size, recipe.distill.batch_size)
    return min(1.0, _STEP_FLOP / flop), steps


def _tiny_recipe(
    recipe: Recipe, folder: Path, model: "MaskedModel", share: float, steps: int
) -> Recipe:
    """The same recipe with a few steps on a few examples."""

    def batch(size: int) -> int:
        return max(2, round(size * share))

    length: dict[str, Any] = {"steps": steps, "warmup_steps": 0}
    sections = {
        name: {
            **getattr(recipe, name).model_dump(mode="json"),
            **length,
            "batch_size": batch(getattr(recipe, name).batch_size),
        }
        for name in ("pretrain", "distill", "finetune")
    }
    # Whatever the teacher, further pre-training is measured, too.
    sections["distill"] |= {"rounds": min(1, recipe.distill.rounds), "teacher": "further"}
    sections["finetune"] |= {"arms": [BASE], "num_seeds": 1, "search": False}
    values = recipe.model_dump(mode="json", exclude_none=True)
    values |= sections
    values["data"] = stages_of(recipe.modality).write_examples(recipe, folder, model)
    values["model"]["decoder_warmup_steps"] = steps if recipe.model.decoder_warmup_steps else 0
    values["probe"] = {**values["probe"], "every": 0}
    values["race"] = {**values["race"], "minutes": 0.0}
    # Reports would make the device wait.
    values["runtime"] |= {"report_s": 1000.0, "checkpoint_minutes": 1000.0, "workers": 0}
    return Recipe.model_validate(values)


def _free_memory_gib(hardware: "Hardware") -> float:
    """Free memory of the device, or of this machine where that is the same."""
    free = hardware.kind.free_bytes(hardware.device)
    if free is not None:
        return free / GIB
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
