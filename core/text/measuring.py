"""What is trained on to measure: some of the user's texts, whose lengths decide the cost."""

from itertools import cycle, islice
from pathlib import Path

from core.data.opened import opened
from core.recipe import Recipe
from core.system.atomic import write_text
from core.text.data.places import text_files
from core.text.data.read import UNREADABLE, Columns, read_texts

_TEXTS = 128
# Reads no more of a corpus than that to see how long its texts are.
_FILES_READ = 20


def write_texts(folder: Path, texts: list[str]) -> None:
    """Write class folders of texts like these, one file each."""
    for number, text in enumerate(islice(cycle(texts), _TEXTS)):
        label = ("one", "two")[number % 2]
        (folder / label).mkdir(parents=True, exist_ok=True)
        # Copies are used once: the number makes each text one of its own.
        write_text(folder / label / f"{number}.txt", f"{text} {number}")


def some_texts(recipe: Recipe) -> list[str]:
    """Texts of the data, whose lengths decide what a step costs; long ones where there are none."""
    data = recipe.data
    columns = Columns.of(data)
    found: list[str] = []
    for name in (*data.unlabeled, *([data.labeled] if data.labeled else [])):
        for file in (
            text_files(opened(Path(name)).path)[:_FILES_READ] if Path(name).exists() else []
        ):
            try:
                texts = read_texts(
                    file, columns, lambda *_: None, lambda _: None, wants_labels=False
                )
                found += [text.text for text in islice(texts, _TEXTS) if text.text.strip()]
            except UNREADABLE:
                continue  # the scan has told what is wrong with it
    # Evenly: files of like texts lie together.
    return found[:: max(1, len(found) // _TEXTS)] or ["word " * recipe.model.max_length]
