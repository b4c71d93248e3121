"""Cells of the tables that we write: no spreadsheet may take a name for a formula."""

import re

# What spreadsheets begin a formula with, or pass over on the way to one; the last are full-width.
_BEGINS = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")


def plain_cell(cell: object) -> object:
    """A cell as every spreadsheet shows it: text that looks like a formula gets an apostrophe.

    File names and classes come from elsewhere: `=HYPERLINK(…)` is a name that a file may have.
    Numbers, also those that are written as text, stay as they are.
    """
    if isinstance(cell, str) and cell.startswith(_BEGINS) and not NUMBER.fullmatch(cell):
        return f"'{cell}"
    return cell


def raw_cell(cell: str) -> str:
    """What `plain_cell` made a cell of."""
    bare = cell.removeprefix("'")
    return bare if plain_cell(bare) == cell else cell
