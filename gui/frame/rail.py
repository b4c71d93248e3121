"""The rail of steps on the left: where one is, what is done, what needs attention."""

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QResizeEvent
from PySide6.QtWidgets import QButtonGroup, QFrame, QSizePolicy, QToolButton, QWidget

from core.language import _
from gui.pages.page import PageEntry, Step
from gui.theme import icon, theme
from gui.widgets.basics import column, label, on_theme_change, paint_icon, set_role

_STATES = {
    Step.OPEN: ("", ""),
    Step.DONE: (_("done"), "tick"),
    Step.ATTENTION: (_("needs attention"), "attention"),
    Step.BUSY: (_("running"), "clock"),
}
_STATE_COLOURS = {Step.DONE: "ok", Step.ATTENTION: "warn", Step.BUSY: "accent"}


class Rail(QFrame):
    """Signals: `chosen` with the key of a page."""

    chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "rail")
        self.setAccessibleName(_("Steps"))
        self._layout = column(self, margin=2, gap=1)
        self._layout.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._group = QButtonGroup(self)
        self._entries: dict[str, _Entry] = {}
        self._foot: QWidget | None = None
        self._is_narrow = False

    def add(self, place: PageEntry, number: int) -> None:
        """Add a page; number 0 has no place among the steps."""
        entry = _Entry(place, number)
        self._entries[place.key] = entry
        self._group.addButton(entry)
        entry.clicked.connect(lambda: self.chosen.emit(place.key))
        self._layout.addWidget(entry)
        if number == 0:
            self._layout.addSpacing(theme().space(3))

    def finish(self, foot: QWidget) -> None:
        """Add what stands at the bottom."""
        self._layout.addStretch(1)
        # Of one width from the first moment: what is found out later must not move the page.
        foot.setFixedWidth(theme().line_height * 10)
        self._layout.addWidget(foot)
        self._foot = foot

    def show_narrow(self, is_narrow: bool) -> None:
        """Only icons where the window has no room for words."""
        if is_narrow == self._is_narrow:
            return
        self._is_narrow = is_narrow
        for entry in self._entries.values():
            entry.show_narrow(is_narrow)
        if self._foot is not None:
            self._foot.setVisible(not is_narrow)

    def entry(self, key: str) -> QWidget:
        """The entry of a page."""
        return self._entries[key]

    def point_at(self, key: str) -> None:
        """Frame the entry of a page; none for ''."""
        for other, entry in self._entries.items():
            set_role(entry, "true" if other == key else "", "toured")

    def show_page(self, key: str) -> None:
        """Mark the page that is shown."""
        self._entries[key].setChecked(True)

    @property
    def shown(self) -> str:
        """The key of the page that is shown; empty before the first one."""
        return next((key for key, entry in self._entries.items() if entry.isChecked()), "")

    def show_step(self, key: str, step: Step, *, is_enabled: bool = True) -> None:
        """Show the state of a step."""
        self._entries[key].show_step(step)
        self._entries[key].setEnabled(is_enabled)

    def is_open(self, key: str) -> bool:
        """Whether the page can be shown now."""
        return self._entries[key].isEnabled()

    def step_of(self, key: str) -> Step:
        """The state shown for a page."""
        return self._entries[key].step


class _Entry(QToolButton):
    def __init__(self, place: PageEntry, number: int) -> None:
        super().__init__()
        self._title = place.title
        self.step = Step.OPEN
        self.setProperty("role", "quiet")
        self.setCheckable(True)
        self.setText(place.title)
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        paint_icon(self, place.icon_name)
        if number:
            self.setShortcut(QKeySequence(f"Ctrl+{number}"))
        self._sign = label("", wrap=False)
        self._sign.setParent(self)
        self._sign.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        on_theme_change(self, self._paint_sign)
        self.show_step(Step.OPEN)

    def show_step(self, step: Step) -> None:
        self.step = step
        words, _ = _STATES[step]
        self.setAccessibleName(f"{self._title}, {words}" if words else self._title)
        shortcut = self.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
        self.setToolTip(f"{self.accessibleName()} ({shortcut})" if shortcut else self._title)
        self._paint_sign()

    def show_narrow(self, is_narrow: bool) -> None:
        words = Qt.ToolButtonStyle.ToolButtonTextBesideIcon
        icons = Qt.ToolButtonStyle.ToolButtonIconOnly
        self.setToolButtonStyle(icons if is_narrow else words)
        self._paint_sign()
        self._place_sign()

    def _sign_side(self) -> int:
        is_narrow = self.toolButtonStyle() is Qt.ToolButtonStyle.ToolButtonIconOnly
        return theme().space(3 if is_narrow else 4)

    def _paint_sign(self) -> None:
        _, name = _STATES[self.step]
        self._sign.setVisible(bool(name))
        if name:
            side = self._sign_side()
            role = _STATE_COLOURS[self.step]
            self._sign.setPixmap(
                icon(name, role).pixmap(QSize(side, side), self.devicePixelRatio())
            )
            self._sign.resize(side, side)

    def sizeHint(self) -> QSize:
        hint = super().sizeHint()
        is_narrow = self.toolButtonStyle() is Qt.ToolButtonStyle.ToolButtonIconOnly
        return QSize(hint.width() + theme().space(2 if is_narrow else 7), hint.height())

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place_sign()

    def _place_sign(self) -> None:
        side = self._sign_side()
        if self.toolButtonStyle() is Qt.ToolButtonStyle.ToolButtonIconOnly:
            self._sign.move(self.width() - side, 0)
        else:
            self._sign.move(self.width() - side - theme().space(2), (self.height() - side) // 2)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Up):
            self.focusNextPrevChild(event.key() == Qt.Key.Key_Down)
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        else:
            super().keyPressEvent(event)
