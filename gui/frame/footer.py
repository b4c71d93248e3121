"""The line below every page: back, a reason, and the one thing to do next."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QWidget

from core.language import _
from gui.pages.page import Primary
from gui.widgets.basics import button, label, row


class Footer(QFrame):
    """Stays where it is on any screen.

    Attributes:
        back, hint, primary: What stands in it, from the left.

    Signals:
        back_asked: To the page before.
        used: The one thing shall be done.
    """

    back_asked = Signal()
    used = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "footer")
        self.back = button(_("&Back"), self.back_asked.emit, icon_name="back", role="quiet")
        self.hint = label("", "muted")
        self.hint.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.primary = button("", self.used.emit, role="primary")
        line = row(self, margin=2)
        line.addWidget(self.back)
        line.addWidget(self.hint, 1)
        line.addWidget(self.primary)

    def show_primary(self, primary: Primary | None) -> None:
        """Offer the one thing that the page in front wants, if there is one."""
        self.primary.setVisible(primary is not None)
        self.hint.setText(primary.hint if primary else "")
        if primary is not None:
            self.primary.setText(primary.text)
            self.primary.setEnabled(primary.is_enabled)
            self.primary.setAccessibleDescription(primary.hint)
