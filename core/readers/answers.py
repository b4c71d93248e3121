"""Every test example of a finished run with what a classifier said of it."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.data.labeled_rows import SplitImages, read_split_images
from core.errors import RunError
from core.run.files import PREDICTIONS
from core.run.folder import RunFolder
from core.text.data.examples import place_of_reference, texts_at
from core.text.data.read import Columns


@dataclass(frozen=True, eq=False)
class Answers:
    """What the classifier of an arm and seed said of the test images.

    Attributes:
        images: The N test images, and the names of the C classes.
        targets: (N,) index of the true class.
        predicted: (N,) index of the most likely class.
        confidence: (N,) its probability.
        truth: (N,) the probability of the true class.
        columns: Of the tables that the texts stand in; None for images.
    """

    images: SplitImages
    targets: NDArray[np.int64]
    predicted: NDArray[np.int64]
    confidence: NDArray[np.float32]
    truth: NDArray[np.float32]
    columns: Columns | None = None

    def __len__(self) -> int:
        return len(self.targets)

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
        assert self.columns is not None
        places = [self._place(int(index)) for index in indices]
        wanted: dict[Path, set[int]] = {}
        for file, line in places:
            wanted.setdefault(file, set()).add(line)
        found = texts_at(wanted, self.columns)
        return [found.get(place, "") for place in places]

    def _place(self, index: int) -> tuple[Path, int]:
        path = self.images.path(index)
        return (path, 0) if self.columns is None else place_of_reference("", str(path))

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
    """The folder of the stage that fine-tuned an arm with a seed.

    Raises:
        RunError: It is not there.
    """
    for folder in sorted(run.stages.glob(f"*-finetune-{arm}-seed-{seed}")):
        return folder
    if not run.path.exists():
        raise RunError("run-gone", path=run.path)
    name = f"stages/…-finetune-{arm}-seed-{seed}"
    raise RunError("run-damaged", file=name, path=run.path, reason="it is missing")


def read_test_images(run: RunFolder) -> SplitImages:
    """The labeled test images, in the order of the predictions.

    Raises:
        RunError: `manifest-damaged`, `manifest-newer`.
    """
    return read_split_images(run.manifest_file, "test")


def read_answers(run: RunFolder, images: SplitImages, arm: str, seed: int) -> Answers:
    """Read what a classifier said of the test images.

    Raises:
        RunError: The files are missing or damaged, or don't belong together.
    """
    file = classifier_stage(run, arm, seed) / PREDICTIONS
    probabilities, targets = _predictions(run, file)
    if not np.array_equal(images.label, targets) or probabilities.shape[1] != len(images.classes):
        reason = "its images are not those of manifest.jsonl"
        raise RunError("run-damaged", file=_shown(run, file), path=run.path, reason=reason)
    predicted = probabilities.argmax(axis=1)
    rows = np.arange(len(targets))
    data = run.recipe().data
    is_text = data.kind == "text"
    return Answers(
        images=images,
        targets=targets,
        predicted=predicted,
        confidence=probabilities[rows, predicted],
        truth=probabilities[rows, targets],
        columns=Columns(data.text_column, data.label_column) if is_text else None,
    )


def _predictions(run: RunFolder, file: Path) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    # Late: it takes a moment, and only results need it.
    from safetensors import SafetensorError
    from safetensors.numpy import load_file

    try:
        tensors = load_file(file)
        probabilities = tensors["probabilities"].astype(np.float32)
        targets = tensors["targets"].astype(np.int64)
        if probabilities.ndim != 2 or len(probabilities) != len(targets):
            raise ValueError("its parts do not fit each other")
    except (OSError, ValueError, KeyError, SafetensorError) as error:
        reason = f"{error} is missing" if isinstance(error, KeyError) else error
        raise RunError(
            "run-damaged", file=_shown(run, file), path=run.path, reason=reason
        ) from error
    return probabilities, targets


def _shown(run: RunFolder, file: Path) -> str:
    return file.relative_to(run.path).as_posix()
