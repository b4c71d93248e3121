"""What is exported: the classifier of an arm, or the encoder of one, as the run trained it."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Protocol

import numpy as np
import torch
from torch import Tensor, nn

from core.errors import RunError
from core.readers.recommendation import chosen_classifier
from core.recipe.arms import ARM_PREFERENCE, BASE, DISTILLED, FURTHER, METHOD, SIMPLEST_FIRST
from core.run.decision import ONE_CLASS, Decision
from core.run.encoder_files import kept_encoder
from core.run.files import ENCODER, RESULTS, SUMMARY
from core.run.folder import RunFolder
from core.stages.tasks.choose import STAGE_TASKS

# Arms with an encoder that fine-tuning has not touched, the most fitted first.
_ENCODERS: Final = tuple(arm for arm in ARM_PREFERENCE if arm in METHOD)


class Described(Protocol):
    """Where a model comes from."""

    @property
    def name(self) -> str:
        """As the user asked for it."""
        ...

    @property
    def origin(self) -> str:
        """Where the weights came from."""
        ...

    @property
    def licence(self) -> str:
        """Of the weights, in words."""
        ...


@dataclass(frozen=True)
class WeightsPlace:
    """Where the weights to export are.

    Attributes:
        arm: Whose they are.
        path: The folder of a classifier, or the file of an encoder.
        stage: The stage that made them, relative to the run folder; `model` for the initial ones.
    """

    arm: str
    path: Path
    stage: str


@dataclass(frozen=True, kw_only=True)
class Subject(ABC):
    """What is exported; one subclass per kind of example.

    Attributes:
        run: Where it was trained.
        place: Which of its weights these are.
        classes: Names, in the order of the head's outputs; empty for an encoder.
        decision: How a classifier's probabilities become an answer.
        examples: The user's own examples, as `outputs` takes them, for formats that choose
            scales by them; None for none.
    """

    run: RunFolder
    place: WeightsPlace
    classes: tuple[str, ...] = ()
    decision: Decision = ONE_CLASS
    examples: Any = None

    @property
    def thresholds(self) -> dict[str, float]:
        """Of several labels, from which probability on each is said; else empty."""
        limits = self.decision.thresholds
        return dict(zip(self.classes, limits, strict=True)) if limits else {}

    def activated(self, logits: Tensor) -> Tensor:
        """(B, C) probabilities of float32 logits; of numbers (B, 1) in the unit of the labels."""
        task = STAGE_TASKS[self.decision.task.name].of_decision(self.decision)
        return task.activate(logits)

    @property
    def output_name(self) -> str:
        """What a classifier's graph calls its output."""
        return "predictions" if self.decision.task.is_number else "probabilities"

    @property
    def output_in_words(self) -> str:
        """What that is."""
        if self.decision.task.is_number:
            return f"`{self.output_name}`: float32 (batch, 1), in the unit of the labels"
        return f"`{self.output_name}`: float32 (batch, classes)"

    @property
    def told_with_it(self) -> str:
        """What a graph's file tells beside the graph, in words that begin a sentence."""
        if self.decision.task.is_number:
            return "Mean, spread and margin of the labels (`numbers`), licence and provenance"
        if self.thresholds:
            return "Names of the labels, `thresholds`, licence and provenance"
        return "Class names, licence and provenance"

    @property
    def unit(self) -> float:
        """How large differences of outputs are: 1 of probabilities, the labels' of numbers."""
        return self.decision.scale.spread if self.decision.task.is_number else 1.0

    @property
    def arm(self) -> str:
        """Whose weights they are."""
        return self.place.arm

    @property
    @abstractmethod
    def description(self) -> Described:
        """Name, origin and licence of the pretrained model."""

    @property
    @abstractmethod
    def modules(self) -> tuple[nn.Module, ...]:
        """What computes its outputs."""

    @property
    @abstractmethod
    def feature_dim(self) -> int:
        """Width of an embedding."""

    def outputs(self, inputs: Any) -> np.ndarray:
        """What the trained model makes of examples.

        Args:
            inputs: A batch, as the subclass's `computed` takes it.

        Returns:
            (B, C) float32 probabilities, (B, 1) numbers, or (B, D) embeddings for an encoder.
        """
        with torch.inference_mode():
            x = self.computed(inputs)
            if self.classes:
                x = self.activated(x)
        found: np.ndarray = x.float().numpy()
        return found

    @abstractmethod
    def computed(self, inputs: Any) -> Tensor:
        """(B, C) logits of a batch of examples, or (B, D) embeddings for an encoder."""


def place_of(run: RunFolder, arm: str | None, *, needs_classifier: bool) -> WeightsPlace:
    """The classifier (its first seed) or the encoder of an arm.

    By default the classifier is the recommended one, the encoder the most fitted.

    Raises:
        RunError: The run has none (yet).
    """
    known = SIMPLEST_FIRST if needs_classifier else _ENCODERS
    if arm is not None and arm not in known:
        raise RunError("arm-unknown", name=arm, arms=", ".join(known))
    return _classifier(run, arm) if needs_classifier else _encoder(run, arm)


def _classifier(run: RunFolder, arm: str | None) -> WeightsPlace:
    found = chosen_classifier(run, arm)
    if found is not None:
        name, folder = found
        return WeightsPlace(name, folder, folder.relative_to(run.path).as_posix())
    needed = f"classifier of the arm {arm}" if arm else "classifier"
    why = f" ({reason})" if (reason := results_of(run).get("no_classifier")) else ""
    state = run.status().state
    raise RunError("export-no-classifier", path=run.path, needed=needed, state=state, why=why)


def _encoder(run: RunFolder, arm: str | None) -> WeightsPlace:
    # Without being asked for, the initial encoder is no result of the run.
    for name in [arm] if arm else _ENCODERS[:2]:
        file = _encoder_file(run, name)
        if file is not None:
            return WeightsPlace(name, file, file.parent.relative_to(run.path).as_posix())
    needed = f"encoder of the arm {arm}" if arm else "fitted encoder"
    raise RunError("export-no-encoder", path=run.path, needed=needed, state=run.status().state)


def _encoder_file(run: RunFolder, arm: str) -> Path | None:
    """The encoder that an arm's last finished stage hands on."""
    recipe = run.recipe()
    if arm == BASE:
        file = run.model / ENCODER
        return file if file.is_file() else None
    kinds = {DISTILLED: "*-self-distill-round-*", FURTHER: "*-further-pretrain"}
    keep = recipe.distill.keep if arm == DISTILLED else recipe.pretrain.keep
    done = [folder for folder in run.stages.glob(kinds[arm]) if (folder / SUMMARY).is_file()]
    # Their names begin with their number in the order of the run.
    return kept_encoder(max(done, key=lambda folder: folder.name), keep) if done else None


def results_of(run: RunFolder) -> dict[str, Any]:
    """`results.json`; empty when the run was ended before it was written."""
    return run.read_json(RESULTS) if run.results_file.is_file() else {}
