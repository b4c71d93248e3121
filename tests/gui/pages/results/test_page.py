"""The results page: the answer first, everything behind it, and words where something is wrong."""

import json
import shutil

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QAbstractButton, QAbstractItemView, QComboBox, QWidget
from pytestqt.qtbot import QtBot

from core.readers.answers import classifier_stage
from core.readers.judgement import ONE_TRAINING, PRETRAINED_ONCE
from core.run.files import PREDICTIONS
from core.run.folder import RunFolder, RunState
from gui.pages.page import Step
from gui.pages.results.page import ResultsPage
from gui.state.session import Session
from gui.state.watcher import RunWatcher

# The recommended one first; of those that are fine-tuned, the most fitted.
CHOICE = ["probe-base", "distilled", "further", "base", "probe-further", "probe-distilled"]
NOTHING = {"arms": {}, "frozen": {}, "recommended": None}


def change_results(run: RunFolder, **values: object) -> None:
    results = json.loads(run.results_file.read_text())
    run.results_file.write_text(json.dumps({**results, **values}))


def tab(page: ResultsPage, part: QWidget) -> bool:
    return page.tabs.isTabVisible(page.tabs.indexOf(part))


def all_right(run: RunFolder, arm: str) -> tuple[int, int]:
    """Right answers and test images of an arm's first seed, from `results.json`."""
    results = json.loads(run.results_file.read_text())
    matrix = {**results["arms"], **results["frozen"]}[arm]["seeds"][0]["confusion_matrix"]
    return sum(matrix[i][i] for i in range(len(matrix))), sum(map(sum, matrix))


def test_that_the_answer_is_the_first_sentence(opened, undisturbed: RunFolder) -> None:
    page = opened(undisturbed)
    sentence = page.sentence.text()
    assert "Self-distillation: " in sentence
    assert "fine-tuning alone: " in sentence
    assert "±" in sentence
    assert sentence.endswith("on 12 test images.")
    assert page.step() is Step.DONE
    assert page.primary().is_enabled
    assert "95 % interval" in page.overview.bars.accessibleDescription()
    # The arms, and two rows for each frozen encoder.
    assert page.overview.table.texts.rowCount() == 9


def test_that_one_training_each_has_numbers_and_no_verdict(opened, undisturbed: RunFolder) -> None:
    page = opened(undisturbed)
    why = page.overview.why.text()
    assert ONE_TRAINING in why
    assert why.count(PRETRAINED_ONCE) == 1
    said = f"{page.sentence.text()} {why}".lower()
    for word in ("better", "worse", "clear", "gain", "loss", "may be chance", "good a choice"):
        assert word not in said


@pytest.mark.parametrize(
    ("interval", "recommended", "start", "advice"),
    [
        ((0.0, -0.1, 0.1), "probe-base", "No gain here. ", "may be chance"),
        ((-0.2, -0.3, -0.1), "probe-base", "A loss here. ", "20.0 points worse"),
        ((0.2, 0.1, 0.3), "distilled", "Self-distillation: ", "gains 20.0 points"),
        # The first words never speak against the classifier to use.
        ((0.2, 0.1, 0.3), "probe-base", "A gain here, but what is simpler ", "gains 20.0 points"),
        ((0.1, -0.1, 0.3), "distilled", "Perhaps a gain. Self-distill", "+10.0 points may be"),
        ((-0.1, -0.3, 0.1), "distilled", "No sure difference. Self-distill", "may be chance"),
    ],
)
def test_that_gain_and_no_gain_are_said_plainly(
    opened, run, interval, recommended, start, advice
) -> None:
    results = json.loads(run.results_file.read_text())
    arms = results["arms"]
    arms["distilled"]["against"]["base"] = dict(
        zip(("value", "low", "high"), interval, strict=True)
    )
    change_results(run, arms=arms, recommended={**results["recommended"], "arm": recommended})
    page = opened(run)
    assert page.sentence.text().startswith(start)
    assert advice in page.overview.why.text()
    assert "more seeds (1 seed was used" in page.overview.why.text()


def test_that_another_arm_shows_its_own_classes_and_mistakes(
    opened, undisturbed: RunFolder, qtbot: QtBot
) -> None:
    page = opened(undisturbed)
    assert [page.chooser.arm.itemData(i) for i in range(page.chooser.arm.count())] == CHOICE
    for index, arm in enumerate(CHOICE):
        page.chooser.arm.setCurrentIndex(index)
        page.chooser.arm.activated.emit(index)
        qtbot.waitUntil(lambda: not page.is_busy)
        # Another than the recommended one says so.
        recommends = "The run recommends the frozen base model with a linear layer."
        assert page.chooser.note.text() == (recommends if index else "")
        right, total = all_right(undisturbed, arm)
        matrix = page.confusion.view.matrix
        assert sum(matrix.count(i, i) for i in range(3)) == right
        page.tabs.setCurrentWidget(page.mistakes)
        assert page.mistakes.examples.wall.images.rowCount() == total - right


