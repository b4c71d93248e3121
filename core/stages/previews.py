"""What a model sees in a stage of pre-training, as files for whoever watches.

That is what it makes of hidden parts or, where nothing is hidden, the views that it learns from.

Previews are for people alone: they draw no random numbers of the training, change no weight,
and whatever goes wrong with them is a line in the log, never the end of a run.
"""

import logging
import time
from pathlib import Path

import numpy as np
import torch

from core.models.for_objectives import Views
from core.models.masked_model import Batch, MaskedModel
from core.run.events import PreviewSaved
from core.stages.objectives.objective import Objective
from core.stages.setup import RunSetup
from core.system.atomic import write_bytes
from core.training.memory import free_cached_memory, is_out_of_memory
from core.training.seeds import numpy_generator, torch_generator

NUM_EXAMPLES = 6
_EVERY_S = 10.0
# On a slow machine previews become rarer instead of taking more than this share of the time.
LARGEST_SHARE = 0.05
_log = logging.getLogger("redistill.previews")


class Previews:
    """Previews of one stage, always of the same examples behind the same masks, or in like views.

    Args:
        setup: The run.
        stage: Name of the stage.
        objective: What is minimised, and of which model.
    """

    def __init__(self, setup: RunSetup, stage: str, objective: Objective) -> None:
        self._setup = setup
        self._stage = stage
        self._objective = objective
        self._next = 0.0
        self._gave_up = False

    def __call__(self, step: int, *, wanted: bool) -> None:
        """Write a preview after `step` steps if one is `wanted`, or due by the clock."""
        started = time.monotonic()
        if not self._setup.context.is_main or self._gave_up:
            return
        if not wanted and started < self._next:
            return
        try:
            self._save(step)
        except Exception as error:  # noqa: BLE001  (no picture is worth a run)
            _log.info("no preview of %s after step %d", self._stage, step, exc_info=True)
            if is_out_of_memory(error):
                # Trying again would take from the training what it needs.
                self._gave_up = True
                free_cached_memory(str(error))
        now = time.monotonic()
        self._next = now + max(_EVERY_S, (now - started) / LARGEST_SHARE)

    def _save(self, step: int) -> None:
        folder = self._setup.run.previews
        folder.mkdir(exist_ok=True)
        suffix = self._setup.modality.preview_suffix
        latest = folder / f"{self._stage}-latest{suffix}"
        first = folder / f"{self._stage}-first{suffix}"
        picture = self._look()
        if not first.exists():
            self._write(first, picture)
        self._write(latest, picture)
        file = latest.relative_to(self._setup.run.path).as_posix()
        self._setup.context.report(PreviewSaved(stage=self._stage, step=step, file=file))

    def _write(self, file: Path, picture: bytes) -> None:
        # What a killed trainer left half-written; only this process writes here.
        for left in file.parent.glob(f".{file.name}.*.tmp"):
            left.unlink(missing_ok=True)
        write_bytes(file, picture)

    def _look(self) -> bytes:
        setup, model = self._setup, self._objective.trained
        batch = setup.source.batch(_some(setup))
        rows = len(next(iter(batch.values())))
        generator = torch_generator(setup.recipe.seed, "previews")
        drawn = self._drawn(model, rows, generator)
        on_device = {key: value.to(setup.hardware.device) for key, value in (batch | drawn).items()}
        modes = [(module, module.training) for module in model.modules()]
        try:
            model.eval()
            with torch.inference_mode(), setup.hardware.accelerator.autocast():
                if self._objective.num_views:
                    return setup.modality.preview_views(model, on_device)
                return setup.modality.preview(model, on_device, on_device["noise"])
        finally:
            # One by one: a stage may have set parts of the model to another mode.
            for module, was_training in modes:
                module.training = was_training

    def _drawn(self, model: MaskedModel, rows: int, generator: torch.Generator) -> Batch:
        if self._objective.num_views:
            settings, flips = self._setup.recipe.objectives, self._objective.view_flips
            asked = Views(number=2, flips=flips, settings=settings)
            return model.draw_views(rows, generator, asked)
        return {"noise": model.mask_noise(rows, generator)}


def _some(setup: RunSetup) -> np.ndarray:
    """Examples from all over the data, always the same ones: neighbours in a folder are alike."""
    drawn = numpy_generator(setup.recipe.seed, "previews", "examples")
    return setup.unlabeled[drawn.permutation(len(setup.unlabeled))[:NUM_EXAMPLES]]
