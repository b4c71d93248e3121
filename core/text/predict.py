"""Classes of single texts; implements `PredictModality`."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path

import torch

from core.predict.modality import OpenedClassifier, PredictModality
from core.predict.placing import beside, on_best_device
from core.predict.prediction import Prediction, ranked
from core.recipe import DataRecipe
from core.text.data.decode import encoding_of
from core.text.data.framing import cut_off
from core.text.data.places import reference
from core.text.data.read import PLAIN, UNREADABLE, Columns, message_of, read_texts
from core.text.model.classifier import TextClassifier
from core.text.model.open_classifier import open_text_classifier
from core.text.token_source import padded
from core.text.tokenizing import Tokenizing

_BATCH = 32
# A classifier reads some hundred tokens: nothing beyond these letters matters to it.
_READ = 1_000_000


def classified(
    classifier: TextClassifier, classes: Sequence[str], examples: Iterable[tuple[Path | None, str]]
) -> Iterator[Prediction]:
    """Classify (path, text) pairs with a classifier that is open already; of some without path."""
    tokenizing = Tokenizing(classifier.description)
    examples = iter(examples)
    while some := list(islice(examples, _BATCH)):
        tokens = tokenizing([text for _, text in some])
        ids, starts = cut_off(tokens, tokenizing.frame).split()
        with torch.inference_mode():
            batch = padded(ids, starts, classifier.description.pad_id)
            logits = classifier(beside(classifier, batch))
            probabilities = logits.softmax(dim=1).cpu().numpy()
        for (path, text), row in zip(some, probabilities, strict=True):
            named = ranked(row, classes)
            yield Prediction(path, named, text="" if path is not None else text)


class _Opened(OpenedClassifier):
    def __init__(self, folder: Path, columns: Columns) -> None:
        classifier, self._classes = open_text_classifier(folder)
        self._classifier = on_best_device(classifier)
        self._columns = columns

    @property
    def feature_dim(self) -> int:
        config = self._classifier.whole.config
        return int(getattr(config, "hidden_size", 0) or config.dim)

    def of_files(self, files: Sequence[Path], *, embeddings: bool = False) -> Iterator[Prediction]:
        assert not embeddings, "predictions of texts are not written into files"
        problems: list[Prediction] = []
        yield from classified(
            self._classifier, self._classes, _texts_of(files, self._columns, problems)
        )
        yield from problems

    def of_texts(self, texts: Sequence[str]) -> Iterator[Prediction]:
        return classified(self._classifier, self._classes, ((None, text) for text in texts))

    def of_one(self, path: Path, text: str) -> tuple[Prediction, str]:
        from_file = not text
        try:
            text = text or _read(path)
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or str(error)
            return Prediction(path, (), reason), ""
        (found,) = classified(
            self._classifier, self._classes, [(path if from_file else None, text)]
        )
        return found, text


class TextPredictions(PredictModality):
    """Texts as they are, whole plain files, each text of a table."""

    takes_texts = True
    takes_folders = False

    def open(self, folder: Path, data: DataRecipe) -> OpenedClassifier:
        """Open the classifier of a stage."""
        return _Opened(folder, Columns.of(data))

    def files_in(self, paths: Sequence[Path]) -> list[Path]:
        """As given."""
        return list(paths)


def _texts_of(
    files: Sequence[Path], columns: Columns, problems: list[Prediction]
) -> Iterator[tuple[Path, str]]:
    for file in files:
        name = str(file)

        def bad(line: int, reason: str, name: str = name) -> None:
            problems.append(Prediction(Path(f"{name}:{line}"), (), reason))

        try:
            for found in read_texts(file, columns, bad, lambda _: None, wants_labels=False):
                yield Path(reference(name, found)), found.text
        except UNREADABLE as error:
            problems.append(Prediction(file, (), message_of(error)))


def _read(file: Path) -> str:
    """A plain text file; `ValueError` says what else it is."""
    if file.suffix.lower() not in PLAIN:
        raise ValueError("it is no plain text file (.txt, .md); paste the text itself")
    with file.open(encoding=encoding_of(file)) as opened:
        text = opened.read(_READ)
    if not text.strip():
        raise ValueError("it is empty")
    return text


PREDICT = TextPredictions()
