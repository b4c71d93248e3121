"""A run on examples with several labels: the tabs that there are, and what they say."""

import pytest
from PySide6.QtCore import Qt

from core.run.folder import RunFolder
from gui.pages.results.attempt import Attempt, rows_of
from gui.pages.results.prediction_row import NO_LABEL, Predicted
from tests.gui.pages.results.conftest import Opened
from tests.helpers.several_labels import LABELS, several_labels_run
from tests.helpers.worlds import World


@pytest.fixture(scope="session")
def several(image_world: World) -> RunFolder:
    return several_labels_run(image_world)


def test_that_what_goes_by_one_answer_is_not_shown(several: RunFolder, opened: Opened) -> None:
    page = opened(several)
    shown = {
        page.tabs.tabText(index).replace("&", "")
        for index in range(page.tabs.count())
        if page.tabs.isTabVisible(index)
    }
    assert shown == {"Overview", "Per label", "Map", "Learning curves", "Try it", "Use it"}
    assert page.use_it.copy_sorted.isHidden()
    assert page.try_it.doubt.isHidden()
    assert page.try_it.doubt.value is None


def test_that_each_label_has_its_average_precision_and_threshold(
    several: RunFolder, opened: Opened
) -> None:
    page = opened(several)
    texts = page.per_class.table.texts
    heads = [texts.headerData(column, Qt.Orientation.Horizontal) for column in range(5)]
    assert heads == ["Label", "Test images", "Threshold", "Average precision", "F1"]
    assert {texts.index(row, 0).data() for row in range(texts.rowCount())} == set(LABELS)
    # There is no mistake of a single answer to go to.
    page.per_class.table.activated.emit(texts.index(0, 0))
    assert page.tabs.currentWidget() is not page.mistakes
    overview = page.overview.table.texts
    assert overview.headerData(1, Qt.Orientation.Horizontal) == "Mean average precision"


def test_that_an_answer_names_the_labels_above_their_thresholds() -> None:
    tried = Attempt(None, [], text="a text")
    message = {
        "probabilities": [["cat", 0.9], ["dog", 0.4], ["bird", 0.3]],
        "problem": "",
        "text": "a text",
        "candidates": None,
        "said": ["cat", "dog"],
    }
    tried.take(message)
    assert tried.words.endswith(": cat, dog")
    rows, columns = rows_of(tried)
    assert [row[2] for row in rows] == ["said", "said", ""]
    assert columns[2] == "Above its threshold"
    tried.take({**message, "said": []})
    assert tried.words.endswith(": none of the labels")


def test_that_a_row_of_predictions_has_all_labels_and_how_sure_the_last_is() -> None:
    row = {"file": "/a/1.png", "path": "/a/1.png", "problem": None}
    shares = [("cat", 0.9), ("dog", 0.4), ("bird", 0.3)]
    found = Predicted.of({**row, "labels": ["cat", "dog"], "probabilities": shares})
    assert (found.answer, found.probability) == ("cat, dog", 0.4)
    none = Predicted.of({**row, "labels": [], "probabilities": shares})
    assert (none.answer, none.probability) == (NO_LABEL, pytest.approx(0.1))
    bad = Predicted.of({**row, "problem": "it is empty", "labels": None, "probabilities": None})
    assert bad.answer == "can't be read"
