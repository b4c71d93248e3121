"""Help inside the window, from the Markdown files in `resources/help/`."""

from pathlib import Path
from typing import Any

from PySide6.QtCore import QSize, Qt, QUrl
from PySide6.QtGui import QImage, QKeySequence, QTextBlockFormat, QTextCursor, QTextDocument
from PySide6.QtWidgets import QDialog, QTextBrowser, QWidget

from core.language import _
from core.version import __version__
from gui.frame.places import PLACES
from gui.theme import icon, theme
from gui.widgets.basics import button, column, row
from gui.words.help_pages import HELP, help_page

# Steps of the grid.
_LOGO = 16


class _Pages(QTextBrowser):
    """Pages of the help in the language in use, with their pictures; links lead to others."""

    def loadResource(self, kind: int, name: QUrl | str) -> object:  # noqa: N802
        """A page by the name of its file."""
        url = QUrl(name)
        if kind == QTextDocument.ResourceType.MarkdownResource.value and not url.scheme():
            return help_page(Path(url.path()).stem).replace("{version}", __version__)
        if kind == QTextDocument.ResourceType.ImageResource.value and not url.scheme():
            return self._picture(HELP / url.path())
        return super().loadResource(kind, url)

    def _picture(self, file: Path) -> QImage:
        """A picture of a page, no wider than the text, with all pixels that the screen has."""
        image, ratio = QImage(str(file)), self.devicePixelRatioF()
        margins = 2 * self.document().documentMargin()
        most = round((self.viewport().width() - margins) * ratio)
        if image.width() > most > 0:
            image = image.scaledToWidth(most, Qt.TransformationMode.SmoothTransformation)
        image.setDevicePixelRatio(ratio)
        return image


class HelpWindow(QDialog):
    """Shows a topic; links lead to other topics. Stays open beside the window."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(_("Help - Redistill"))
        self.browser = _Pages()
        self.browser.setAccessibleName(_("Help"))
        self.browser.setOpenExternalLinks(True)
        self.browser.document().setDocumentMargin(theme().space(4))
        self.browser.sourceChanged.connect(lambda _: self._part_paragraphs())
        layout = column(self, margin=3)
        layout.addWidget(self.browser, 1)
        line = row()
        line.addWidget(button(_("&Contents"), lambda: self.show_topic("index")))
        line.addWidget(button(_("&Back"), self.browser.backward))
        line.addStretch(1)
        line.addWidget(button(_("C&lose"), self.close))
        layout.addLayout(line)
        side = theme().line_height
        self.resize(side * 36, side * 34)

    def show_topic(self, topic: str) -> None:
        """Show a page of the help; the contents where there is none of that name."""
        self.browser.setSource(QUrl(f"{topic}.md"))

    def show_text(self, markdown: str) -> None:
        """Show a text that is made here."""
        self.browser.setMarkdown(markdown)
        self._part_paragraphs()

    def show_logo(self) -> None:
        """Put it above the text."""
        side = theme().space(_LOGO)
        cursor = QTextCursor(self.browser.document())
        cursor.insertBlock()
        cursor.movePosition(QTextCursor.MoveOperation.Start)
        # The block of the logo is that of the title, which is larger.
        cursor.setBlockFormat(QTextBlockFormat())
        ratio = self.devicePixelRatioF()
        picture = icon("redistill").pixmap(QSize(side, side), ratio).toImage()
        cursor.insertImage(picture, "logo")

    def _part_paragraphs(self) -> None:
        """Markdown's paragraphs have no room between them in Qt."""
        block = self.browser.document().begin()
        while block.isValid():
            wanted = block.blockFormat()
            # None where there is none, whatever the types of PySide say.
            around: tuple[Any, ...] = (block.textList(), QTextCursor(block).currentTable())
            if not any(around):
                wanted.setBottomMargin(theme().space(3))
                QTextCursor(block).setBlockFormat(wanted)
            block = block.next()


def show_help(window: QWidget, topic: str) -> HelpWindow:
    """Show a topic in the help window."""
    shown = _help_window(window)
    if topic == "about":
        shown.show_text(help_page("about").replace("{version}", __version__))
        shown.show_logo()
    else:
        shown.show_topic(topic)
    return shown


def show_shortcuts(window: QWidget) -> HelpWindow:
    """List the shortcuts of all actions."""
    lines = [_("# Keyboard shortcuts"), "", _("| Keys | Action |"), "| --- | --- |"]
    for action in getattr(window, "actions_of_menus", []):
        keys = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
        if keys:
            lines.append(f"| {keys} | {action.text().replace('&', '')} |")
    for number, place in enumerate(PLACES[1:], 1):
        lines.append(f"| Ctrl+{number} | {place.title} |")
    lines += [
        _("| Tab, Shift+Tab | next and previous control |"),
        _("| Alt and the underlined letter | the control with that letter |"),
        _("| Space, Enter | use the control |"),
        _("| Esc | close a dialog; never ends a run |"),
    ]
    shown = _help_window(window)
    shown.show_text("\n".join(lines))
    return shown


def _help_window(window: QWidget) -> HelpWindow:
    found = window.findChild(HelpWindow, options=Qt.FindChildOption.FindDirectChildrenOnly)
    shown = found if isinstance(found, HelpWindow) else HelpWindow(window)
    shown.show()
    shown.activateWindow()
    return shown
