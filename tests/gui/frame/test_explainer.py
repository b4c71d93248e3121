"""Words of the trade: a table that can be read, and no word of it on any page unexplained."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QCoreApplication, QPoint
from PySide6.QtGui import QHelpEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QComboBox,
    QHeaderView,
    QLabel,
    QTabBar,
    QToolTip,
    QWidget,
)
from pytestqt.qtbot import QtBot

from core.run.folder import RunFolder
from gui.frame.help import HelpWindow
from gui.frame.window import MainWindow
from gui.words.glossary import GLOSSARY, explained, terms, terms_in
from tests.gui.test_every_look import places, settle
from tests.helpers.worlds import World


def names(text: str) -> list[str]:
    return [term.words[0] for term in terms_in(text)]


def test_that_every_row_of_the_table_is_a_term_and_no_word_is_explained_twice() -> None:
    rows = [line for line in GLOSSARY.read_text(encoding="utf-8").splitlines() if "|" in line]
    assert len(terms()) == len(rows) - 2
    words = [word for term in terms() for word in dict.fromkeys(map(str.lower, term.words))]
    assert len(words) == len(set(words))
    assert all(term.sentence.endswith(".") for term in terms())
    titles = [term.words[0] for term in terms()]
    assert titles == sorted(titles, key=str.lower)


def test_that_whole_words_are_found_the_longest_first() -> None:
    assert names("&Seeds of each arm") == ["seed", "arm"]
    assert names("Linear probe, kNN") == ["probe", "kNN"]
    assert names("distillation loss") == ["distillation loss"]
    assert names("harmless alarms, army") == []
    assert explained("Nothing of the kind") == ""
    assert "<b>arm</b>: " in explained("arms")


@pytest.fixture
def full_window(
    window: MainWindow, world: World, undisturbed: RunFolder, qtbot: QtBot, monkeypatch
) -> MainWindow:
    monkeypatch.setenv("REDISTILL_CACHE", str(world.cache))
    window.open_run(undisturbed.path)
    window.show_page("data")
    qtbot.waitUntil(lambda: window.session.findings is not None, timeout=60_000)
    return window


def told_at(window: MainWindow, widget: QWidget, at: QPoint) -> str:
    """What a pointer that rests there is told."""
    QToolTip.hideText()
    there = widget.mapToGlobal(at)
    asked = QHelpEvent(QHelpEvent.Type.ToolTip, at, there)
    QCoreApplication.sendEvent(widget, asked)
    return QToolTip.text()


def shown_words(window: MainWindow) -> Iterator[tuple[QWidget, QPoint, str]]:
    """Labels, buttons, boxes, tabs and heads of columns that are in sight, and what they say."""
    for widget in window.findChildren(QWidget):
        if not widget.isVisible() or widget.visibleRegion().isEmpty():
            continue
        middle = widget.visibleRegion().boundingRect().center()
        if isinstance(widget, (QLabel, QAbstractButton)):
            yield widget, middle, widget.text()
        elif isinstance(widget, QComboBox):
            yield widget, middle, widget.currentText()
        elif isinstance(widget, QTabBar):
            for index in filter(widget.isTabVisible, range(widget.count())):
                yield widget, widget.tabRect(index).center(), widget.tabText(index)
        elif isinstance(widget, QHeaderView):
            yield from columns(widget)


def columns(header: QHeaderView) -> Iterator[tuple[QWidget, QPoint, str]]:
    for index in range(header.count()):
        at = QPoint(header.sectionViewportPosition(index) + 3, header.height() // 2)
        if header.viewport().rect().contains(at):
            text = header.model().headerData(index, header.orientation())
            yield header.viewport(), at, str(text or "")


# Said by the offscreen platform about every tool tip.
@pytest.mark.slow
@pytest.mark.qt_log_ignore("raise", "propagateSizeHints")
def test_that_every_word_of_the_trade_on_every_page_explains_itself(
    full_window: MainWindow, qtbot: QtBot
) -> None:
    full_window.resize(1366, 768)
    unexplained, explained_words = [], set()
    for place in places(full_window, qtbot):
        settle(full_window)
        for widget, at, text in shown_words(full_window):
            used = terms_in(text)
            if not used or full_window.childAt(widget.mapTo(full_window, at)) is not widget:
                continue
            told = told_at(full_window, widget, at)
            # What has a tool tip of its own says more about itself than its words do.
            own = widget.toolTip()
            if own and own != text:
                assert own == told, place
                continue
            missing = [term.words[0] for term in used if f"<b>{term.words[0]}</b>" not in told]
            unexplained += [f"{place}: {text!r}: {missing}"] if missing else []
            explained_words |= {term.words[0] for term in used}
    assert not unexplained, "\n".join(unexplained)
    assert {"loss", "split", "test", "fine-tuning"} <= explained_words


def test_that_the_help_has_a_page_of_them(window: MainWindow) -> None:
    action = next(each for each in window.actions_of_menus if "trade" in each.text())
    action.trigger()
    shown = window.findChild(HelpWindow)
    assert isinstance(shown, HelpWindow)
    text = shown.browser.toPlainText()
    assert all(term.sentence in text for term in terms())
    shown.close()
