"""What the stages leave to the kind of example: everything between a folder and a batch."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from torch import Tensor

from core.data.manifest import Manifest
from core.data.modality import ScanRequest
from core.models.masked_model import Classifier, MaskedModel
from core.recipe import Recipe
from core.run.events import Progress
from core.run.folder import RunFolder
from core.stages.tasks.choose import STAGE_TASKS
from core.system.progress import ProgressReport
from core.training.context import RunContext
from core.training.device import Hardware
from core.training.feed import Batch, ExampleSource

STAGE = "prepare"


@dataclass(frozen=True)
class ExampleSize:
    """One example as the model takes it: its tokens, and its bytes on disk."""

    tokens: int
    num_bytes: int


@dataclass(frozen=True)
class LabeledExamples:
    """Examples with labels.

    Attributes:
        examples: (N,) indices into the source.
        targets: (N,) class indices; of several labels (N, C), 1 where one applies; of numbers (N,)
            themselves.
        rows: (N,) their places in the whole split, where some of it are left out.
    """

    examples: np.ndarray
    targets: np.ndarray
    rows: np.ndarray | None = None

    def __len__(self) -> int:
        return len(self.examples)


@dataclass(frozen=True)
class Preparation:
    """A run while it is prepared."""

    run: RunFolder
    recipe: Recipe
    hardware: Hardware
    context: RunContext

    def scan_request(self) -> ScanRequest:
        """The recipe's folders, to be scanned."""
        data = self.recipe.data
        return ScanRequest(
            unlabeled=[Path(folder) for folder in data.unlabeled],
            labeled=Path(data.labeled) if data.labeled else None,
            data=data,
            seed=self.recipe.seed,
            workers=self.recipe.runtime.workers,
            report=self.progress,
            stopped=self.stopped,
        )

    def progress(self, what: str, done: int, total: int) -> None:
        """ProgressReport how far something is."""
        self.context.report(Progress(stage=STAGE, what=what, done=done, total=total))

    def stopped(self) -> bool:
        """Whether the run is to end here: on request, or because it can't go on."""
        return self.context.is_ending


@dataclass(frozen=True)
class Examples:
    """Prepared examples.

    Attributes:
        source: All of them.
        unlabeled: (N,) indices into `source` of what pre-training sees.
        labeled: The examples of `train`, `val` and `test`.
        lengths: (N,) length of every example of `source`; None when all have the same.
        missing: Indices into `source` of what can't be read any more, as far as it is known:
            there something else takes its place.
    """

    source: ExampleSource
    unlabeled: np.ndarray
    labeled: dict[str, LabeledExamples]
    lengths: np.ndarray | None = None
    missing: Callable[[], Collection[int]] = frozenset


class StageModality(Protocol):
    """Loads data and model of one kind.

    Attributes:
        preview_suffix: Of the files that `preview` makes; who shows them goes by it.
    """

    preview_suffix: str

    def scan(self, making: Preparation) -> Manifest:
        """Look at the recipe's folders; `RunError` when they can't be used."""
        ...

    def load_model(
        self, recipe: Recipe, report: ProgressReport | None = None
    ) -> tuple[MaskedModel, bool]:
        """The pretrained model, and whether its decoder is fresh and wants a warm-up.

        Raises:
            RunError: It is not there, or no model of this kind.
        """
        ...

    def fitted(
        self, model: MaskedModel, manifest: Manifest, recipe: Recipe
    ) -> tuple[MaskedModel, str]:
        """The pretrained model for examples of that size, where the recipe leaves it open.

        Returns:
            It, and what was changed, in words; "" where nothing was.
        """
        ...

    def save_model(self, folder: Path, model: MaskedModel) -> None:
        """Write a model for `open_model`."""
        ...

    def open_model(self, folder: Path) -> MaskedModel:
        """The model in a run folder, without any network."""
        ...

    def open_classifier(self, folder: Path) -> Classifier:
        """A classifier that this run trained, from its folder."""
        ...

    def examples(self, making: Preparation, manifest: Manifest, model: MaskedModel) -> Examples:
        """The manifest's examples as the model takes them, made once and kept in the run."""
        ...

    def preview(self, model: MaskedModel, batch: Batch, noise: Tensor) -> bytes:
        """What the model makes of masked examples, as a file for people."""
        ...

    def preview_views(self, model: MaskedModel, batch: Batch) -> bytes:
        """Examples beside two views of each, as a file for people.

        Raises:
            NotImplementedError: They have no views; no objective in their table wants some.
        """
        ...

    def example_size(self, model: MaskedModel) -> ExampleSize:
        """How large one example is for a model; of different ones the largest."""
        ...

    def write_examples(self, recipe: Recipe, folder: Path, model: MaskedModel) -> dict[str, Any]:
        """Write a few labeled examples like the user's; returns the data section that names them.

        For measuring what a recipe costs on this machine.
        """
        ...


def labeled_targets(manifest: Manifest, split: str) -> np.ndarray:
    """(N, …) what is to be answered of a split, in the order of `Manifest.used_split`."""
    return STAGE_TASKS[manifest.task_name].targets(manifest, split)
