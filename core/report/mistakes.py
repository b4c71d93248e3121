"""The most confident mistakes, with the images small enough to go into a page."""

import base64
import io
from dataclasses import dataclass

from PIL import Image

from core.data.manifest import displayed
from core.images.data.decode import UnreadableImage, decode, read_bytes
from core.readers.answers import read_answers, read_test_images
from core.run.folder import RunFolder

MOST = 24
_PIXELS = 160


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


def mistakes_of(run: RunFolder, arm: str, seed: int, most: int = MOST) -> list[Mistake]:
    """The most confident mistakes of a classifier, surest first.

    Raises:
        RunError: Predictions or manifest can't be read.
    """
    answers = read_answers(run, read_test_images(run), arm, seed)
    found = []
    for index in answers.mistakes()[:most]:
        path = answers.path(int(index))
        picture, why_not = "", ""
        try:
            picture = _data_uri(decode(read_bytes(path)))
        except UnreadableImage as error:
            why_not = f"No picture: {error.reason}."
        found.append(
            Mistake(
                name=displayed(path.name),
                true=answers.classes[answers.targets[index]],
                said=answers.classes[answers.predicted[index]],
                confidence=float(answers.confidence[index]),
                picture=picture,
                why_not=why_not,
            )
        )
    return found


def _data_uri(image: Image.Image) -> str:
    """A small JPEG made of the pixels alone: no EXIF, no colour profile, no thumbnail inside."""
    small = image.convert("RGB")
    small.thumbnail((_PIXELS, _PIXELS))
    bare = Image.new("RGB", small.size)
    bare.paste(small)
    file = io.BytesIO()
    bare.save(file, "JPEG", quality=82)
    return "data:image/jpeg;base64," + base64.b64encode(file.getvalue()).decode("ascii")
