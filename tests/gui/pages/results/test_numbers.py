"""A run on examples with numbers: the tabs that there are, and what they say."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from core.readers.number_answers import read_number_answers
from core.run.folder import RunFolder
from gui.pages.results.attempt import Attempt, rows_of
from gui.pages.results.prediction_row import Column, Predicted
from gui.pages.results.predictions import Predictions
from tests.gui.pages.results.conftest import Opened
from tests.helpers.numbers import numbers_run
from tests.helpers.worlds import World


@pytest.fixture(scope="session")
def numbers(image_world: World) -> RunFolder:
    return numbers_run(image_world)


def test_that_predicted_and_true_numbers_are_shown_in_place_of_classes(
    numbers: RunFolder, opened: Opened
) -> None:
    page = opened(numbers)
    shown = {
        page.tabs.tabText(index).replace("&", "")
        for index in range(page.tabs.count())
        if page.tabs.isTabVisible(index)
    }
    assert shown == {"Overview", "Predicted", "Map", "Learning curves", "Try it", "Use it"}
    assert page.use_it.copy_sorted.isHidden()
    assert page.try_it.doubt.isHidden()
    table = page.overview.table.texts
    heads = [table.headerData(at, Qt.Orientation.Horizontal) for at in range(table.columnCount())]
    assert heads[1] == "R²"
    assert "Mean absolute error" in heads
    assert "Calibration error" not in heads
    assert len({len(heads), table.columnCount()}) == 1
    answers = read_number_answers(numbers, *page.chooser.value)
    assert len(page.predicted.plot.traces[0].points) == len(answers.true)
    errors = page.predicted.table.texts
    assert errors.index(0, 0).data() == answers.names[answers.worst_first[0]]
    assert "are off by less than" in page.predicted.words.text()


def test_that_what_is_far_worse_than_the_mean_is_said_so(
    numbers: RunFolder, opened: Opened, qtbot: QtBot
) -> None:
    page = opened(numbers)
    values = [arm.score.value for arm in page.outcome.arms]
    assert min(values) < -1, "one of the tiny run's trainings leads far away"
    assert "worse than always saying the mean" in page.sentence.text()
    table = page.overview.table.texts
    cells = [table.index(row, 1).data() for row in range(table.rowCount())]
    assert any(cell.startswith("below \u2212100 %") for cell in cells)
    told = page.overview.bars.accessibleDescription()
    assert "below \u2212100 %" in told
    # Nor does it press all other values of a curve flat.
    page.tabs.setCurrentWidget(page.curves)
    qtbot.waitUntil(lambda: bool(page.curves.chart._lines), timeout=20_000)
    assert page.curves.chart._up.low > -1.5


def test_that_an_answer_is_a_number_with_its_margin() -> None:
    tried = Attempt(Path("/a/1.png"), [])
    message = {
        "probabilities": [],
        "problem": "",
        "text": "",
        "candidates": None,
        "said": None,
        "number": {"value": 12.345, "margin": 2.0},
    }
    tried.take(message)
    assert tried.words == "1.png: 12.35 ± 2.00"
    rows, columns = rows_of(tried)
    assert rows == [("Prediction", "12.35"), ("Nine of ten true numbers", "10.35 to 14.35")]
    assert len(columns) == 2
    tried.take({**message, "number": {"value": 12.345, "margin": None}})
    assert tried.words == "1.png: 12.35"


def test_that_predicted_numbers_are_sorted_as_numbers() -> None:
    model = Predictions(0)
    row = {"path": "/a/1.png", "problem": None}
    rows = [
        {**row, "file": f"/a/{at}.png", "path": f"/a/{at}.png", "prediction": value, "high": high}
        for at, (value, high) in enumerate([(9.5, 11.5), (100.0, 102.0), (20.25, 22.25)])
    ]
    bad = {**row, "path": "/a/9.png", "file": "/a/9.png", "problem": "it is empty"}
    model.take([*rows, {**bad, "prediction": None, "high": None}])
    model.show_new()
    model.sort(Column.CLASS, Qt.SortOrder.DescendingOrder)
    shown = [model.index(at, Column.CLASS).data() for at in range(4)]
    assert shown == ["100.0", "20.25", "9.500", "can't be read"]
    assert model.index(0, Column.PROBABILITY).data() == "2.000"
    assert model.headerData(1, Qt.Orientation.Horizontal) == "Prediction"
    assert Predicted.of(bad | {"prediction": None}).answer == "can't be read"
