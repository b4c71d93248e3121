"""Texts of one file, one by one: nothing larger than a text (or a row group) is in memory."""

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path
from typing import Any

from core.data.file_types import PLAIN
from core.data.found_task import TaskCount
from core.data.label_cells import LabelCells, asked_flags
from core.data.labels import group_of_cell
from core.data.manifest import counted
from core.data.number_labels import label_reader, refuse_several_columns
from core.data.tables.columns import Columns, asked_for, in_words
from core.data.tables.dialect import lines_of
from core.data.tables.encodings import (
    SAID_BY_MARK,
    encoding_in_words,
    encoding_of,
    kind_of,
    open_text,
)
from core.data.tables.guesses import NOTHING, Tell, unheard
from core.data.tables.remarks import remarks
from core.data.tables.rows import (
    SAMPLED,
    TABLE_SUFFIXES,
    UNREADABLE,
    Rows,
    message_of,
    read_rows,
    sample_rows,
)
from core.data.tables.splits import UNLABELED, split_column, split_of_cell
from core.language import _
from core.text.data.columns import find_columns, flag_labels, other_texts
from core.text.data.columns_in_words import columns_in_words
from core.text.data.corpus_lines import are_lines_texts
from core.text.data.fasttext import fasttext_rows, is_fasttext
from core.text.data.label_reader import LabelReader, SeveralLabelsError
from core.text.data.labeled_lines import labeled_line_rows, labeled_lines
from core.text.data.plain_tables import plain_table

__all__ = [
    "PLAIN",
    "TABLES",
    "UNREADABLE",
    "Columns",
    "Text",
    "message_of",
    "read_texts",
    "sample_rows",
]

TABLES = TABLE_SUFFIXES
# A plain file beyond this is a corpus of many documents; none of them is longer.
_ONE_DOCUMENT = 1 << 20
_NO_TEXT = re.compile("[\ud800-\udfff]")


Bad = Callable[[int, str], None]
Note = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Text:
    """A text.

    Attributes:
        line: Where it starts (line or row, from 1; 0 for a whole file).
        text: Its characters.
        label: Its class, or several as `core.data.tags` joins them; None if it has none.
        split: `train`, `val` or `test` if its table says so.
        group: What it belongs to, if its table was asked for that.
    """

    line: int
    text: str
    label: str | None
    split: str | None = None
    group: str | None = None


def read_texts(
    file: Path,
    columns: Columns,
    bad: Bad,
    note: Callable[[str], None],
    *,
    wants_labels: bool = True,
    tell: Tell = unheard,
    is_corpus: bool = False,
) -> Iterator[Text]:
    """All texts of a file, in order.

    A plain file of up to a mebibyte is one text, but its lines are where they look like texts
    and it is said to be a corpus. A larger one is a corpus: its paragraphs are its
    texts, or its lines where no line is blank; one beyond a mebibyte is cut.

    Args:
        file: A plain text or a table, or one packed as `.gz`.
        columns: Which columns of a table to take.
        bad: Told (line, reason) of what can't be used.
        note: Told in words what was found: encoding, columns.
        wants_labels: Whether a label column is looked for.
        tell: Told by setting what was guessed.
        is_corpus: Whether a small plain file may be a corpus too: it has no label, and hardly any
            others lie beside it. Then its lines may have labels, too.

    Raises:
        OSError: As the file system says; and others of `UNREADABLE`: the file is damaged, or its
            columns can't be found (KeyError; its words say why).
    """
    kind = kind_of(file)
    if kind in TABLES:
        rows = read_rows(file, columns, bad, note, tell=tell)
        found = _chosen(rows, columns, bad, note, tell, wants_labels=wants_labels)
    else:
        encoding = encoding_of(file, columns.encoding)
        if encoding != "utf-8":
            note(
                _("read as {encoding} (data.encoding)").format(encoding=encoding_in_words(encoding))
            )
            if columns.encoding is None and encoding not in SAID_BY_MARK:
                tell("encoding", encoding)
        if is_fasttext(file, encoding):
            rows = fasttext_rows(file, encoding)
            found = _chosen(rows, columns, bad, note, unheard, wants_labels=wants_labels)
        elif is_corpus and (table := plain_table(file, encoding)) is not None:
            rows = table.rows(file, encoding, columns, bad, note, tell)
            found = _chosen(rows, columns, bad, note, tell, wants_labels=wants_labels)
        elif is_corpus and (form := labeled_lines(file, encoding)) is not None:
            note(_("each line is a text, its label {words}").format(words=form.words))
            if wants_labels:
                tell("label_column", form.words)
            rows = labeled_line_rows(file, encoding, form)
            found = _chosen(rows, Columns(), bad, _unsaid, unheard, wants_labels=wants_labels)
        else:
            found = _plain(file, encoding, note, is_corpus=is_corpus)
    for text in found:
        if not text.text.isascii() and _NO_TEXT.search(text.text):
            bad(text.line, _("it has bytes or characters that are no Unicode text"))
        else:
            yield text


def _unsaid(words: str) -> None:
    del words


