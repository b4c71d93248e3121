"""The most confident mistakes, with small images or the beginnings of texts for a page."""

import base64
import io
from dataclasses import dataclass
from pathlib import Path
from typing import assert_never

from PIL import Image

from core.data.manifest import Manifest, displayed
from core.data.modality import DataModality
from core.modalities import data_of
from core.readers.answers import Answers, read_answers, read_test_rows
from core.run.folder import RunFolder

MOST = 24
_PIXELS = 160
_CHARACTERS = 400
_NOTHING = {"picture": "", "text": "", "why_not": ""}


@dataclass(frozen=True)
class Mistake:
    """A test image or text and what was said of it.

    Attributes:
        name: Of the file.
        true: Its class.
        said: The class that was said.
        confidence: The probability of that.
        picture: A small copy as data URI; empty when the image can't be read any more.
        why_not: Why not, in words.
        text: The beginning of a text; likewise.
    """

    name: str
    true: str
    said: str
    confidence: float
    picture: str
    why_not: str
    text: str = ""


def mistakes_of(
    run: RunFolder, manifest: Manifest | None, arm: str, seed: int, most: int = MOST
) -> list[Mistake]:
    """The most confident mistakes of a classifier, surest first.

    Args:
        run: The run.
        manifest: Its manifest, where it can be read: without it no text is shown.
        arm: Of the classifier.
        seed: Of the classifier.
        most: How many.

    Raises:
        RunError: Predictions or manifest can't be read.
    """
    answers = read_answers(run, read_test_rows(run), arm, seed)
    wrong = [int(index) for index in answers.mistakes()[:most]]
    shown = _shown(run, manifest, answers, wrong)
    return [
        Mistake(
            true=answers.classes[answers.targets[index]],
            said=answers.classes[answers.predicted[index]],
            confidence=float(answers.confidence[index]),
            **shown_of_one,
        )
        for index, shown_of_one in zip(wrong, shown, strict=True)
    ]


def _shown(
    run: RunFolder, manifest: Manifest | None, answers: Answers, wrong: list[int]
) -> list[dict[str, str]]:
    """Name, picture or text of each, and why there is none."""
    match run.recipe().modality.shown_as:
        case "picture":
            return [_picture(answers.reader, answers.path(index)) for index in wrong]
        case "text" if manifest is not None:
            return _texts(run, manifest, wrong)
        case "text" | "name":
            return [{"name": displayed(answers.name(index)), **_NOTHING} for index in wrong]
        case never:
            assert_never(never)


def _picture(reader: DataModality, path: Path) -> dict[str, str]:
    found = {"name": displayed(path.name), **_NOTHING}
    try:
        return {**found, "picture": _data_uri(reader.picture(path, _PIXELS))}
    except ValueError as error:
        return {**found, "why_not": f"No picture: {error}."}


def _texts(run: RunFolder, manifest: Manifest, wrong: list[int]) -> list[dict[str, str]]:
    recipe = run.recipe()
    # Predictions are in the order of the split.
    tested = manifest.labeled_split("test")
    entries = [tested[index] for index in wrong]
    texts, why_not = data_of(recipe.modality).texts_again(manifest, entries, recipe.data)
    found = []
    for entry in entries:
        text = texts.get((entry.root, entry.path), "")
        why = "" if text else f"No text: {why_not}."
        found.append(
            {**_NOTHING, "name": displayed(entry.path), "text": _beginning(text), "why_not": why}
        )
    return found


def _beginning(text: str) -> str:
    line = displayed(" ".join(text.split()))
    return line if len(line) <= _CHARACTERS else f"{line[:_CHARACTERS]} …"


def _data_uri(image: Image.Image) -> str:
    file = io.BytesIO()
    image.save(file, "JPEG", quality=82)
    return "data:image/jpeg;base64," + base64.b64encode(file.getvalue()).decode("ascii")
