"""How sure the answers are: shown of real answers, with thresholds where there are two classes."""

from dataclasses import replace

import numpy as np
from pytestqt.qtbot import QtBot

from core.readers.answers import read_answers, read_test_rows
from core.run.folder import RunFolder
from gui.pages.results.how_sure import HowSure
from gui.pages.results.mistakes import advice_for


def test_that_bins_and_thresholds_are_those_of_the_answers(
    undisturbed: RunFolder, qtbot: QtBot
) -> None:
    answers = read_answers(undisturbed, read_test_rows(undisturbed), "base", 0)
    tab = HowSure()
    qtbot.addWidget(tab)
    tab.resize(1100, 700)
    tab.show()
    tab.show_answers(answers)
    rows = range(tab.table.texts.rowCount())
    counts = [int(tab.table.texts.index(row, 1).data()) for row in rows]
    assert sum(counts) == len(answers)
    error = undisturbed.read_json("results.json")["arms"]["base"]["seeds"][0]["calibration_error"]
    assert f"{100 * error:.1f} points" in tab.words.text()
    # Three classes have no threshold.
    assert tab.two.isHidden()
    assert len(tab.reliability.traces) == 1


def test_that_two_classes_have_curves_for_either_and_the_temperature_is_taken_back(
    undisturbed: RunFolder, qtbot: QtBot
) -> None:
    answers = read_answers(undisturbed, read_test_rows(undisturbed), "base", 0)
    shares = np.array([[0.9, 0.1], [0.2, 0.8], [0.7, 0.3], [0.6, 0.4]], np.float32)
    targets = np.array([0, 1, 1, 0])
    rows = np.arange(4)
    two = replace(
        answers,
        images=replace(answers.images.chosen(rows), classes=("no", "yes")),
        targets=targets,
        predicted=shares.argmax(1),
        confidence=shares.max(1),
        truth=shares[rows, targets],
        probabilities=shares,
        temperature=2.0,
    )
    tab = HowSure()
    qtbot.addWidget(tab)
    tab.show_answers(two)
    assert not tab.two.isHidden()
    # Of four pairs of a yes and a no, one is the wrong way round: 0.3 below 0.4.
    assert "area under the ROC curve 75.0 %" in tab.areas.text()
    assert "temperature of 2.00" in tab.words.text()
    assert len(tab.reliability.traces) == 2
    tab.positive.setCurrentIndex(0)
    tab.positive.activated.emit(0)
    assert tab.areas.text().startswith("Looking for no:")


def test_that_mistakes_of_a_classifier_at_chance_say_nothing_of_labels(
    undisturbed: RunFolder,
) -> None:
    answers = read_answers(undisturbed, read_test_rows(undisturbed), "base", 0)
    guessed = replace(answers, predicted=np.zeros_like(answers.targets))
    assert "hardly better than always saying blue" in advice_for(guessed)
    # Nothing right is not "hardly better" than something.
    wrong = replace(answers, predicted=(answers.targets + 1) % 3)
    assert advice_for(wrong).startswith("Always saying blue would be right more often")
    right = replace(answers, predicted=answers.targets)
    assert advice_for(right).startswith("The surest ones")