def test_that_models_keep_the_rules_of_qt(opened, undisturbed: RunFolder) -> None:
    page = opened(undisturbed)
    for model in (
        page.overview.table.texts,
        page.per_class.table.texts,
        page.confusion.view.matrix,
        page.confusion.examples.wall.images,
        page.mistakes.examples.wall.images,
        page.curves.table.texts,
    ):
        QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    page.chooser.arm.activated.emit(1)
    page.confusion.numbers.setCurrentIndex(1)
    page.confusion.numbers.activated.emit(1)
    page.per_class.order.activated.emit(1)


def test_that_a_class_leads_to_its_mistakes(opened, undisturbed: RunFolder, qtbot: QtBot) -> None:
    page = opened(undisturbed)
    page.tabs.setCurrentWidget(page.per_class)
    table = page.per_class.table
    table.setFocus()
    table.setCurrentIndex(table.texts.index(1, 0))
    qtbot.keyClick(table, Qt.Key.Key_Return)
    assert page.tabs.currentWidget() is page.mistakes
    assert page.mistakes.true.currentText() == table.texts.cell(1, 0)


def test_that_classes_can_be_ordered(opened, undisturbed: RunFolder) -> None:
    page = opened(undisturbed)
    table, order = page.per_class.table.texts, page.per_class.order
    shares = [table.cell(row, 3).share for row in range(3)]
    assert shares == sorted(shares)
    order.setCurrentIndex(3)
    order.activated.emit(3)
    assert [table.cell(row, 0) for row in range(3)] == ["blue", "green", "red"]


def test_that_a_cell_shows_its_images_by_click_and_by_key(
    opened, undisturbed: RunFolder, qtbot: QtBot
) -> None:
    page = opened(undisturbed)
    page.tabs.setCurrentWidget(page.confusion)
    view, images = page.confusion.view, page.confusion.examples
    for row in range(3):
        for column in range(3):
            index = view.matrix.index(row, column)
            if row % 2:
                view.setCurrentIndex(index)
                qtbot.keyClick(view, Qt.Key.Key_Return)
            else:
                place = view.visualRect(index).center()
                qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=place)
            assert images.wall.images.rowCount() == view.matrix.count(row, column)
            assert images.words.text() == view.matrix.words(row, column)


def test_that_the_matrix_can_be_read_in_percent(opened, undisturbed: RunFolder) -> None:
    page = opened(undisturbed)
    matrix, numbers = page.confusion.view.matrix, page.confusion.numbers
    numbers.setCurrentIndex(1)
    numbers.activated.emit(1)
    for row in range(3):
        shown = [int(matrix.text(row, column) or 0) for column in range(3)]
        assert 99 <= sum(shown) <= 101


def test_that_images_say_what_they_are_and_what_was_said(opened, undisturbed: RunFolder) -> None:
    page = opened(undisturbed)
    wall = page.mistakes.examples.wall.images
    for row in range(wall.rowCount()):
        true, said, share = wall.data(wall.index(row, 0)).split("\n")
        assert wall.path(row).parent.name == true
        assert said.startswith("→ ")
        assert share.endswith(" %")


def test_that_the_page_waits_for_a_run_that_trains(
    opened, run: RunFolder, session: Session, watcher: RunWatcher, qtbot: QtBot
) -> None:
    results = run.results_file.read_text()
    run.results_file.unlink()
    run.write_status(RunState.PAUSED, "")
    page = opened(run)
    assert "paused" in page.no_results.words
    assert page.step() is Step.OPEN
    assert not page.primary().is_enabled
    with qtbot.waitSignal(page.go_to) as went:
        page.no_results.training.click()
    assert went.args == ["train"]
    run.results_file.write_text(results)
    run.write_status(RunState.FINISHED, "")
    watcher.look()
    qtbot.waitUntil(lambda: page.outcome is not None)
    assert page.step() is Step.DONE


def test_that_a_run_without_labels_shows_what_it_has(opened, run: RunFolder) -> None:
    for folder in (*run.stages.glob("*finetune*"), run.frozen):
        shutil.rmtree(folder)
    change_results(run, **NOTHING, verdict="There are no labels.", no_classifier="There are none.")
    page = opened(run)
    assert page.sentence.text() == "There are no labels."
    assert "add labeled images" in page.overview.why.text()
    assert tab(page, page.overview)
    assert tab(page, page.curves)
    for part in (page.per_class, page.confusion, page.mistakes, page.try_it):
        assert not tab(page, part)
    assert page.primary().is_enabled


