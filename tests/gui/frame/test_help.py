"""Help in the window: every page has a text, every link leads somewhere, README says the same."""

import re
from pathlib import Path

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QImage, QTextDocument
from pytestqt.qtbot import QtBot

from gui.frame.help import HelpWindow, show_help, show_shortcuts
from gui.frame.places import PLACES
from gui.frame.window import MainWindow
from gui.words.help_pages import HELP

README = Path(__file__).resolve().parents[3] / "README.md"


def test_that_every_page_has_help_and_every_link_leads_somewhere() -> None:
    texts = {file.stem: file.read_text(encoding="utf-8") for file in HELP.glob("*.md")}
    assert {place.key for place in PLACES} <= set(texts)
    for text in texts.values():
        for target in re.findall(r"\]\((\w+)\.md\)", text):
            assert target in texts


def test_that_readme_and_help_tell_the_same_walk_through() -> None:
    walk = (HELP / "walkthrough.md").read_text(encoding="utf-8")
    # The front page is elsewhere, so its links into the help are longer.
    assert walk in README.read_text(encoding="utf-8").replace("](resources/help/", "](")
    assert walk in (HELP / "index.md").read_text(encoding="utf-8")


def test_that_f1_opens_the_help_of_the_page_in_front(window: MainWindow, qtbot: QtBot) -> None:
    window.new_run()
    qtbot.keyClick(window, Qt.Key.Key_F1)
    qtbot.waitUntil(lambda: window.findChild(HelpWindow) is not None)
    shown = window.findChild(HelpWindow)
    assert isinstance(shown, HelpWindow)
    assert "Unlabeled images" in shown.browser.toPlainText()
    shown.close()


def test_that_shortcuts_are_listed(window: MainWindow) -> None:
    text = show_shortcuts(window).browser.toPlainText()
    assert "Ctrl+N" in text
    assert "New run" in text
    assert "Ctrl+3" in text


def test_that_pictures_of_the_help_are_shown_and_fit_the_window(
    window: MainWindow, qtbot: QtBot
) -> None:
    shown = show_help(window, "evidence")
    browser = shown.browser
    qtbot.waitUntil(lambda: browser.viewport().width() > 0)
    (name,) = re.findall(r"!\[[^\]]+\]\(([\w.]+)\)", (HELP / "evidence.md").read_text("utf-8"))
    picture = browser.loadResource(QTextDocument.ResourceType.ImageResource.value, QUrl(name))
    assert isinstance(picture, QImage)
    assert not picture.isNull()
    assert 300 < picture.width() / picture.devicePixelRatio() <= browser.viewport().width()
    assert "\ufffc" in browser.document().toRawText()
    shown.close()
