"""Which columns of a table are read as what, in words."""

from collections.abc import Sequence

from core.data.label_cells import LabelCells
from core.data.tables.columns import in_words
from core.language import _


def columns_in_words(
    text: str, cells: LabelCells, split: str | None, group: str | None, others: Sequence[str]
) -> str:
    """Columns of text, label, split and group; `others` are those that a label is missed among."""
    words = _("the text is column {column} (data.text_column)").format(column=text)
    if cells.flags:
        words = _("{words}, the labels are columns {flags} (data.label_column)").format(
            words=words, flags=in_words(cells.flags)
        )
    elif cells.column is not None:
        words = _("{words}, the label is column {column} (data.label_column)").format(
            words=words, column=cells.column
        )
    elif others:
        words = _("{words}, there is no label among {others} (data.label_column)").format(
            words=words, others=in_words(others)
        )
    if split is not None:
        words = _("{words}, the split is column {split} (data.split_column)").format(
            words=words, split=split
        )
    if group is not None:
        words = _("{words}, the group is column {group} (data.group_column)").format(
            words=words, group=group
        )
    return words
