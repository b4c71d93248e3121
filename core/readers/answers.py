"""Every test example of a finished run with what a classifier said of it."""

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.data.labeled_rows import LabeledRows, read_labeled_rows
from core.data.modality import DataModality
from core.errors import RunError
from core.language import _
from core.modalities import data_of
from core.readers.reasons import missing_or
from core.recipe import DataRecipe, modality_named
from core.recipe.arms import FROZEN
from core.run.classifiers import answers_folder
from core.run.files import PREDICTIONS, SUMMARY
from core.run.folder import RunFolder


@dataclass(frozen=True, eq=False)
class Answers:
    """What the classifier of an arm and seed said of the test images.

    Attributes:
        images: The N test examples, and the names of the C classes.
        whole: The same with those that could not be read when they were asked about.
        targets: (N,) index of the true class.
        predicted: (N,) index of the most likely class.
        confidence: (N,) its probability.
        truth: (N,) the probability of the true class.
        probabilities: (N, C) of all classes.
        temperature: What its logits were divided by for them; None: they are as trained.
        reader: What reads the examples.
        data: How they are read.
    """

    images: LabeledRows
    whole: LabeledRows
    targets: NDArray[np.int64]
    predicted: NDArray[np.int64]
    confidence: NDArray[np.float32]
    truth: NDArray[np.float32]
    probabilities: NDArray[np.float32]
    temperature: float | None
    reader: DataModality
    data: DataRecipe

    def __len__(self) -> int:
        return len(self.targets)

    @property
    def kind(self) -> str:
        """Name of the modality."""
        return modality_named(self.data.kind).name

    @property
    def classes(self) -> tuple[str, ...]:
        """Names of the classes."""
        return self.images.classes

    def path(self, index: int) -> Path:
        """The file a test example is in (or was)."""
        return self._place(index)[0]

    def name(self, index: int) -> str:
        """What a test example is called: its file, and of a text its line."""
        file, line = self._place(index)
        return f"{file.name}:{line}" if line else file.name

    def texts(self, indices: NDArray[np.int64]) -> list[str]:
        """The texts at these indices, read from their files; empty where one is gone.

        Takes as long as reading those files does.
        """
        places = [self._place(int(index)) for index in indices]
        wanted: dict[Path, set[int]] = {}
        for file, line in places:
            wanted.setdefault(file, set()).add(line)
        found = self.reader.texts(wanted, self.data)
        return [found.get(place, "") for place in places]

    def _place(self, index: int) -> tuple[Path, int]:
        return self.reader.place(self.images.path(index))

    def mistakes(self, true: int | None = None, said: int | None = None) -> NDArray[np.int64]:
        """Indices of wrongly classified images, the most confident first.

        Args:
            true: Only those of this class.
            said: Only those that were said to be of this class.
        """
        wrong = self.targets != self.predicted
        if true is not None:
            wrong &= self.targets == true
        if said is not None:
            wrong &= self.predicted == said
        return self._surest_first(wrong)

    def cell(self, true: int, said: int) -> NDArray[np.int64]:
        """Indices of the images of a cell of the confusion matrix, the most confident first."""
        return self._surest_first((self.targets == true) & (self.predicted == said))

    def _surest_first(self, chosen: NDArray[np.bool_]) -> NDArray[np.int64]:
        found = np.flatnonzero(chosen)
        order = np.argsort(-self.confidence[found], kind="stable")
        return found[order]


def classifier_stage(run: RunFolder, arm: str, seed: int) -> Path:
    """The folder of what an arm says with a seed.

    Raises:
        RunError: It is not there.
    """
    folder = answers_folder(run, arm, seed)
    if folder is not None:
        return folder
    if not run.path.exists():
        raise RunError("run-gone", path=run.path)
    name = f"frozen/{arm}" if arm in FROZEN else f"stages/…-finetune-{arm}-seed-{seed}"
    raise RunError("run-damaged", file=name, path=run.path, reason=_("it is missing"))


def read_test_rows(run: RunFolder) -> LabeledRows:
    """The labeled test images, in the order of the predictions.

    Raises:
        RunError: `manifest-damaged`, `manifest-newer`.
    """
    return read_labeled_rows(run.manifest_file, "test")


def read_answers(run: RunFolder, images: LabeledRows, arm: str, seed: int) -> Answers:
    """Read what a classifier said of the test images.

    Raises:
        RunError: The files are missing or damaged, or don't belong together.
    """
    file = classifier_stage(run, arm, seed) / PREDICTIONS
    probabilities, targets, rows_kept = read_predictions(run, file)
    whole = images
    if rows_kept is not None and rows_kept.max(initial=-1) < len(whole):
        images = whole.chosen(rows_kept)
    if not np.array_equal(images.label, targets) or probabilities.shape[1] != len(images.classes):
        reason = _("its images are not those of manifest.jsonl")
        raise RunError("run-damaged", file=_shown(run, file), path=run.path, reason=reason)
    predicted = probabilities.argmax(axis=1)
    rows = np.arange(len(targets))
    recipe = run.recipe()
    return Answers(
        images=images,
        whole=whole,
        targets=targets,
        predicted=predicted,
        confidence=probabilities[rows, predicted],
        truth=probabilities[rows, targets],
        probabilities=probabilities,
        temperature=_temperature(file.with_name(SUMMARY)),
        reader=data_of(recipe.modality),
        data=recipe.data,
    )


def read_predictions(
    run: RunFolder, file: Path
) -> tuple[NDArray[np.float32], NDArray[np.int64], NDArray[np.int64] | None]:
    """Probabilities, true classes, and which held-out examples they are of where some are missing.

    Raises:
        RunError: The file is missing or damaged.
    """
    # Late: it takes a moment, and only results need it.
    from safetensors import SafetensorError
    from safetensors.numpy import load_file

    try:
        tensors = load_file(file)
        probabilities = tensors["probabilities"].astype(np.float32)
        targets = tensors["targets"].astype(np.int64)
        if probabilities.ndim != 2 or len(probabilities) != len(targets):
            raise ValueError(_("its parts do not fit each other"))
    except (OSError, ValueError, KeyError, SafetensorError) as error:
        reason = missing_or(error)
        raise RunError(
            "run-damaged", file=_shown(run, file), path=run.path, reason=reason
        ) from error
    return probabilities, targets, tensors.get("rows")


def _temperature(summary: Path) -> float | None:
    """As the summary of the classifier has it; older ones, and those without validation, don't."""
    try:
        found = json.loads(summary.read_text(encoding="utf-8"))["calibration"]["temperature"]
        return float(found) if float(found) > 0 else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _shown(run: RunFolder, file: Path) -> str:
    return file.relative_to(run.path).as_posix()
