"""Notices: what the user should know, above the page, without taking the window away."""

import time

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from core.language import _
from gui.theme import theme
from gui.widgets.basics import button, column, flowing, row, tool
from gui.widgets.fading import uncover
from gui.widgets.sign import Sign

_GOOD_NEWS_MS = 12_000
_MOST = 3
_MOST_LINES = 7
# What is told within the same click as a change is about its outcome.
_STALE_S = 1.0
_TONES = {"bad": _("Error"), "warn": _("Warning")}
_ICONS = {"ok": "tick", "info": "info", "warn": "attention", "bad": "attention"}


def announce(widget: QWidget, text: str) -> None:
    """Have a screen reader say something now."""
    QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(widget, text))


class Notices(QScrollArea):
    """A stack of at most three notices in a bounded place; the oldest goes first.

    Messages may be long and a screen low: the place scrolls, so that no button is pushed away.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(_("Notices"))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        inside = QWidget()
        self._layout: QVBoxLayout = column(inside, gap=1)
        self.setWidget(inside)
        self._shown: list[_Notice] = []
        self._fit()

    def tell(self, tone: str, what: str, action: str = "") -> "_Notice":
        """Show a notice; the same one again only renews it.

        Args:
            tone: `ok`, `info`, `warn` or `bad`; good news go by themselves.
            what: What is the matter.
            action: What to do about it.
        """
        for old in [old for old in self._shown if old.what == what]:
            self._remove(old)
        notice = _Notice(tone, what, action)
        notice.closing.clicked.connect(lambda: self._remove(notice))
        self._shown.append(notice)
        self._layout.addWidget(notice)
        while len(self._shown) > _MOST:
            self._remove(self._shown[0])
        self._fit()
        notice.show()
        uncover(notice)
        announce(self, f"{what} {action}".strip())
        if tone in {"ok", "info"}:
            QTimer.singleShot(_GOOD_NEWS_MS, notice, lambda: self._remove(notice))
        return notice

    def texts(self) -> list[str]:
        """What is told now."""
        return [f"{notice.what} {notice.action}".strip() for notice in self._shown]

    def clear(self) -> None:
        """Take all away."""
        while self._shown:
            self._remove(self._shown[0])

    def clear_stale(self) -> None:
        """Take away what was told before what happens now: it is about something that changes."""
        now = time.monotonic()
        for notice in [each for each in self._shown if now - each.told > _STALE_S]:
            self._remove(notice)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Words wrap otherwise."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """As high as its notices, up to a bound."""
        wanted = 0
        if self._shown:
            self._layout.activate()
            wanted = self._layout.totalSizeHint().height()
            if self._layout.hasHeightForWidth():
                wanted = self._layout.totalHeightForWidth(self.viewport().width())
        self.setFixedHeight(min(wanted, theme().line_height * _MOST_LINES))
        self.verticalScrollBar().setValue(self.verticalScrollBar().maximum())

    def _remove(self, notice: "_Notice") -> None:
        if notice in self._shown:
            self._shown.remove(notice)
            self._layout.removeWidget(notice)
            notice.hide()
            notice.deleteLater()
            self._fit()


class _Notice(QFrame):
    def __init__(self, tone: str, what: str, action: str) -> None:
        super().__init__()
        self.what, self.action = what, action
        self.told = time.monotonic()
        self.setProperty("role", "notice")
        self.setProperty("tone", tone)
        self._line = row(self, margin=2, gap=3)
        ink = tone if tone in {"ok", "warn", "bad"} else "accent"
        sign = Sign(_ICONS.get(tone, "info"), ink, quarters=5)
        sign.setAccessibleName(_TONES.get(tone, _("Information")))
        self._line.addWidget(sign)
        words: QVBoxLayout = column(gap=0)
        words.addWidget(flowing(what, "heading" if action else ""))
        if action:
            words.addWidget(flowing(action))
        self._line.addLayout(words, 1)
        self._buttons = row(gap=1)
        self._line.addLayout(self._buttons)
        self.closing = tool(_("Close this notice"), "close", lambda: None)
        self._line.addWidget(self.closing)

    def offer(self, text: str, do: object) -> None:
        """Add a button that does something about it and closes the notice."""
        assert callable(do)
        made = button(text, do)
        made.clicked.connect(self.closing.click)
        self._buttons.addWidget(made)
