"""Classes of single texts; implements `PredictModality`."""

import threading
from collections import deque
from collections.abc import Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Final

import numpy as np
from torch import Tensor, nn

from core.models.masked_model import Batch
from core.predict.answer import Answer
from core.predict.answering import Answering
from core.predict.deciding import Deciding, deciding, without_each_word
from core.predict.in_order import in_order
from core.predict.modality import OpenedClassifier, PredictModality
from core.predict.placing import ON_CPU, ON_DEVICE, Place
from core.predict.prediction import Prediction
from core.recipe import DataRecipe
from core.text.data.decode import encoding_of, kind_of
from core.text.data.framing import cut_off
from core.text.data.places import reference, text_files
from core.text.data.read import PLAIN, TABLES, UNREADABLE, Columns, message_of, read_texts
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
_NOTHING: Final = "there is no text in it"


@dataclass(frozen=True)
class _Example:
    """A text to classify, or why there is none; without a file the text is by itself."""

    text: str = ""
    path: Path | None = None
    file: Path | None = None
    problem: str = ""


class _Opened(OpenedClassifier):
    def __init__(self, folder: Path, columns: Columns, place: Place) -> None:
        classifier, self._classes = open_text_classifier(folder)
        self._columns, self._place = columns, place
        self._answer = Answer(folder, self._classes)
        self._pad_id = classifier.description.pad_id
        self._tokenizing = Tokenizing(classifier.description)
        config = classifier.whole.config
        self._hidden = width_of(config)
        self._heads = int(getattr(config, "num_attention_heads", 0) or 16)
        self._width = int(classifier.output_layer.in_features)
        # Threads compute side by side: each keeps what its own batch was told from.
        self._seen = threading.local()
        classifier.output_layer.register_forward_pre_hook(self._keep_features)
        compute = partial(self._answers, classifier)
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
        examples = _examples_of(files, self._columns, begun or {})
        yield from self._of_examples(examples, embeddings=embeddings)

    def of_texts(self, texts: Sequence[str], *, embeddings: bool = False) -> Iterator[Prediction]:
        examples = (_Example(text, problem=_problem(text)) for text in texts)
        return self._of_examples(examples, embeddings=embeddings)

    def of_one(self, path: Path, text: str) -> tuple[Prediction, str]:
        from_file = not text
        try:
            text = text or _read(path)
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or str(error)
            return Prediction(path, (), reason), ""
        (found,) = self._classified([_Example(text, path if from_file else None)])
        return found, text

    def deciding(self, path: Path, text: str) -> Deciding | None:
        if self._answer.decision.task.is_number:
            return None
        texts, words = without_each_word(text or _read(path))
        # Without its only word a text is empty, which has to be answered here.
        left = self._of_examples(map(_Example, texts), embeddings=False)
        answers = [dict(found.probabilities) for found in left]
        rows = np.array([[each[name] for name in self._classes] for each in answers])
        return deciding(rows, self._classes, words=words)

    def _of_examples(
        self, examples: Iterator[_Example], *, embeddings: bool
    ) -> Generator[Prediction, None, None]:
        at_once = _TOGETHER * (ON_CPU if self._place.is_cpu else ON_DEVICE)
        pieces = iter(lambda: list(islice(examples, at_once)), [])
        classified = partial(self._classified, embeddings=embeddings)
        for some in in_order(classified, pieces, self._place):
            yield from some

    def _classified(
        self, some: Sequence[_Example], *, embeddings: bool = False
    ) -> list[Prediction]:
        """Tokenise and classify texts; those of similar length at once, with little padding."""
        answers = iter(self._of_texts([each.text for each in some if not each.problem]))
        found: list[Prediction] = []
        for each in some:
            if each.problem:
                found.append(Prediction(each.path, (), each.problem, file=each.file))
                continue
            probabilities, features = next(answers)
            prediction = Prediction(
                each.path,
                **vars(self._answer.of(probabilities)),
                embedding=features if embeddings else None,
                text="" if each.path is not None else each.text,
                file=each.file,
                read=each.text,
            )
            found.append(prediction)
        return found

    def _of_texts(self, texts: list[str]) -> list[tuple[np.ndarray, np.ndarray]]:
        """(C,) probabilities and (D,) representation of each."""
        if not texts:
            return []
        ids, starts = cut_off(self._tokenizing(texts), self._tokenizing.frame).split()
        order = sorted(range(len(ids)), key=lambda index: len(ids[index]))
        size = ON_CPU if self._place.is_cpu else ON_DEVICE
        rows: dict[int, tuple[np.ndarray, np.ndarray]] = {}
        for start in range(0, len(order), size):
            at = order[start : start + size]
            batch = padded(
                [ids[index] for index in at], [starts[index] for index in at], self._pad_id
            )
            length = batch["input_ids"].shape[1]
            row_bytes = 4 * length * (self._hidden * WIDTHS + 2 * length * self._heads)
            answers = self._answering(batch, row_bytes)
            rows.update(zip(at, zip(*answers, strict=True), strict=True))
        return [rows[index] for index in range(len(texts))]

    def _keep_features(self, layer: nn.Module, inputs: tuple[Tensor, ...]) -> None:
        del layer
        self._seen.features = inputs[0]

    def _answers(self, classifier: TextClassifier, batch: Batch) -> tuple[Tensor, ...]:
        """(B, C) probabilities and (B, D) what the output layer told them from."""
        probabilities = self._answer.probabilities(classifier(batch))
        return probabilities, self._seen.features


class TextPredictions(PredictModality):
    """Texts as they are, whole plain files, each text of a table, and folders of files."""

    takes_texts = True

    def open(self, folder: Path, data: DataRecipe, place: Place) -> OpenedClassifier:
        """Open the classifier of a stage."""
        return _Opened(folder, Columns.of(data), place)

    def files_in(self, paths: Sequence[Path]) -> list[Path]:
        """Files as given, and those with texts below folders."""
        return [file for path in paths for file in (text_files(path) if path.is_dir() else [path])]

    def num_in(self, file: Path, data: DataRecipe) -> int:
        """The rows of a table, the texts of a corpus: they are read for that."""
        try:
            is_one = kind_of(file) not in TABLES and file.stat().st_size < _READ
        except OSError:
            return 1
        return 1 if is_one else sum(1 for _ in _examples_in(file, Columns.of(data)))


def _problem(text: str) -> str:
    return "" if text.strip() else _NOTHING


def _examples_of(
    files: Sequence[Path], columns: Columns, begun: Mapping[Path, int]
) -> Iterator[_Example]:
    for file in files:
        yield from islice(_examples_in(file, columns), begun.get(file, 0), None)


def _examples_in(file: Path, columns: Columns) -> Iterator[_Example]:
    """In the order of the file, those that can't be read among them; at least one."""
    name, bad, is_empty = str(file), deque[tuple[int, _Example]](), True

    def take_bad(line: int, reason: str) -> None:
        bad.append((line, _Example(path=Path(f"{name}:{line}"), file=file, problem=reason)))

    last = ""
    try:
        for found in read_texts(file, columns, take_bad, lambda _: None, wants_labels=False):
            is_empty = False
            # The reader looks ahead: it may have told of rows that come later.
            while bad and bad[0][0] <= found.line:
                yield bad.popleft()[1]
            yield _Example(found.text, Path(reference(name, found)), file, _problem(found.text))
    except UNREADABLE as error:
        last = message_of(error)
    yield from (example for _, example in bad)
    if is_empty and not bad and not last:
        last = _NOTHING
    if last:
        yield _Example(path=file, file=file, problem=last)


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
