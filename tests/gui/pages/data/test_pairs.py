"""Copies and conflicts side by side on the data page: looked at, left out, taken back."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from gui.frame.window import MainWindow
from gui.pages.data.page import DataPage
from tests.core.images.data.pictures import put

WAIT_MS = 60_000
_PAIRS = 3


@pytest.fixture
def page(window: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> DataPage:
    """The page of a new run, in front."""
    monkeypatch.setenv("REDISTILL_CACHE", str(tmp_path / "cache"))
    window.new_run()
    found = window.page("data")
    assert isinstance(found, DataPage)
    return found


def scanned(window: MainWindow, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: window.session.findings is not None, timeout=WAIT_MS)


@pytest.mark.slow
def test_that_a_copy_is_left_out_with_one_key_and_taken_back(
    window: MainWindow, page: DataPage, tmp_path: Path, qtbot: QtBot
) -> None:
    folder = tmp_path / "set"
    for n, below in enumerate(("train/cat", "train/dog", "test/cat", "test/dog")):
        put(folder / below / "a.png", n)
        put(folder / below / "b.png", n + 10)
    put(folder / "train" / "cat" / "copy.png", 2)
    put(folder / "train" / "dog" / "other.png", 10)
    page.add([folder], True)
    scanned(window, qtbot)
    assert page.tabs.isTabVisible(_PAIRS)
    page.tabs.setCurrentIndex(_PAIRS)
    pairs = page.tabs.pairs
    assert pairs.list.count() == 2
    left, right = pairs.sides
    assert (left.name.whole, left.what.text()) == ("test/cat/a.png", "cat, test")
    assert (right.name.whole, right.what.text()) == ("train/cat/copy.png", "cat, train")
    qtbot.waitUntil(lambda: left.picture.has_image and right.picture.has_image, timeout=WAIT_MS)
    assert left.picture.isVisible()
    right.button.setFocus()
    qtbot.keyClick(right.button, Qt.Key.Key_Space)
    assert window.session.draft.data.left_out == ("train/cat/copy.png",)
    scanned(window, qtbot)
    assert pairs.list.count() == 1
    assert "labels" in pairs.list.item(0).text()
    assert page.tabs.currentIndex() == _PAIRS
    assert not any("copy.png" in row for row in health(page))
    window.session.undo.undo()
    scanned(window, qtbot)
    assert pairs.list.count() == 2
    window.session.undo.redo()
    scanned(window, qtbot)
    left.button.click()
    scanned(window, qtbot)
    assert not page.tabs.isTabVisible(_PAIRS)
    names = ("train/cat/copy.png", "train/cat/b.png")
    assert window.session.draft.data.left_out == names
    every = page.decisions.left_out.findChildren(QPushButton)[-1]
    assert every.text() == "Take all 2 back"
    every.click()
    scanned(window, qtbot)
    assert window.session.draft.data.left_out == ()
    assert pairs.list.count() == 2


def health(page: DataPage) -> list[str]:
    tree = page.health.tree
    return [tree.topLevelItem(n).text(0) for n in range(tree.topLevelItemCount())]


@pytest.mark.slow
def test_that_texts_with_two_labels_are_read_side_by_side(
    window: MainWindow, page: DataPage, tmp_path: Path, qtbot: QtBot
) -> None:
    rows = [
        "so it is here,a",
        "so it is here,b",
        *(f"some words {n},{'ab'[n % 2]}" for n in range(6)),
    ]
    (tmp_path / "set").mkdir()
    (tmp_path / "set" / "train.csv").write_text("\n".join(["text,label", *rows]))
    page.add([tmp_path / "set"], True)
    scanned(window, qtbot)
    page.tabs.setCurrentIndex(_PAIRS)
    left, right = page.tabs.pairs.sides
    assert left.text.toPlainText() == right.text.toPlainText() == "so it is here"
    assert (left.what.text(), right.what.text()) == ("a", "b")
    assert right.button.accessibleName() == "Leave out train.csv:3 (b)"
    before = window.session.findings.summary["num_labeled"]
    right.button.click()
    scanned(window, qtbot)
    assert window.session.findings.summary["num_labeled"] == before + 1
    assert not page.tabs.isTabVisible(_PAIRS)


@pytest.mark.slow
def test_that_pairs_of_any_kind_are_shown(
    window: MainWindow, page: DataPage, tmp_path: Path, qtbot: QtBot
) -> None:
    for n in range(4):
        put(tmp_path / "set" / "ab"[n % 2] / f"{n}.png", n)
    page.add([tmp_path / "set"], True)
    scanned(window, qtbot)
    findings = window.session.findings
    sides = [{"name": f"a/{n}.png", "file": "", "what": "a", "text": ""} for n in (0, 2)]
    findings.summary["pairs"] = [{"kind": "twins", "sides": sides, "left_out": False}]
    page.tabs.show_findings(findings)
    assert page.tabs.pairs.list.item(0).text() == "Twins: a/0.png = a/2.png"
    assert "1 pair of images that are alike" in health(page)
