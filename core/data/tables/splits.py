"""What a column says about the split of its row."""

from collections.abc import Mapping, Sequence
from typing import Any

from core.data.splits import SPLIT_NAMES as SPLIT_WORDS
from core.data.splits import UNLABELED_NAMES, split_in
from core.data.tables.columns import FOLD_NAMES, SPLIT_NAMES, named, plain
from core.language import _

UNLABELED = "unlabeled"
_UNLABELED = UNLABELED_NAMES | {"predict", "pred"}
_FLAGS = {"is_valid": "val", "is_val": "val", "is_test": "test"}
_YES = frozenset({"true", "1", "1.0", "yes"})
_NO = frozenset({"false", "0", "0.0", "no", "", "none", "nan"})
_TELLING = 0.5


def split_word(word: str) -> str | None:
    """`train`, `val`, `test`, or `unlabeled`, when a word says so."""
    plain_word = word.strip().lower().replace("-", "_").replace(" ", "_")
    if plain_word in _UNLABELED:
        return UNLABELED
    return SPLIT_WORDS.get(plain_word) or split_in(word)


def split_column(
    rows: Sequence[Mapping[str, Any]], names: Sequence[str], asked: str | None
) -> tuple[str | None, str]:
    """The column that says the split, and in words what of it is not used.

    Args:
        rows: A sample of the table.
        names: Of its columns.
        asked: The column that the recipe names, if any.
    """
    if asked is not None:
        return asked, ""
    used, unused = None, []
    for known in (*SPLIT_NAMES, *FOLD_NAMES):
        column = named(names, (known,))
        if column is None:
            continue
        cells = [cell for row in rows if _plain(cell := row.get(column))]
        told = sum(split_of_cell(column, cell) is not None for cell in cells)
        if used is None and cells and told >= _TELLING * len(cells):
            used = column
        else:
            unused.append(column)
    if not unused:
        return used, ""
    return used, _("column {unused} is not used as a split (data.split_column)").format(
        unused=" and ".join(unused)
    )


def split_of_cell(column: str, cell: Any) -> str | None:
    """`train`, `val`, `test` or `unlabeled`; None if the cell says nothing of the kind."""
    word = _plain(cell)
    flag = _FLAGS.get(plain(column))
    if flag is not None:
        return flag if word in _YES else "train" if word in _NO else None
    return split_word(str(cell)) if word else None


def _plain(cell: Any) -> str:
    return "" if cell is None else str(cell).strip().lower()
