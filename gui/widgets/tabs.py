"""Tabs of which none is hidden without a word: they move together, then a button names the rest."""

from functools import partial

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QMenu, QTabBar, QTabWidget, QToolButton, QWidget

from core.language import _
from gui.theme import theme
from gui.widgets.basics import on_theme_change, paint_icon

# Steps of the grid that a name gives up on both sides together, before any is put away.
_SPARE = 5


class TabStrip(QTabBar):
    """Names of tabs; those without room are in the menu of a button at the end.

    Attributes:
        more: The button; hidden while there is room for all.
    """

    # Until it is made: the style may change before.
    _is_placing = True

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setUsesScrollButtons(False)
        self.setElideMode(Qt.TextElideMode.ElideNone)
        self.more = QToolButton(self)
        self.more.setProperty("role", "quiet")
        self.more.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.more.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.more.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.more.setMenu(QMenu(self.more))
        paint_icon(self.more, "chevron-down")
        self.more.hide()
        self._spared = 0
        self._away: set[int] = set()
        self._is_placing = False
        self.currentChanged.connect(lambda _: self.place())
        on_theme_change(self, self.place)

    @property
    def put_away(self) -> list[int]:
        """The tabs that only the menu names."""
        return sorted(self._away)

    def place(self) -> None:
        """Find out which names there is room for; the chosen one is always among them."""
        if self._is_placing:
            return
        self._is_placing = True
        wide = {at: self._full(at) for at in range(self.count()) if self.isTabVisible(at)}
        spare, room = theme().space(_SPARE), self.width()
        self._spared, self._away = 0, set()
        if sum(wide.values()) > room:
            self._spared = spare
            wide = {at: full - spare for at, full in wide.items()}
        if sum(wide.values()) > room:
            self._put_away(wide)
        self.more.setVisible(bool(self._away))
        if self._away:
            self._fill_menu()
        # Qt lays tabs out again when this is set, to whatever.
        self.setElideMode(Qt.TextElideMode.ElideNone)
        self._place_more()
        self._is_placing = False

    def _put_away(self, wide: dict[int, int]) -> None:
        """The last ones, until there is room for the others and the button."""
        self.more.setText(_("{number:,} more").format(number=len(wide)))
        room = self.width() - self.more.sizeHint().width()
        for at in reversed(wide):
            kept = sum(each for other, each in wide.items() if other not in self._away)
            if kept <= room:
                break
            if at != self.currentIndex():
                self._away.add(at)

    def _fill_menu(self) -> None:
        self.more.setText(_("{number:,} more").format(number=len(self._away)))
        menu = self.more.menu()
        menu.clear()
        for at in self.put_away:
            menu.addAction(self.tabText(at), partial(self.setCurrentIndex, at))
        names = ", ".join(self.tabText(at).replace("&", "") for at in self.put_away)
        self.more.setToolTip(names)
        self.more.setAccessibleDescription(names)

    def _place_more(self) -> None:
        hint = self.more.sizeHint()
        taken = max((self.tabRect(at).right() for at in range(self.count())), default=0)
        left = min(taken + 1, self.width() - hint.width())
        self.more.setGeometry(left, (self.height() - hint.height()) // 2, *hint.toTuple())

    def _full(self, at: int) -> int:
        return super().tabSizeHint(at).width()

    def tabSizeHint(self, index: int) -> QSize:  # noqa: N802
        """Narrower where room is short; nothing for what is put away."""
        hint = super().tabSizeHint(index)
        return QSize(0 if index in self._away else hint.width() - self._spared, hint.height())

    def minimumTabSizeHint(self, index: int) -> QSize:  # noqa: N802
        """Never elided."""
        return self.tabSizeHint(index)

    def sizeHint(self) -> QSize:
        """With all names at their full width."""
        wide = sum(self._full(at) for at in range(self.count()) if self.isTabVisible(at))
        return QSize(wide, super().sizeHint().height())

    def minimumSizeHint(self) -> QSize:
        """Room for the longest name and the button."""
        spare = theme().space(_SPARE)
        widest = max((self._full(at) for at in range(self.count())), default=spare) - spare
        return QSize(widest + self.more.sizeHint().width(), super().sizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Other names may fit."""
        super().resizeEvent(event)
        self.place()

    def tabLayoutChange(self) -> None:  # noqa: N802
        """A name was added, changed, shown or hidden."""
        super().tabLayoutChange()
        self.place()

    def changeEvent(self, event: QEvent) -> None:
        """Letters have grown."""
        super().changeEvent(event)
        if event.type() in {QEvent.Type.FontChange, QEvent.Type.StyleChange}:
            self.place()


class Tabs(QTabWidget):
    """Pages behind the names of a strip."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.strip = TabStrip()
        self.setTabBar(self.strip)
        self.setDocumentMode(True)
        self.strip.setDrawBase(False)
        self.currentChanged.connect(lambda _: self.updateGeometry())

    def minimumSizeHint(self) -> QSize:
        """As wide as the page in front, not as the widest one behind it."""
        least = super().minimumSizeHint()
        if not self.count():
            return least
        shown = self.currentWidget()
        wide = max(shown.minimumSizeHint().width(), self.strip.minimumSizeHint().width())
        return QSize(min(least.width(), wide + theme().space(1)), least.height())