def _plain(file: Path, encoding: str, note: Note, *, is_corpus: bool) -> Iterator[Text]:
    with open_text(file, encoding) as stream:
        head = stream.read(_ONE_DOCUMENT)
        if len(head) < _ONE_DOCUMENT and not (is_corpus and are_lines_texts(head)):
            yield Text(0, head, None)
            return
        has_blank_lines = re.search(r"\n[ \t]*\n", head.strip()) is not None
    note(_("its {parts} are its texts").format(parts="paragraphs" if has_blank_lines else "lines"))
    with open_text(file, encoding) as stream:
        lines = lines_of(stream, _ONE_DOCUMENT)
        if has_blank_lines:
            yield from _paragraphs(lines)
        else:
            yield from (Text(number, line, None) for number, line in lines if line.strip())


def _paragraphs(lines: Iterator[tuple[int, str]]) -> Iterator[Text]:
    paragraph: list[str] = []
    start = size = 0
    for number, line in chain(lines, [(0, "")]):
        is_blank = not line.strip()
        if paragraph and (is_blank or size + len(line) > _ONE_DOCUMENT):
            yield Text(start, "".join(paragraph), None)
            paragraph, size = [], 0
        if not is_blank:
            start = start if paragraph else number
            paragraph.append(line)
            size += len(line)


def _chosen(
    rows: Rows, columns: Columns, bad: Bad, note: Note, tell: Tell, *, wants_labels: bool
) -> Iterator[Text]:
    """The texts of a table."""
    sample = list(islice(rows, SAMPLED))
    if not sample:
        return
    known = [row for _number, row in sample]
    text, cells, split, group = _columns(known, columns, note, tell, wants_labels=wants_labels)
    refuse_several_columns(cells.flags, columns, "the table")
    read = LabelReader(known, cells, columns)
    if read.words:
        note(read.words)
    num_unlabeled = num_several = 0
    for number, row in chain(sample, rows):
        value = row.get(text)
        if not isinstance(value, str):
            bad(number, _("its {text} is no text").format(text=text))
            continue
        try:
            label = read.label(row)
            of_split = _split_of(row.get(split), split) if split is not None else None
        except SeveralLabelsError as error:
            num_several += 1
            bad(number, str(error))
            continue
        except ValueError as error:
            bad(number, str(error))
            continue
        is_unlabeled = label is None or of_split == UNLABELED
        num_unlabeled += is_unlabeled
        of_split = None if of_split == UNLABELED else of_split
        belongs = group_of_cell(row.get(group)) if group is not None else None
        yield Text(number, value, None if is_unlabeled else label, of_split, belongs)
    if cells.names and num_unlabeled:
        place = f"column {cells.column}" if cells.column else "its columns"
        note(
            _("{num_texts} without a label in {place}").format(
                num_texts=counted(num_unlabeled, "text"), place=place
            )
        )
    if num_several:
        note(
            _("{num_texts} with several labels: left out").format(
                num_texts=counted(num_several, "text")
            )
        )


def labels_in_rows(rows: Sequence[dict[str, Any]], asked: Columns) -> TaskCount:
    """How many labels rows of a table have, one or several.

    Raises:
        KeyError: Its columns can't be found.
    """
    count = TaskCount()
    cells = _columns(rows, asked, _unsaid, unheard, wants_labels=True)[1]
    if cells.names:
        labels = label_reader(cells.in_rows(rows), asked)
        for row in rows:
            with suppress(ValueError):
                count.add(labels.of(cells.of(row)))
    return count


def _columns(
    rows: Sequence[dict[str, Any]], asked: Columns, note: Note, tell: Tell, *, wants_labels: bool
) -> tuple[str, LabelCells, str | None, str | None]:
    """Columns of text, label, split and group, from the first rows."""
    names = list(dict.fromkeys(name for row in rows for name in row))
    flags = asked_flags(asked.label, rows, names) if wants_labels else ()
    asked_label = asked.label if (wants_labels or asked.label in names) and not flags else None
    group = asked_for(asked.group if wants_labels else None, names, "data.group_column")
    ungrouped = [
        {name: row[name] for name in row if name != group and name not in flags} for row in rows
    ]
    text, label = find_columns(ungrouped, asked.text, asked_label)
    split = asked_for(asked.split, names, "data.split_column")
    split, unused = split_column(rows, names, split, besides=[text, label, group, *flags])
    others = [name for name in names if name not in {text, split, group}]
    if wants_labels and label is None and not flags:
        flags = flag_labels(rows, others)
    cells = LabelCells.of_flags(flags, rows)
    if not flags and wants_labels:
        cells = LabelCells(label)
    note(columns_in_words(text, cells, split, group, others if wants_labels else ()))
    if unused:
        note(unused)
    for words in remarks(rows, names, cells.names, split, group):
        note(words)
    if more := [] if asked.text else other_texts(rows, text, label):
        note(
            _("sentences in {more} too, which are not read (data.text_column)").format(
                more=in_words(more)
            )
        )
    if asked.text is None and len(names) > 1:
        tell("text_column", text)
    if asked.label is None and (cells.names or (wants_labels and others)):
        tell("label_column", cells.found or NOTHING)
    if asked.split is None and split is not None:
        tell("split_column", split)
    return text, cells, split, group


def _split_of(cell: object, column: str) -> str | None:
    """What a cell says of the split; ValueError if it says something else."""
    found = split_of_cell(column, cell)
    if found is None and cell is not None and str(cell).strip():
        raise ValueError(f"unknown split {str(cell).strip()!r} (column {column})")
    return found
