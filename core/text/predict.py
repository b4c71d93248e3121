"""Classes of single texts; implements `PredictModality`."""

from collections.abc import Generator, Iterator, Sequence
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Final

import numpy as np
from torch import Tensor

from core.models.masked_model import Batch
from core.predict.answering import Answering
from core.predict.deciding import Deciding, deciding, without_each_word
from core.predict.in_order import in_order
from core.predict.modality import OpenedClassifier, PredictModality
from core.predict.placing import ON_CPU, ON_DEVICE, Place
from core.predict.prediction import Prediction, ranked
from core.recipe import DataRecipe
from core.text.data.decode import encoding_of
from core.text.data.framing import cut_off
from core.text.data.places import reference
from core.text.data.read import PLAIN, UNREADABLE, Columns, message_of, read_texts
from core.text.model.classifier import TextClassifier
from core.text.model.open_classifier import open_text_classifier
from core.text.model.pooled import width_of
from core.text.token_source import padded
from core.text.tokenizing import Tokenizing
from core.training.rows import WIDTHS

# Batches of texts that are tokenised together, and sorted by their length.
_TOGETHER: Final = 8
# A classifier reads some hundred tokens: nothing beyond these letters matters to it.
_READ = 1_000_000


class _Opened(OpenedClassifier):
    def __init__(self, folder: Path, columns: Columns, place: Place) -> None:
        classifier, self._classes = open_text_classifier(folder)
        self._columns, self._place = columns, place
        self._pad_id = classifier.description.pad_id
        self._tokenizing = Tokenizing(classifier.description)
        config = classifier.whole.config
        self._width = width_of(config)
        self._heads = int(getattr(config, "num_attention_heads", 0) or 16)
        self._answering = Answering(classifier, partial(_answers, classifier), place)

    @property
    def feature_dim(self) -> int:
        return self._width

    @property
    def where(self) -> str:
        return self._answering.words

    def of_files(
        self, files: Sequence[Path], *, embeddings: bool = False
    ) -> Generator[Prediction, None, None]:
        assert not embeddings, "predictions of texts are not written into files"
        problems: list[Prediction] = []
        yield from self._of_examples(_texts_of(files, self._columns, problems))
        yield from problems

    def of_texts(self, texts: Sequence[str]) -> Iterator[Prediction]:
        return self._of_examples((None, text) for text in texts)

    def of_one(self, path: Path, text: str) -> tuple[Prediction, str]:
        from_file = not text
        try:
            text = text or _read(path)
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or str(error)
            return Prediction(path, (), reason), ""
        (found,) = self._classified([(path if from_file else None, text)])
        return found, text

    def deciding(self, path: Path, text: str) -> Deciding | None:
        texts, words = without_each_word(text or _read(path))
        answers = [dict(found.probabilities) for found in self.of_texts(texts)]
        rows = np.array([[each[name] for name in self._classes] for each in answers])
        return deciding(rows, self._classes, words=words)

    def _of_examples(
        self, examples: Iterator[tuple[Path | None, str]]
    ) -> Generator[Prediction, None, None]:
        at_once = _TOGETHER * (ON_CPU if self._place.is_cpu else ON_DEVICE)
        pieces = iter(lambda: list(islice(examples, at_once)), [])
        for some in in_order(self._classified, pieces, self._place):
            yield from some

    def _classified(self, some: Sequence[tuple[Path | None, str]]) -> list[Prediction]:
        """Tokenise and classify texts; those of similar length at once, with little padding."""
        tokens = self._tokenizing([text for _, text in some])
        ids, starts = cut_off(tokens, self._tokenizing.frame).split()
        order = sorted(range(len(ids)), key=lambda index: len(ids[index]))
        size = ON_CPU if self._place.is_cpu else ON_DEVICE
        rows: dict[int, np.ndarray] = {}
        for start in range(0, len(order), size):
            at = order[start : start + size]
            batch = padded(
                [ids[index] for index in at], [starts[index] for index in at], self._pad_id
            )
            length = batch["input_ids"].shape[1]
            row_bytes = 4 * length * (self._width * WIDTHS + 2 * length * self._heads)
            (probabilities,) = self._answering(batch, row_bytes)
            rows.update(zip(at, probabilities, strict=True))
        found: list[Prediction] = []
        for index, (path, text) in enumerate(some):
            named = ranked(rows[index], self._classes)
            found.append(Prediction(path, named, text="" if path is not None else text))
        return found


def _answers(classifier: TextClassifier, batch: Batch) -> tuple[Tensor, ...]:
    """(B, C) probabilities."""
    return (classifier(batch).float().softmax(dim=1),)


class TextPredictions(PredictModality):
    """Texts as they are, whole plain files, each text of a table."""

    takes_texts = True
    takes_folders = False

    def open(self, folder: Path, data: DataRecipe, place: Place) -> OpenedClassifier:
        """Open the classifier of a stage."""
        return _Opened(folder, Columns.of(data), place)

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
