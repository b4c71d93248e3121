"""What every stage of a run shares once it is prepared."""

import json
import logging
from collections.abc import Callable, Collection
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn

from core.data.manifest import Manifest
from core.language import _
from core.models.masked_model import MaskedModel
from core.readers.harm import keeps_start
from core.recipe import DistillRecipe, PretrainRecipe, Recipe
from core.run.decoder_use import has_own_decoder
from core.run.encoder_files import kept_encoder
from core.run.events import ChanceLevel, Noticed
from core.run.files import DECODER, SUMMARY
from core.run.folder import RunFolder
from core.run.plan import (
    MOST_FOR_PAIRS,
    SEARCH,
    StagePlan,
    later_work,
    repeat_of,
    stage_behind,
)
from core.stages.known_features import KnownFeatures
from core.stages.modality import LabeledExamples, StageModality, labeled_targets
from core.stages.tasks.choose import STAGE_TASKS
from core.stages.tasks.task import StageTask
from core.stages.weights import load_decoder
from core.training.compiling import Compilable, is_packaged, why_not_compile
from core.training.context import RunContext
from core.training.device import Hardware
from core.training.feed import ExampleSource
from core.training.job import Timing
from core.training.order import Order, bucketed_order, shuffled_order
from core.training.rows import rows_at_once
from core.training.seeds import derive_seed

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

    @cached_property
    def task(self) -> StageTask:
        """What is asked of a classifier."""
        # Of all training labels, whatever part of them a search trains on.
        return STAGE_TASKS[self.manifest.task_name].of_labels(
            labeled_targets(self.manifest, "train")
        )

    def tell_chance(self, stage: str, of: str, targets: np.ndarray) -> None:
        """Report what knowing nothing reaches on the examples of a stage's looks.

        Args:
            stage: Whose.
            of: The kind of the looks' events.
            targets: Of those examples.
        """
        level, always = self.task.chance(targets)
        self.context.report(
            ChanceLevel(
                stage=stage,
                of=of,
                level=level,
                answer="" if always is None else self.classes[always],
                num_examples=len(targets),
                metric=self.task.task.metric.key,
            )
        )

    @property
    def tries_pairs(self) -> bool:
        """Whether searches try pairs, too: the recipe asks for it, and labels are few."""
        each = len(self.train) / max(1, len(self.classes))
        return self.recipe.finetune.pairs and self.task.task.is_single and each <= MOST_FOR_PAIRS

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
            reason = _("on the device {name} that gains too little").format(name=kind.name)
        elif self.hardware.world > 1:
            reason = _("several processes train together")
        elif is_packaged():
            reason = _("the packaged program has no compiler")
        else:
            reason = why_not_compile(kind.name)
        if not reason:
            return Compilable(module)
        _log.info("the steps of %s are not compiled: %s", stage, reason)
        if kind.gains_by_compiling:
            text = _("Steps are not compiled, which might make them faster: {reason}.").format(
                reason=reason
            )
            self.context.report_once(text, Noticed(id="not-compiled", text=text))
        return None

    @property
    def timing(self) -> Timing:
        """How often the loop speaks and saves."""
        runtime = self.recipe.runtime
        return Timing(checkpoint_s=60 * runtime.checkpoint_minutes, report_s=runtime.report_s)

    def later_steps_worth(self, stage: StagePlan) -> float:
        """Work of all that comes after a stage, in steps of it."""
        num_devices = max(1, len(self.recipe.runtime.devices))
        # What would only repeat the base model's is taken from there.
        stages = [
            each if self.kept_start_behind(each) is None else replace(each, work=0.0)
            for each in self.stages
        ]
        later = later_work(stages, stage.name, num_devices)
        return later / (stage.work / stage.num_steps)

    def summary_of(self, stage: StagePlan) -> dict[str, Any]:
        """What a stage found; empty while it is not done."""
        file = self.run.stage(stage.name) / SUMMARY
        found: dict[str, Any] = {}
        return json.loads(file.read_text(encoding="utf-8")) if file.exists() else found

    def kept_start_behind(self, stage: StagePlan) -> StagePlan | None:
        """The stage behind a search or fine-tuning, if it kept the model that it started from."""
        if stage.kind not in {"finetune", SEARCH}:
            return None
        repeat = repeat_of(stage.seed_index, self.recipe)
        behind = stage_behind(stage.arm, self.stages, repeat)
        # The recipe may have been edited since: what counts is what it hands on now.
        if behind is None or self._section_of(behind).keep != "best":
            return None
        return behind if keeps_start(self.summary_of(behind)) else None

    def _section_of(self, stage: StagePlan) -> PretrainRecipe | DistillRecipe:
        """Of the recipe, for a stage of pre-training."""
        recipe = self.recipe
        return recipe.pretrain if stage.kind == "further-pretrain" else recipe.distill

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

    def unwarmed_model(self) -> MaskedModel:
        """The pretrained model with the decoder that the objective trains, as it came or fresh."""
        model = self.pretrained_model()
        if has_own_decoder(self.recipe):
            with torch.random.fork_rng(devices=[]):
                torch.manual_seed(derive_seed(self.recipe.seed, "decoder"))
                model.predict_features()
        return model

    def initial_model(self) -> MaskedModel:
        """The model every stage starts from: pretrained, its decoder warmed up if it was fresh."""
        model = self.unwarmed_model()
        warmed = self.folder_of("decoder-warmup")
        if warmed is not None:
            load_decoder(model, warmed / DECODER)
        return model

    def encoder_behind(self, arm: str, seed_index: int = 0) -> Path | None:
        """The file of the encoder that an arm starts from; None for the model as it was loaded."""
        stage = stage_behind(arm, self.stages, repeat_of(seed_index, self.recipe))
        if stage is None:
            return None
        return kept_encoder(self.run.stage(stage.name), self._section_of(stage).keep)

    def folder_of(
        self, kind: str, round_number: int = 0, variant: str = "", repeat: int = 0
    ) -> Path | None:
        """Folder of the planned stage of that kind, round, variant, repeat; None: there is none."""
        wanted = (kind, round_number, variant, repeat)
        for stage in self.stages:
            if (stage.kind, stage.round, stage.variant, stage.repeat) == wanted:
                return self.run.stage(stage.name)
        return None
