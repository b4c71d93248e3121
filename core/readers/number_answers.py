"""What a model that predicts numbers said of the test examples, beside the true numbers."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.data.manifest import displayed
from core.data.manifest_file import read_manifest
from core.errors import RunError
from core.language import _
from core.readers.answers import classifier_stage
from core.readers.reasons import missing_or
from core.run.files import PREDICTIONS
from core.run.folder import RunFolder

Numbers = NDArray[np.floating[Any]]


@dataclass(frozen=True, eq=False)
class NumberAnswers:
    """Answers to N test examples.

    Attributes:
        predicted: (N,) in the unit of the labels.
        true: (N,) labels.
        names: Of the examples, as the manifest has them.
        files: Where they are; of a text in a table with its line behind a colon.
    """

    predicted: Numbers
    true: Numbers
    names: tuple[str, ...]
    files: tuple[Path, ...]

    @property
    def worst_first(self) -> NDArray[np.int64]:
        """Indices of the examples, the largest error first."""
        errors = np.abs(self.predicted - self.true)
        found: NDArray[np.int64] = np.argsort(-errors, kind="stable")
        return found


def read_number_answers(run: RunFolder, arm: str, seed: int) -> NumberAnswers:
    """Read what a model said of the test examples.

    Raises:
        RunError: The files are missing or damaged, or don't belong together.
    """
    # Late: it takes a moment, and only results need it.
    from safetensors import SafetensorError
    from safetensors.numpy import load_file

    file = classifier_stage(run, arm, seed) / PREDICTIONS
    manifest = read_manifest(run.manifest_file)
    examples = manifest.used_split("test")
    try:
        tensors = load_file(file)
        predicted, true = tensors["probabilities"][:, 0], tensors["targets"]
        rows = tensors.get("rows", np.arange(len(examples)))
        chosen = [examples[int(row)] for row in rows]
        labels = np.array([float(example.label or 0) for example in chosen])
        if not np.allclose(labels, true) or len(predicted) != len(labels):
            raise ValueError(_("its numbers are not those of manifest.jsonl"))
    except (OSError, ValueError, KeyError, IndexError, SafetensorError) as error:
        reason = missing_or(error)
        shown = file.relative_to(run.path).as_posix()
        raise RunError("run-damaged", file=shown, path=run.path, reason=reason) from error
    return NumberAnswers(
        predicted.astype(np.float64),
        labels,
        tuple(displayed(example.path) for example in chosen),
        tuple(manifest.absolute(example) for example in chosen),
    )
