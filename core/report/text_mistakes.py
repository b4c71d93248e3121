"""The most confident mistakes on texts, with the beginning of each text."""

from typing import Final

from core.data.manifest import Manifest, displayed
from core.readers.answers import read_answers, read_test_images
from core.report.mistakes import MOST, Mistake
from core.run.folder import RunFolder
from core.text.data.read import Columns
from core.text.data.reread import texts_again

_CHARACTERS: Final = 400


def text_mistakes_of(
    run: RunFolder, manifest: Manifest, arm: str, seed: int, most: int = MOST
) -> list[Mistake]:
    """The most confident mistakes of a classifier, surest first.

    Raises:
        RunError: Predictions can't be read.
    """
    data = run.recipe().data
    answers = read_answers(run, read_test_images(run), arm, seed)
    wrong = [int(index) for index in answers.mistakes()[:most]]
    # Predictions are in the order of the split.
    tested = manifest.labeled_split("test")
    columns = Columns(data.text_column, data.label_column)
    texts, why_not = texts_again(manifest, [tested[index] for index in wrong], columns)
    found = []
    for index in wrong:
        entry = tested[index]
        text = texts.get((entry.root, entry.path), "")
        found.append(
            Mistake(
                name=displayed(entry.path),
                true=answers.classes[answers.targets[index]],
                said=answers.classes[answers.predicted[index]],
                confidence=float(answers.confidence[index]),
                picture="",
                text=_beginning(text),
                why_not="" if text else f"No text: {why_not}.",
            )
        )
    return found


def _beginning(text: str) -> str:
    line = displayed(" ".join(text.split()))
    return line if len(line) <= _CHARACTERS else f"{line[:_CHARACTERS]} …"
