"""What a column says about the split of its row."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from core.data.splits import SPLIT_NAMES as SPLIT_WORDS
from core.data.splits import UNLABELED_NAMES, are_splits_alike, split_in
from core.data.tables.columns import FOLD_NAMES, SPLIT_NAMES, named, plain
from core.language import _

UNLABELED = "unlabeled"
_UNLABELED = UNLABELED_NAMES | {"predict", "pred"}
# The split of a row with yes, and of one with no.
_FLAGS: Final = {
    **dict.fromkeys(("is_valid", "is_val", "is_validation", "isvalid"), ("val", "train")),
    **dict.fromkeys(("is_test", "is_testing", "istest"), ("test", "train")),
    **dict.fromkeys(("is_train", "is_training", "istrain"), ("train", "test")),
}
_YES = frozenset({"true", "1", "1.0", "yes"})
_NO = frozenset({"false", "0", "0.0", "no", "", "none", "nan"})
_TELLING = 0.5
# A column of any name says the split if it holds nothing but so many words for splits.
_MOST_WORDS = 6


def split_word(word: str) -> str | None:
    """`train`, `val`, `test`, or `unlabeled`, when a word says so."""
    plain_word = word.strip().lower().replace("-", "_").replace(" ", "_")
    if plain_word in _UNLABELED:
        return UNLABELED
    return SPLIT_WORDS.get(plain_word) or split_in(word)


def split_column(
    rows: Sequence[Mapping[str, Any]],
    names: Sequence[str],
    asked: str | None,
    *,
    besides: Iterable[str | None] = (),
) -> tuple[str | None, str]:
    """The column that says the split, and in words what of it is not used.

    A well-known name comes first, then what the cells say: `Datensatz` with Training and Test.

    Args:
        rows: A sample of the table.
        names: Of its columns.
        asked: The column that the recipe names, if any.
        besides: Columns that hold something else.
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
    if used is None:
        taken = {*unused, *besides}
        said = {n: found for n in names if n not in taken and (found := _splits_in(rows, n))}
        used = next((name for name, roles in said.items() if "train" in roles), None)
        # What begins with the test rows may go on with others, or be of one kind.
        unused += [name for name in said if name != used]
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
        return flag[0] if word in _YES else flag[1] if word in _NO else None
    return split_word(str(cell)) if word else None


def _splits_in(rows: Sequence[Mapping[str, Any]], column: str) -> set[str | None]:
    """The splits that a column says; none unless all its cells are a few words for splits."""
    words = {str(cell).strip() for row in rows if _plain(cell := row.get(column))}
    if len(words) > _MOST_WORDS or len(rows) < 2 * len(words):
        return set()
    return {split_word(word) for word in words} if are_splits_alike(words) else set()


def _plain(cell: Any) -> str:
    return "" if cell is None else str(cell).strip().lower()
