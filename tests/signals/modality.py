"""What the stages leave to signals."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from core.data.manifest import Manifest
from core.errors import RunError
from core.models.masked_model import Batch, MaskedModel
from core.recipe import Recipe
from core.stages.modality import (
    Examples,
    ExampleSize,
    LabeledExamples,
    Preparation,
    labeled_targets,
)
from core.system.progress import ProgressReport
from tests.signals.about import MODALITY
from tests.signals.data.modality import DATA, LENGTH, load_signal
from tests.signals.model.hub import NAME
from tests.signals.model.signal_model import WINDOWS, build_model, open_model, save_model


class SignalSource:
    """Signals by index; they are small enough for memory."""

    def __init__(self, signals: np.ndarray) -> None:
        self._signals = torch.from_numpy(signals)

    def batch(self, indices: np.ndarray) -> dict[str, Tensor]:
        return {"signal": self._signals[torch.from_numpy(indices)]}


class SignalStages:
    preview_suffix = ".json"

    def scan(self, making: Preparation) -> Manifest:
        return DATA.scan(making.scan_request())

    def load_model(
        self, recipe: Recipe, report: ProgressReport | None = None
    ) -> tuple[MaskedModel, bool]:
        del report
        if recipe.model.name != NAME:
            raise RunError("architecture-unknown", path=recipe.model.name)
        return build_model(recipe.seed), False

    def fitted(
        self, model: MaskedModel, manifest: Manifest, recipe: Recipe
    ) -> tuple[MaskedModel, str]:
        """As it is: signals have one length."""
        del manifest, recipe
        return model, ""

    def save_model(self, folder: Path, model: Any) -> None:
        save_model(folder, model)

    def open_model(self, folder: Path) -> MaskedModel:
        return open_model(folder)

    def examples(self, making: Preparation, manifest: Manifest, model: MaskedModel) -> Examples:
        del model
        everything = [*manifest.unlabeled, *manifest.labeled]
        place = {(example.root, example.path): n for n, example in enumerate(everything)}
        signals = np.stack([load_signal(manifest.absolute(example)) for example in everything])

        def indices(some: list) -> np.ndarray:
            return np.array([place[each.root, each.path] for each in some], dtype=np.int64)

        seen = manifest.pretraining_examples(include_test=making.recipe.data.pretrain_on_test)
        labeled = {
            split: LabeledExamples(
                indices(manifest.labeled_split(split)), labeled_targets(manifest, split)
            )
            for split in ("train", "val", "test")
        }
        return Examples(SignalSource(signals), indices(seen), labeled)

    def preview(self, model: Any, batch: Batch, noise: Tensor) -> bytes:
        hidden = model.hidden(noise)
        return json.dumps({"hidden": hidden.sum(dim=1).tolist()}).encode()

    def preview_views(self, model: MaskedModel, batch: Batch) -> bytes:
        raise NotImplementedError

    def example_size(self, model: MaskedModel) -> ExampleSize:
        del model
        return ExampleSize(WINDOWS, 4 * LENGTH)

    def write_examples(self, recipe: Recipe, folder: Path, model: MaskedModel) -> dict[str, Any]:
        del recipe, model
        write_signals(folder / "signals", number=4, seed=1)
        return {"kind": MODALITY.name, "labeled": str(folder / "signals"), "test_fraction": 0.25}


def write_signals(folder: Path, *, number: int, seed: int, labels: tuple[str, ...] = ()) -> Path:
    """Sines, squares and saws with noise, in class folders; `number` of each."""
    generator = np.random.default_rng(seed)
    time = np.linspace(0, 6 * np.pi, LENGTH)
    shapes = {
        "saw": lambda phase: ((time + phase) % np.pi) / np.pi * 2 - 1,
        "sine": lambda phase: np.sin(time + phase),
        "square": lambda phase: np.sign(np.sin(time + phase)),
    }
    for label in labels or tuple(shapes):
        (folder / label).mkdir(parents=True, exist_ok=True)
        for index in range(number):
            signal = shapes[label](generator.uniform(0, 6)) + generator.normal(0, 0.1, LENGTH)
            np.save(folder / label / f"{index:02d}.npy", signal.astype(np.float32))
    return folder


STAGES = SignalStages()
