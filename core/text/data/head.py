"""How many labels the texts of a file have: its first rows tell, before anything else is read."""

from itertools import islice
from pathlib import Path

from core.data.found_task import TaskCount
from core.data.tables.encodings import encoding_of
from core.data.tables.rows import SAMPLED
from core.text.data.decode import kind_of
from core.text.data.fasttext import fasttext_rows, is_fasttext
from core.text.data.read import TABLES, UNREADABLE, Columns, labels_in_rows, sample_rows


def labels_in_head(file: Path, asked: Columns) -> TaskCount:
    """Count them; a file that can't be read has none, which the scan will say.

    Args:
        file: A plain text or a table.
        asked: What the recipe says of tables.
    """
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
