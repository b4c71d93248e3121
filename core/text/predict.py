"""Classes of single texts, from a finished run."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path

import torch

from core.predict.prediction import Prediction, ranked
from core.text.data.framing import cut_off
from core.text.data.places import reference
from core.text.data.read import UNREADABLE, Columns, message_of, read_texts
from core.text.model.classifier import TextClassifier, open_text_classifier
from core.text.token_source import padded
from core.text.tokenizing import Tokenizing

_BATCH = 32


def classified_texts(
    folder: Path, files: Sequence[Path], texts: Sequence[str], columns: Columns
) -> Iterator[Prediction]:
    """Classify the texts of files, then texts as they are; what can't be read is named.

    Args:
        folder: Of the classifier.
        files: Plain files and tables.
        texts: Texts as they are.
        columns: Of tables, as the run's recipe names them.

    Raises:
        RunError: The classifier's files are damaged.
    """
    problems: list[Prediction] = []
    examples = _examples(files, texts, columns, problems)
    yield from classified(*open_text_classifier(folder), examples)
    yield from problems


def classified(
    classifier: TextClassifier, classes: Sequence[str], examples: Iterable[tuple[str, str]]
) -> Iterator[Prediction]:
    """Classify (name, text) pairs with a classifier that is open already."""
    tokenizing = Tokenizing(classifier.description)
    examples = iter(examples)
    while some := list(islice(examples, _BATCH)):
        tokens = tokenizing([text for _, text in some])
        ids, starts = cut_off(tokens, tokenizing.frame).split()
        with torch.inference_mode():
            batch = padded(ids, starts, classifier.description.pad_id)
            probabilities = classifier(batch).softmax(dim=1).numpy()
        for (name, _), row in zip(some, probabilities, strict=True):
            yield Prediction(Path(name), ranked(row, classes))


def _examples(
    files: Sequence[Path], texts: Sequence[str], columns: Columns, problems: list[Prediction]
) -> Iterator[tuple[str, str]]:
    for file in files:
        name = str(file)

        def bad(line: int, reason: str, name: str = name) -> None:
            problems.append(Prediction(Path(f"{name}:{line}"), (), reason))

        try:
            for found in read_texts(file, columns, bad, lambda _: None, wants_labels=False):
                yield reference(name, found), found.text
        except UNREADABLE as error:
            problems.append(Prediction(file, (), message_of(error)))
    for text in texts:
        yield text, text
