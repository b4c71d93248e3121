"""Whether texts have one label, several or a number: first rows tell, before all else is read."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from itertools import islice
from pathlib import Path

from core.data.found_task import TaskCount
from core.data.manifest import Guess
from core.data.tables.encodings import encoding_of
from core.data.tables.rows import SAMPLED
from core.recipe.modality import AUTO
from core.text.about import MODALITY
from core.text.data.decode import kind_of
from core.text.data.fasttext import fasttext_rows, is_fasttext
from core.text.data.read import TABLES, UNREADABLE, Columns, labels_in_rows, sample_rows


def with_task(
    columns: Columns, shared: Mapping[Path, Columns], labeled: Iterable[Path]
) -> tuple[Columns, dict[Path, Columns], list[Guess]]:
    """Both with the task that is found in the labeled files, where it is open; and what to say.

    Args:
        columns: What the recipe says of tables.
        shared: The same of single files.
        labeled: All files whose labels count.

    Raises:
        RunError: `labels-have-units`.
    """
    if columns.task != AUTO:
        return columns, dict(shared), []
    count = TaskCount()
    for file in labeled:
        own = _labels_in_head(file, shared.get(file, columns))
        own.refuse_units(file)
        count += own
    guess = count.guess(MODALITY.example)
    both = {file: replace(own, found_task=count.task) for file, own in shared.items()}
    return replace(columns, found_task=count.task), both, [guess] if guess is not None else []


def _labels_in_head(file: Path, asked: Columns) -> TaskCount:
    """How many labels it has; one that can't be read has none, which the scan will say."""
    try:
        if kind_of(file) in TABLES:
            rows = sample_rows(file, asked)
        else:
            encoding = encoding_of(file, asked.encoding, of_its_head=True)
            if not is_fasttext(file, encoding):
                return TaskCount()
            rows = [row for _, row in islice(fasttext_rows(file, encoding), SAMPLED)]
        return labels_in_rows(rows, asked) if rows else TaskCount()
    except UNREADABLE:
        return TaskCount()
