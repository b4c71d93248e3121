"""What every stage of a run shares once it is prepared."""

import logging
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from torch import nn

from core.data.manifest import Manifest
from core.models.masked_model import MaskedModel
from core.recipe import Recipe
from core.run.files import DECODER
from core.run.folder import RunFolder
from core.run.plan import StagePlan, later_work, repeat_of, stage_behind
from core.stages.known_features import KnownFeatures
from core.stages.modality import LabeledExamples, StageModality
from core.stages.weights import kept_encoder, load_decoder
from core.training.compiling import Compilable, is_packaged, why_not_compile
from core.training.context import RunContext
from core.training.device import Hardware
from core.training.feed import ExampleSource
from core.training.job import Timing
from core.training.order import Order, bucketed_order, shuffled_order
from core.training.rows import rows_at_once

_log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class RunSetup:
    """A prepared run.

    Attributes:
        run: Its folder.
        recipe: What was asked.
        hardware: Device, precision, processes.
        context: The outside.
        modality: What the examples are.
        manifest: Every file used.
        source: All examples.
        unlabeled: (N,) indices of the pre-training examples.
        lengths: (N,) length of every example; None when all have the same.
        train: Labeled training examples, validation ones not included.
        val: Validation examples; may be empty.
        test: Test examples; may be empty.
        stages: All stages, in order.
        row_bytes: What an example takes on the device while a model looks at it, roughly.
        missing: See `core.stages.modality.Examples`.
        no_classifier: Why nothing is fine-tuned, in words; empty when it is.
        features: Of encoders that heads were fitted on.
        is_trial: Whether what is trained is one of several tries: nobody looks on the way.
    """

    run: RunFolder
    recipe: Recipe
    hardware: Hardware
    context: RunContext
    modality: StageModality
    manifest: Manifest
    source: ExampleSource
    unlabeled: np.ndarray
    lengths: np.ndarray | None
    train: LabeledExamples
    val: LabeledExamples
    test: LabeledExamples
    stages: list[StagePlan]
    row_bytes: int
    no_classifier: str
    missing: Callable[[], Collection[int]] = frozenset
    features: KnownFeatures = field(default_factory=KnownFeatures)
    is_trial: bool = False

    @property
    def classes(self) -> tuple[str, ...]:
        """Class names, in the order of the class indices."""
        return self.manifest.classes

    @property
    def rows_at_once(self) -> int:
        """How many examples a model looks at, at once, without training."""
        return rows_at_once(self.hardware.device, self.row_bytes)

    def compilable(self, module: nn.Module, stage: str) -> Compilable | None:
        """A module of a stage, ready to be compiled if that pays; None where it can't be."""
        if self.recipe.runtime.compile != "auto":
            return None
        kind = self.hardware.kind
        if not kind.gains_by_compiling:
            reason = f"on the device {kind.name} that gains too little"
        elif self.hardware.world > 1:
            reason = "several processes train together"
        elif is_packaged():
            reason = "the packaged program has no compiler"
        else:
            reason = why_not_compile(kind.name)
        if not reason:
            return Compilable(module)
        _log.info("the steps of %s are not compiled: %s", stage, reason)
        return None

    @property
    def timing(self) -> Timing:
        """How often the loop speaks and saves."""
        runtime = self.recipe.runtime
        return Timing(checkpoint_s=60 * runtime.checkpoint_minutes, report_s=runtime.report_s)

    def later_steps_worth(self, stage: StagePlan) -> float:
        """Work of all that comes after a stage, in steps of it."""
        num_devices = max(1, len(self.recipe.runtime.devices))
        later = later_work(self.stages, stage.name, num_devices)
        return later / (stage.work / stage.num_steps)

    def order(self, examples: np.ndarray, batch_size: int, *place: int | str) -> Order:
        """Shuffled epochs of examples, those of like length together."""
        lengths = self.lengths
        if lengths is None:
            return shuffled_order(len(examples), batch_size, *place)

        def lengths_at(positions: np.ndarray) -> np.ndarray:
            found: np.ndarray = lengths[examples[positions]]
            return found

        return bucketed_order(len(examples), lengths_at, batch_size, *place)

    def pretrained_model(self) -> MaskedModel:
        """The model as it was loaded, from the run folder's copy."""
        return self.modality.open_model(self.run.model)

    def initial_model(self) -> MaskedModel:
        """The model every stage starts from: pretrained, its decoder warmed up if it was fresh."""
        model = self.pretrained_model()
        warmed = self.folder_of("decoder-warmup")
        if warmed is not None:
            load_decoder(model, warmed / DECODER)
        return model

    def encoder_behind(self, arm: str, seed_index: int = 0) -> Path | None:
        """The file of the encoder that an arm starts from; None for the model as it was loaded."""
        stage = stage_behind(arm, self.stages, repeat_of(seed_index, self.recipe))
        if stage is None:
            return None
        recipe = self.recipe
        section = recipe.pretrain if stage.kind == "further-pretrain" else recipe.distill
        return kept_encoder(self.run.stage(stage.name), section.keep)

    def folder_of(
        self, kind: str, round_number: int = 0, variant: str = "", repeat: int = 0
    ) -> Path | None:
        """Folder of the planned stage of that kind, round, variant, repeat; None: there is none."""
        wanted = (kind, round_number, variant, repeat)
        for stage in self.stages:
            if (stage.kind, stage.round, stage.variant, stage.repeat) == wanted:
                return self.run.stage(stage.name)
        return None
