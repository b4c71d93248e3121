"""Classes of single images, from an open classifier."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import torch

from core.images.data.decode import UnreadableImage, load_rgb, resized
from core.images.model.classifier import Classifier
from core.predict.prediction import Prediction, ranked

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
        features = classifier.model.represent(batch)
        probabilities = classifier.head(features).softmax(dim=1)
    yield from zip(probabilities.numpy(), features.numpy(), strict=True)
