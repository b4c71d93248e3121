"""Classes of signals in files."""

from collections.abc import Generator, Mapping, Sequence
from pathlib import Path

import numpy as np
import torch

from core.predict.modality import OpenedClassifier, PredictModality
from core.predict.placing import Place
from core.predict.prediction import Prediction, ranked
from core.recipe import DataRecipe
from tests.signals.data.modality import files_below, load_signal
from tests.signals.model.signal_model import WIDTH, as_windows, open_classifier


class _Opened(OpenedClassifier):
    def __init__(self, folder: Path) -> None:
        self._classifier, self._classes = open_classifier(folder)

    @property
    def feature_dim(self) -> int:
        return WIDTH

    def of_files(
        self,
        files: Sequence[Path],
        *,
        embeddings: bool = False,
        begun: Mapping[Path, int] | None = None,
    ) -> Generator[Prediction, None, None]:
        del begun
        for file in files:
            try:
                signal = load_signal(file)
            except (OSError, ValueError) as error:
                yield Prediction(file, (), getattr(error, "strerror", None) or str(error))
                continue
            batch = {"signal": torch.from_numpy(signal)[None]}
            with torch.inference_mode():
                features: np.ndarray = self._classifier.encoder(as_windows(batch)).mean(1).numpy()
                probabilities = self._classifier(batch).softmax(dim=1).numpy()
            named = ranked(probabilities[0], self._classes)
            yield Prediction(file, named, embedding=features[0] if embeddings else None)

    def of_one(self, path: Path, text: str) -> tuple[Prediction, str]:
        del text
        (found,) = self.of_files([path])
        return found, ""


class SignalPredictions(PredictModality):
    def open(self, folder: Path, data: DataRecipe, place: Place) -> OpenedClassifier:
        del data, place
        return _Opened(folder)

    def files_in(self, paths: Sequence[Path]) -> list[Path]:
        return [file for path in paths for file in files_below(path)]


PREDICT = SignalPredictions()
