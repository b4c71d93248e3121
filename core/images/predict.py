"""Classes of single images; implements `PredictModality`."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import torch

from core.images.data.decode import UnreadableImage, load_rgb, resized
from core.images.data.walk import list_files
from core.images.model.classifier import Classifier
from core.images.model.open_classifier import open_classifier
from core.predict.modality import OpenedClassifier, PredictModality
from core.predict.placing import beside, on_best_device
from core.predict.prediction import Prediction, ranked
from core.recipe import DataRecipe

_BATCH = 32


def classified(
    classifier: Classifier,
    classes: Sequence[str],
    images: Sequence[Path],
    *,
    embeddings: bool = False,
) -> Iterator[Prediction]:
    """Classify images with a classifier that is open already."""
    for start in range(0, len(images), _BATCH):
        readable: list[np.ndarray] = []
        problems: list[str] = []
        for path in images[start : start + _BATCH]:
            try:
                image, _ = load_rgb(path)
            except (UnreadableImage, OSError) as error:
                problems.append(getattr(error, "strerror", None) or str(error))
                continue
            problems.append("")
            size, how = classifier.preprocessing.image_size, classifier.preprocessing.interpolation
            readable.append(resized(image, size, how))
        rows = iter(_looked_at(classifier, readable))
        for path, problem in zip(images[start : start + _BATCH], problems, strict=True):
            if problem:
                yield Prediction(path, (), problem)
                continue
            probabilities, embedding = next(rows)
            named = ranked(probabilities, classes)
            yield Prediction(path, named, embedding=embedding if embeddings else None)


def _looked_at(
    classifier: Classifier, pixels: list[np.ndarray]
) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Per image its class probabilities and its representation."""
    if not pixels:
        return
    batch = {"pixels": torch.from_numpy(np.stack(pixels)).permute(0, 3, 1, 2)}
    with torch.inference_mode():
        batch = beside(classifier, batch)
        features = classifier.model.represent(batch)
        probabilities = classifier.head(features).softmax(dim=1)
    yield from zip(probabilities.cpu().numpy(), features.cpu().numpy(), strict=True)


class _Opened(OpenedClassifier):
    def __init__(self, folder: Path) -> None:
        classifier, self._classes = open_classifier(folder)
        self._classifier = on_best_device(classifier)

    @property
    def feature_dim(self) -> int:
        return int(self._classifier.model.feature_dim)

    def of_files(self, files: Sequence[Path], *, embeddings: bool = False) -> Iterator[Prediction]:
        return classified(self._classifier, self._classes, files, embeddings=embeddings)

    def of_one(self, path: Path, text: str) -> tuple[Prediction, str]:
        del text
        (found,) = self.of_files([path])
        return found, ""


class ImagePredictions(PredictModality):
    """Image files, and folders of them."""

    def open(self, folder: Path, data: DataRecipe) -> OpenedClassifier:
        """Open the classifier of a stage."""
        del data
        return _Opened(folder)

    def files_in(self, paths: Sequence[Path]) -> list[Path]:
        """Files as given, and the images below folders."""
        found: list[Path] = []
        for path in paths:
            if path.is_dir():
                found += [path / file.path for file in list_files(path).files]
            else:
                found.append(path)
        return found


PREDICT = ImagePredictions()
