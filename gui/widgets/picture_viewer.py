"""One picture after another over the whole window, without another program."""

from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QImage, QKeyEvent, QPainter, QPaintEvent, QWheelEvent
from PySide6.QtWidgets import QWidget

from core.language import _
from gui.theme import theme
from gui.widgets.basics import button, column, label, row, tool
from gui.widgets.elided import Elided
from gui.widgets.notices import announce
from gui.widgets.opening import open_outside
from gui.widgets.picture import Picture
from gui.widgets.thumbnail_loader import ThumbnailLoader

# Enough for a 4K screen; larger pictures are shrunk to it.
_SIDE = 2048
_KEPT = 6
_STEPS = {
    Qt.Key.Key_Left: -1,
    Qt.Key.Key_Up: -1,
    Qt.Key.Key_PageUp: -1,
    Qt.Key.Key_Backspace: -1,
    Qt.Key.Key_Right: 1,
    Qt.Key.Key_Down: 1,
    Qt.Key.Key_PageDown: 1,
    Qt.Key.Key_Space: 1,
}


class PictureViewer(QWidget):
    """Covers the window of whoever opens it; Escape, a button or leaving the page closes it.

    Args:
        opener: What it is opened from: it closes with it and gives the keyboard back to it.

    Signals:
        moved: The row of the picture that is shown now.
        closed: It is gone.
    """

    moved = Signal(int)
    closed = Signal()

    def __init__(self, opener: QWidget) -> None:
        super().__init__(opener.window())
        self._opener = opener
        self._count, self._at = 0, 0
        self._path_of: Callable[[int], Path] = lambda _: Path()
        self._caption_of: Callable[[int], str] = lambda _: ""
        self._kept: OrderedDict[Path, QImage] = OrderedDict()
        self._loader = ThumbnailLoader(_SIDE, self)
        self._loader.loaded.connect(self._on_loaded)
        self.setAccessibleName(_("Pictures, one at a time"))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._build()
        self.hide()
        # It may be moved to another window before it is shown.
        self._watched = opener.window()
        self._watched.installEventFilter(self)
        opener.installEventFilter(self)

    @property
    def at(self) -> int:
        """The row that is shown."""
        return self._at

    def show_pictures(
        self, count: int, path_of: Callable[[int], Path], caption_of: Callable[[int], str], at: int
    ) -> None:
        """Open it.

        Args:
            count: How many pictures there are.
            path_of: Row to file.
            caption_of: Row to what is known of it.
            at: The row to begin with.
        """
        self._count, self._path_of, self._caption_of = count, path_of, caption_of
        self.setGeometry(self._watched.rect())
        self.show()
        self.raise_()
        self.setFocus(Qt.FocusReason.OtherFocusReason)
        self.go(at)

    def go(self, at: int) -> None:
        """Show the picture of a row; nothing beyond the first and the last."""
        if not 0 <= at < self._count:
            return
        self._at = at
        path = self._path_of(at)
        caption = ", ".join(self._caption_of(at).split("\n"))
        self._name.show_text(path.name)
        self._caption.show_text(caption)
        self._place.setText(_("{at:,} of {count:,}").format(at=at + 1, count=self._count))
        self.back.setEnabled(at > 0)
        self.next.setEnabled(at + 1 < self._count)
        for beside in (at, at + 1, at - 1):
            if 0 <= beside < self._count and self._path_of(beside) not in self._kept:
                self._loader.want(self._path_of(beside))
        self._show(path)
        announce(
            self,
            _("{name}, {caption}, {at} of {count}").format(
                name=path.name, caption=caption, at=at + 1, count=self._count
            ),
        )
        self.moved.emit(at)

    def close_view(self) -> None:
        """Close it, and go back to where it was opened."""
        if self.isHidden():
            return
        self.hide()
        self._loader.forget()
        self._opener.setFocus(Qt.FocusReason.OtherFocusReason)
        self.closed.emit()

    def shut_down(self) -> None:
        """Read no more."""
        self._loader.shut_down()

    def _build(self) -> None:
        layout = column(self, margin=4, gap=2)
        head = row(gap=2)
        self._name = Elided("", "title", Qt.TextElideMode.ElideMiddle)
        self._caption = Elided("", "")
        self._place = label("", "muted", wrap=False)
        words = column(gap=0)
        words.addWidget(self._name)
        words.addWidget(self._caption)
        head.addLayout(words, 1)
        head.addWidget(self._place)
        self.folder = button(_("Show in folder"), self._show_in_folder, icon_name="folder")
        head.addWidget(self.folder)
        self.leave = button(
            _("Close"), self.close_view, icon_name="close", tip=_("Esc closes it, too.")
        )
        head.addWidget(self.leave)
        layout.addLayout(head)
        middle = row(gap=2)
        self.back = tool(_("The one before (Left)"), "chevron-left", lambda: self.go(self._at - 1))
        self.next = tool(_("The next one (Right)"), "chevron-right", lambda: self.go(self._at + 1))
        self.picture = Picture()
        self._problem = label(_("This picture can't be read."), "warn", wrap=False)
        self._problem.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._problem.hide()
        middle.addWidget(self.back)
        middle.addWidget(self.picture, 1)
        middle.addWidget(self._problem, 1)
        middle.addWidget(self.next)
        layout.addLayout(middle, 1)

    def _show(self, path: Path) -> None:
        image = self._kept.get(path)
        is_broken = image is not None and image.isNull()
        self.picture.setVisible(not is_broken)
        self._problem.setVisible(is_broken)
        words = f"{path.name}: {self._caption.whole}"
        self.picture.show_image(image if image is not None else QImage(), words)

    def _on_loaded(self, path: Path, image: QImage) -> None:
        self._kept[path] = image
        while len(self._kept) > _KEPT:
            self._kept.popitem(last=False)
        if self._count and path == self._path_of(self._at):
            self._show(path)

    def _show_in_folder(self) -> None:
        open_outside(self, self._path_of(self._at).parent)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows go on and back, Home and End to the ends, Escape closes."""
        key = Qt.Key(event.key())
        if key == Qt.Key.Key_Escape:
            self.close_view()
        elif key == Qt.Key.Key_Home:
            self.go(0)
        elif key == Qt.Key.Key_End:
            self.go(self._count - 1)
        elif key in _STEPS:
            self.go(self._at + _STEPS[key])
        else:
            super().keyPressEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Go on and back, too."""
        if event.angleDelta().y():
            self.go(self._at + (1 if event.angleDelta().y() < 0 else -1))
        event.accept()

    def focusNextPrevChild(self, is_next: bool) -> bool:  # noqa: N802
        """Stay within it: what lies below can't be seen."""
        ways: tuple[QWidget, ...] = (self, self.folder, self.leave, self.back, self.next)
        parts = [part for part in ways if part.isEnabled()]
        focus = self.focusWidget()
        now = focus if focus in parts else self
        step = 1 if is_next else -1
        parts[(parts.index(now) + step) % len(parts)].setFocus(Qt.FocusReason.TabFocusReason)
        return True

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """As large as the window; gone when what it was opened from is out of sight."""
        if event.type() == QEvent.Type.Resize and watched is self._watched:
            self.setGeometry(self._watched.rect())
        if event.type() == QEvent.Type.Hide and watched is self._opener:
            self.close_view()
        return super().eventFilter(watched, event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """A quiet ground: the picture is what counts."""
        del event
        QPainter(self).fillRect(self.rect(), theme().colour("window"))