def test_that_classifiers_without_test_images_can_be_tried(opened, run: RunFolder) -> None:
    change_results(run, **NOTHING, verdict="There are no test images.")
    page = opened(run)
    assert tab(page, page.try_it)
    assert not tab(page, page.confusion)
    assert page.chooser.value == ("distilled", 0)
    assert "needs labeled images that it does not train on" in page.overview.why.text()


@pytest.mark.parametrize("text", ["", "{}", '{"format": 99}', "\x00\x00"])
def test_that_damaged_results_are_said_in_words_and_can_be_looked_at_again(
    opened, run: RunFolder, text: str, qtbot: QtBot
) -> None:
    whole = run.results_file.read_text()
    run.results_file.write_text(text)
    page = opened(run)
    assert page.stack.currentWidget() is page.no_results
    assert page.no_results.state.sentence
    assert page.no_results.words != page.no_results.state.sentence
    assert page.step() is Step.ATTENTION
    assert not page.primary().is_enabled
    run.results_file.write_text(whole)
    page.no_results.again.click()
    qtbot.waitUntil(lambda: page.outcome is not None)


@pytest.mark.parametrize("part", ["predictions", "manifest", "stage"])
def test_that_the_answer_stays_when_the_images_are_lost(opened, run: RunFolder, part: str) -> None:
    stage = classifier_stage(run, "probe-base", 0)
    if part == "predictions":
        (stage / PREDICTIONS).write_bytes(b"nothing")
    elif part == "manifest":
        run.manifest_file.unlink()
    else:
        shutil.rmtree(stage)
    page = opened(run)
    assert "Self-distillation" in page.sentence.text()
    assert "can't be shown" in page.confusion.examples.problem.text()
    assert "can't be shown" in page.mistakes.examples.problem.text()
    assert page.per_class.table.texts.rowCount() == 3


def test_that_images_that_moved_away_are_said_in_words(opened, run: RunFolder) -> None:
    text = run.manifest_file.read_text()
    labeled = json.loads(text.splitlines()[0])["roots"][1]
    run.manifest_file.write_text(text.replace(labeled, "/nowhere/at/all"))
    page = opened(run)
    assert "no longer where they were" in page.mistakes.examples.problem.text()
    assert "/nowhere/at/all" in page.mistakes.examples.problem.text()


def test_that_a_deleted_run_is_said_in_words(
    opened, run: RunFolder, watcher: RunWatcher, qtbot: QtBot
) -> None:
    page = opened(run)
    shutil.rmtree(run.path)
    watcher.look()
    qtbot.waitUntil(lambda: "not there any more" in page.no_results.words)
    assert page.stack.currentWidget() is page.no_results
    assert not page.primary().is_enabled


def test_that_every_control_has_a_name_and_is_reached_by_tab(
    opened, undisturbed: RunFolder, qtbot: QtBot
) -> None:
    page = opened(undisturbed)
    page.activateWindow()
    qtbot.waitUntil(page.isActiveWindow)
    controls = (QAbstractButton, QComboBox, QAbstractItemView)
    for index in range(page.tabs.count() - 1):
        page.tabs.setCurrentIndex(index)
        page.tabs.tabBar().setFocus()
        reached = set()
        for _ in range(60):
            focus = page.window().focusWidget()
            if focus in reached:
                break
            reached.add(focus)
            page.focusNextPrevChild(True)
        else:
            raise AssertionError("tab never comes round")
        for widget in page.findChildren(QWidget):
            is_control = isinstance(widget, controls) and widget.isVisible() and widget.isEnabled()
            if not is_control or widget.focusPolicy() is Qt.FocusPolicy.NoFocus:
                continue
            if widget.objectName().startswith("qt_") or "Header" in type(widget).__name__:
                continue
            assert widget in reached, widget
            assert widget.accessibleName() or getattr(widget, "text", str)(), widget


def test_that_a_large_screen_shows_the_classes_below_the_overview(
    opened, undisturbed: RunFolder, qtbot: QtBot
) -> None:
    page = opened(undisturbed)
    closer = page.overview.closer
    assert not closer.isVisible()
    page.resize(3600, 2000)
    qtbot.waitUntil(closer.isVisible)
    # The same as on the tabs of their own.
    assert closer.table.texts is page.per_class.table.texts
    assert closer.view.matrix is page.confusion.view.matrix
    assert closer.view.matrix.rowCount() == len(page.outcome.classes)
    assert closer.height() > page.height() / 3
    page.resize(1200, 700)
    qtbot.waitUntil(lambda: not closer.isVisible())
