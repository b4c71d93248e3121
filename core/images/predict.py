"""Classes of single images; implements `PredictModality`."""

from collections.abc import Generator, Mapping, Sequence
from functools import partial
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from core.images.data.decode import UnreadableImage, load_rgb, resized
from core.images.data.light_pool import num_workers
from core.images.data.walk import list_files
from core.images.model.classifier import Classifier
from core.images.model.open_classifier import open_classifier
from core.models.masked_model import Batch
from core.predict.answer import Answer
from core.predict.answering import Answering
from core.predict.deciding import Deciding, deciding, with_hidden_cells
from core.predict.in_order import in_order
from core.predict.modality import OpenedClassifier, PredictModality
from core.predict.placing import ON_CPU, ON_DEVICE, Place
from core.predict.prediction import Prediction
from core.recipe import DataRecipe
from core.training.rows import WIDTHS


class _Opened(OpenedClassifier):
    def __init__(self, folder: Path, place: Place) -> None:
        classifier, self._classes = open_classifier(folder)
        self._place, self._answer = place, Answer(folder, self._classes)
        self._preprocessing = classifier.preprocessing
        self._width = int(classifier.model.feature_dim)
        tokens = int(classifier.model.encoder.patch_embed.num_patches) + 1
        height, width = self._preprocessing.image_size
        self._row_bytes = 4 * (tokens * self._width * WIDTHS + 3 * 3 * height * width)
        compute = partial(_answers, classifier, self._answer)
        self._answering = Answering(classifier, compute, place, self._answer.unit)

    @property
    def feature_dim(self) -> int:
        return self._width

    @property
    def where(self) -> str:
        return self._answering.words

    def of_files(
        self,
        files: Sequence[Path],
        *,
        embeddings: bool = False,
        begun: Mapping[Path, int] | None = None,
    ) -> Generator[Prediction, None, None]:
        del begun
        # A thread may hold a picture at the limit of pixels.
        threads = min(self._place.threads, num_workers())
        place = Place(self._place.device, self._place.precision, self._place.words, threads)
        most = ON_CPU if place.is_cpu else ON_DEVICE
        # Few images are for all threads, too.
        size = max(1, min(most, -(-len(files) // threads)))
        pieces = (files[start : start + size] for start in range(0, len(files), size))
        for some in in_order(partial(self._classified, embeddings=embeddings), pieces, place):
            yield from some

    def of_one(self, path: Path, text: str) -> tuple[Prediction, str]:
        del text
        (found,) = self._classified([path], embeddings=False)
        return found, ""

    def deciding(self, path: Path, text: str) -> Deciding | None:
        del text
        if self._answer.decision.task.is_number:
            return None
        try:
            image, _ = load_rgb(path)
        except UnreadableImage as error:
            raise ValueError(str(error)) from error
        size, how = self._preprocessing.image_size, self._preprocessing.interpolation
        hidden, shape = with_hidden_cells(np.asarray(resized(image, size, how)))
        batch = {"pixels": torch.from_numpy(hidden).permute(0, 3, 1, 2)}
        probabilities = self._answering(batch, self._row_bytes)[0]
        return deciding(probabilities, self._classes, shape=shape)

    def _classified(self, paths: Sequence[Path], *, embeddings: bool) -> list[Prediction]:
        """Read and classify images at once."""
        pixels: list[np.ndarray] = []
        problems: list[str] = []
        size, how = self._preprocessing.image_size, self._preprocessing.interpolation
        for path in paths:
            try:
                image, _ = load_rgb(path)
            except (UnreadableImage, OSError) as error:
                problems.append(getattr(error, "strerror", None) or str(error))
                continue
            problems.append("")
            pixels.append(resized(image, size, how))
        if not pixels:
            return [
                Prediction(path, (), problem) for path, problem in zip(paths, problems, strict=True)
            ]
        batch = {"pixels": torch.from_numpy(np.stack(pixels)).permute(0, 3, 1, 2)}
        answers = zip(*self._answering(batch, self._row_bytes), strict=True)
        found: list[Prediction] = []
        for path, problem in zip(paths, problems, strict=True):
            if problem:
                found.append(Prediction(path, (), problem))
                continue
            probabilities, embedding = next(answers)
            told = self._answer.of(probabilities)
            kept = embedding if embeddings else None
            found.append(Prediction(path, **vars(told), embedding=kept))
        return found


def _answers(classifier: Classifier, answer: Answer, batch: Batch) -> tuple[Tensor, ...]:
    """(B, C) probabilities and (B, D) representations."""
    features = classifier.model.represent(batch)
    return answer.probabilities(classifier.head(features)), features


class ImagePredictions(PredictModality):
    """Image files, and folders of them."""

    def open(self, folder: Path, data: DataRecipe, place: Place) -> OpenedClassifier:
        """Open the classifier of a stage."""
        del data
        return _Opened(folder, place)

    def files_in(self, paths: Sequence[Path]) -> list[Path]:
        """Files as given, and the images below folders, those that can't be read among them."""
        found: list[Path] = []
        for path in paths:
            if path.is_dir():
                listing = list_files(path)
                unreadable = (*listing.empty, *(place for place, _ in listing.refused))
                places = {*(file.path for file in listing.files), *unreadable}
                found += [path / place for place in sorted(places)]
            else:
                found.append(path)
        return found


PREDICT = ImagePredictions()
