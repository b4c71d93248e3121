"""How the data were read, on the data page: seen, changed, undone; and what waits for it."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox
from pytestqt.qtbot import QtBot

from gui.frame.window import MainWindow
from gui.pages.data.page import DataPage
from gui.pages.page import Step
from tests.core.images.data.pictures import put
from tests.helpers.numbers import write_shades
from tests.helpers.several_labels import drawn_labels, write_shapes

WAIT_MS = 60_000


@pytest.fixture
def page(window: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> DataPage:
    """The page of a new run, in front."""
    monkeypatch.setenv("REDISTILL_CACHE", str(tmp_path / "cache"))
    window.new_run()
    found = window.page("data")
    assert isinstance(found, DataPage)
    return found


@pytest.fixture
def competition(tmp_path: Path) -> Path:
    """As a competition hands out images: a table with `image_id`, and two columns of labels."""
    folder = tmp_path / "competition"
    for n in range(12):
        put(folder / "train_images" / f"{n}.png", n)
    for n in range(3):
        put(folder / "test_images" / f"t{n}.png", 50 + n)
    rows = [f"{n}.png,{'cd'[n % 2]},{'xyz'[n % 3]}" for n in range(12)]
    (folder / "train.csv").write_text("\n".join(["image_id,label,grade", *rows]))
    return folder


def scanned(window: MainWindow, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: window.session.findings is not None, timeout=WAIT_MS)


def choose(box: QComboBox, text: str) -> None:
    """As a person does with the mouse."""
    assert box.findText(text) >= 0, [box.itemText(n) for n in range(box.count())]
    box.setCurrentIndex(box.findText(text))
    box.activated.emit(box.currentIndex())


def classes(page: DataPage) -> list[list[str]]:
    model = page.reading.classes.classes
    rows = range(model.rowCount())
    return [[str(model.index(row, at).data()) for at in (0, 1, 3)] for row in rows]


def test_that_the_reading_comes_first_and_a_guess_is_changed_and_undone(
    window: MainWindow, page: DataPage, competition: Path, qtbot: QtBot
) -> None:
    page.add([competition], True)
    scanned(window, qtbot)
    assert page.tabs.currentIndex() == 0
    assert page.reading.isVisible()
    assert classes(page) == [["c", "5", "1"], ["d", "5", "1"]]
    boxes = page.reading.lines.boxes
    assert boxes["data.path_column"].currentText() == "image_id (found)"
    spoken = boxes["data.path_column"].accessibleDescription()
    assert spoken == "The column of file names is image_id. Please check."
    assert boxes["data.labeled"].currentText() == "competition (all of it)"
    assert boxes["data.labeled"].findText("competition/train_images") > 0
    assert page.step() is Step.ATTENTION
    choose(boxes["data.label_column"], "grade")
    qtbot.waitUntil(lambda: [row[0] for row in classes(page)] == ["x", "y", "z"], timeout=WAIT_MS)
    scanned(window, qtbot)
    box = page.reading.lines.boxes["data.label_column"]
    assert box.currentText() == "grade"
    assert "Label column is grade, as you said" in box.accessibleDescription()
    qtbot.waitUntil(lambda: window.focusWidget() is box)
    assert window.session.undo.undoText() == "Label column: grade"
    # Whoever changes one line has looked at the others.
    assert page.reading.num_unseen == 0
    assert page.step() is Step.DONE
    window.session.undo.undo()
    qtbot.waitUntil(lambda: [row[0] for row in classes(page)] == ["c", "d"], timeout=WAIT_MS)
    scanned(window, qtbot)
    assert page.reading.lines.boxes["data.label_column"].currentText() == "label (found)"
    assert window.session.draft.data.label_column is None


def test_that_a_box_is_used_by_keyboard(
    window: MainWindow, page: DataPage, competition: Path, qtbot: QtBot
) -> None:
    page.add([competition], True)
    scanned(window, qtbot)
    box = page.reading.lines.boxes["data.label_column"]
    box.setFocus()
    before = window.session.draft
    qtbot.keyClicks(box, "grade")
    qtbot.waitUntil(lambda: window.session.draft != before)
    assert window.session.draft.data.label_column == "grade"
    scanned(window, qtbot)
    window.session.undo.undo()
    scanned(window, qtbot)
    page.reading.right.setFocus()
    qtbot.keyClick(page.reading.right, Qt.Key.Key_Space)
    assert page.reading.num_unseen == 0


@pytest.mark.slow
def test_that_encodings_kinds_and_separators_are_lines(
    window: MainWindow, page: DataPage, tmp_path: Path, qtbot: QtBot
) -> None:
    folder = tmp_path / "mixed"
    put(folder / "logo.png")
    rows = [f"der größte Spaß war Nummer {n};{('gut', 'weg')[n % 2]}" for n in range(12)]
    (folder / "alles.csv").write_bytes("\r\n".join(["text;label", *rows]).encode("cp1252"))
    page.add([folder])
    scanned(window, qtbot)
    boxes = page.reading.lines.boxes
    assert boxes["data.encoding"].currentText() == "cp1252 (found)"
    assert boxes["data.separator"].currentText() == "semicolon (found)"
    assert boxes["data.kind"].currentText() == "Texts"
    assert page.reading.num_unseen == 2
    choose(boxes["data.encoding"], "Windows-1250 (Central Europe)")
    qtbot.waitUntil(lambda: "data.encoding" in page.reading.lines.boxes, timeout=WAIT_MS)
    scanned(window, qtbot)
    assert page.examples.list.texts.item(0).text.startswith("der gr")
    assert page.reading.lines.boxes["data.encoding"].currentText().startswith("Windows-1250")
    choose(page.reading.lines.boxes["data.kind"], "Images")
    qtbot.waitUntil(lambda: window.session.modality.name == "images", timeout=WAIT_MS)
    window.session.undo.undo()
    assert window.session.modality.name == "text"


@pytest.mark.slow
def test_that_the_folder_with_the_labels_is_changed_and_a_refusal_undone(
    window: MainWindow, page: DataPage, competition: Path, qtbot: QtBot
) -> None:
    page.add([competition], True)
    scanned(window, qtbot)
    choose(page.reading.lines.boxes["data.labeled"], "competition/train_images")
    assert window.session.draft.data.labeled == str(competition / "train_images")
    qtbot.waitUntil(lambda: page._problem != "", timeout=WAIT_MS)
    assert not page.tabs.isVisible()
    assert "Ctrl+Z takes back: Folder with the labels: train_images." in page._summary.text()
    window.session.undo.undo()
    scanned(window, qtbot)
    assert page.tabs.isVisible()
    assert window.session.draft.data.labeled == str(competition)


def test_that_classes_without_test_or_training_examples_are_marked(
    window: MainWindow, page: DataPage, tmp_path: Path, qtbot: QtBot
) -> None:
    counts = {"train/cats": 3, "train/dogs": 3, "test/cats": 2, "test/birds": 1}
    seed = 0
    for below, count in counts.items():
        for number in range(count):
            seed += 1
            put(tmp_path / "set" / below / f"{number}.png", seed)
    page.add([tmp_path / "set"], True)
    scanned(window, qtbot)
    assert classes(page) == [["cats", "3", "2"], ["dogs", "3", "none"], ["birds", "none", "1"]]
    said = page.reading._gaps.text()
    assert "Without training images: birds." in said
    assert "Without test images: dogs." in said
    assert page.reading.num_unseen == 0
    assert not page.reading.right.isVisible()


@pytest.mark.slow
def test_that_a_start_waits_until_the_reading_was_seen(
    window: MainWindow, page: DataPage, competition: Path, qtbot: QtBot, warm: None
) -> None:
    page.add([competition], True)
    scanned(window, qtbot)
    page.tabs.setCurrentIndex(1)
    window.show_page("plan")
    plan = window.page("plan")
    assert not window.primary.isEnabled()
    assert window.hint.text() == "First look at how the data were read."
    plan.on_primary()
    assert window.session.run is None
    card = plan.unseen
    assert card.isVisible()
    assert "the column of file names is image_id" in card.words.text()
    compare = window.page("compare")
    assert compare.setup.problem() == "First look at how the data were read."
    card.look.setFocus()
    qtbot.keyClick(card.look, Qt.Key.Key_Space)
    assert window.shown is page
    assert page.tabs.currentIndex() == 0
    page.reading.right.click()
    assert page.reading.num_unseen == 0
    window.show_page("plan")
    qtbot.waitUntil(window.primary.isEnabled)
    assert not card.isVisible()
    assert compare.setup.problem() != "First look at how the data were read."
    # Remembered for this reading, in other runs too, but not for another one.
    window.new_run()
    page.add([competition], True)
    scanned(window, qtbot)
    assert page.reading.num_unseen == 0
    table = competition / "train.csv"
    table.write_text(table.read_text().replace("image_id", "picture"))
    window.new_run()
    page.add([competition], True)
    scanned(window, qtbot)
    assert page.reading.num_unseen == 1


def test_that_the_task_is_said_and_the_other_one_can_be_chosen(
    window: MainWindow, page: DataPage, tmp_path: Path, qtbot: QtBot
) -> None:
    labels = drawn_labels(24)
    page.add([write_shapes(tmp_path / "shapes", labels)], True)
    scanned(window, qtbot)
    assert window.session.findings.task.is_multi
    box = page.reading.lines.boxes["data.task"]
    assert box.currentText() == "multi-label (found)"
    # The gallery finds a picture under each of its labels.
    findings = window.session.findings
    for index, entry in enumerate(findings.summary["classes"]):
        number = sum(entry["name"] in own for own in labels)
        assert len(findings.chosen(index, None)) == number
        assert findings.count(entry["name"], None) == number
    assert findings.count(None, None) == 24
    # Neither suspected labels nor what to label goes by several.
    shown = {page.tabs.tabText(n) for n in range(page.tabs.count()) if page.tabs.isTabVisible(n)}
    assert not {"&Suspected labels", "What to la&bel"} & shown
    choose(box, "single-label classification (single-label)")
    qtbot.waitUntil(
        lambda: (found := window.session.findings) is not None and not found.task.is_multi,
        timeout=WAIT_MS,
    )
    assert page.reading.lines.boxes["data.task"].currentIndex() == 1


@pytest.mark.slow
def test_that_numbers_are_predicted_or_classes_as_the_box_says(
    window: MainWindow, page: DataPage, tmp_path: Path, qtbot: QtBot
) -> None:
    folder = write_shades(tmp_path / "shades", 24)
    table = folder / "labels.csv"
    head, *rows = table.read_text().splitlines()
    # Ratings from 1 to 4: few enough to be classes.
    few = [f"{row.partition(',')[0]},{1 + n % 4}" for n, row in enumerate(rows)]
    table.write_text("\n".join([head, *few]))
    page.add([folder], True)
    scanned(window, qtbot)
    assert window.session.findings.task.is_single
    box = page.reading.lines.boxes["data.task"]
    assert "Each number is a class of its own" in box.accessibleDescription()
    choose(box, "regression")
    qtbot.waitUntil(
        lambda: (found := window.session.findings) is not None and found.task.is_number,
        timeout=WAIT_MS,
    )
    findings = window.session.findings
    # The gallery goes by ranges, of which each example is in one.
    names = [entry["name"] for entry in findings.summary["classes"]]
    assert names[0] == "1 to 1.5"
    assert [row[0] for row in classes(page)] == names
    assert sum(len(findings.chosen(at, None)) for at in range(len(names))) == 24
    assert findings.caption(int(findings.chosen(0, None)[0])).startswith("1 to 1.5")
    shown = {page.tabs.tabText(n) for n in range(page.tabs.count()) if page.tabs.isTabVisible(n)}
    assert not {"&Suspected labels", "What to la&bel"} & shown
