"""The table of what was predicted: new rows, order, filters."""

import time

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester
from pytestqt.qtbot import QtBot

from gui.pages.results.prediction_row import UNKNOWN, UNREADABLE, Column
from gui.pages.results.predictions import Predictions


def row(name: str, label: str, probability: float, **more: object) -> dict[str, object]:
    found = {"file": f"/data/{name}", "path": f"/data/{name}", "label": label}
    return {**found, "probability": probability, "problem": None, **more}


@pytest.fixture
def rows(qtbot: QtBot):
    made = Predictions(32)
    tester = QAbstractItemModelTester(
        made, QAbstractItemModelTester.FailureReportingMode.Warning, made
    )
    yield made
    made.loader.shut_down()
    del tester


def shown(rows: Predictions, column: int = Column.EXAMPLE) -> list[str]:
    return [str(rows.index(at, column).data()) for at in range(rows.rowCount())]


def shown_first(rows: Predictions, number: int) -> list[str]:
    return [str(rows.index(at, Column.EXAMPLE).data()) for at in range(number)]


def test_that_rows_come_in_their_order_until_another_is_chosen(rows: Predictions) -> None:
    rows.take([row("b.png", "cat", 0.9), row("a.png", "dog", 0.6)])
    assert rows.rowCount() == 0
    rows.show_new()
    assert shown(rows) == ["b.png", "a.png"]
    rows.sort(Column.PROBABILITY, Qt.SortOrder.AscendingOrder)
    assert shown(rows, Column.PROBABILITY) == ["60.0 %", "90.0 %"]
    rows.take([row("c.png", "cat", 0.7)])
    rows.show_new()
    assert shown(rows) == ["a.png", "c.png", "b.png"]
    rows.sort(Column.EXAMPLE, Qt.SortOrder.DescendingOrder)
    assert shown(rows) == ["c.png", "b.png", "a.png"]
    rows.sort(-1)
    assert shown(rows) == ["b.png", "a.png", "c.png"]


def test_that_an_example_that_was_classified_anew_has_one_row(rows: Predictions) -> None:
    rows.take([row("a.png", "cat", 0.9)])
    rows.take([row("a.png", "dog", 0.8)])
    rows.show_new()
    assert shown(rows, Column.CLASS) == ["dog"]
    assert +rows.counts == {"dog": 1}


def test_that_rows_are_filtered_by_name_and_answer(rows: Predictions) -> None:
    rows.take(
        [
            row("Bird 1.png", "cat", 0.9),
            row("bird 2.png", "cat", 0.5, is_unknown=True, candidates=["cat", "dog"]),
            row("other.png", "", 0.0, problem="damaged"),
        ]
    )
    rows.filter("BIRD", "")
    assert shown(rows) == ["Bird 1.png", "bird 2.png"]
    rows.filter("", UNKNOWN)
    index = rows.index(0, Column.CLASS)
    assert index.data(Qt.ItemDataRole.ToolTipRole) == "unknown: cat or dog"
    rows.filter("", UNREADABLE)
    assert shown(rows) == ["other.png"]
    assert rows.index(0, Column.PROBABILITY).data() == ""
    assert rows.place_of("/data/Bird 1.png").isValid() is False


def test_that_texts_are_shown_by_their_first_words(rows: Predictions) -> None:
    rows.take([row("a.csv:3", "cat", 0.9, file="/data/a.csv", text="It purrs.")])
    rows.show_new()
    assert shown(rows) == ["It purrs."]
    assert rows.index(0, 0).data(Qt.ItemDataRole.ToolTipRole) == "/data/a.csv:3"


def test_that_a_hundred_thousand_rows_are_sorted_while_one_looks(qtbot: QtBot) -> None:
    # Without the tester, which asks every cell.
    rows = Predictions(32)
    rows.take([row(f"{n * 7919 % 100_000:05}.png", "cat", n / 100_000) for n in range(100_000)])
    began = time.process_time()
    rows.show_new()
    rows.sort(Column.EXAMPLE)
    # Far beyond what it takes, for machines that are busy.
    assert time.process_time() - began < 5
    assert shown_first(rows, 2) == ["00000.png", "00001.png"]
    assert rows.row(rows.index(99_999, 0)).name == "99999.png"
    rows.loader.shut_down()
