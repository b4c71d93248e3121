"""A format as a card: what it is for, what opens it, what was exported already."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QFrame, QPushButton, QWidget

from core.export.formats import ExportFormat
from core.language import _
from gui.pages.export.drag import DragHandle
from gui.pages.export.outcome import Exported
from gui.widgets.basics import button, column, flowing, label, paint_icon, row, set_role
from gui.widgets.plain import plain
from gui.words.numbers import arm_title

_PRECISIONS = {
    "fp32": _("Full precision"),
    "fp16": _("Half precision: half the size"),
    "int8": _("8 bit: a quarter of the size"),
}


class FormatCard(QFrame):
    """Signals: `wanted` with the name of the format; `opened` with it for its folder."""

    wanted = Signal(str)
    opened = Signal(str)

    def __init__(self, shown: ExportFormat, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.format = shown
        self.setProperty("role", "card")
        self.setAccessibleName(shown.title)
        layout = column(self, margin=3, gap=1)
        head = row()
        head.addWidget(label(shown.title, "heading", wrap=False))
        head.addStretch(1)
        self.precision = QComboBox()
        for precision in shown.precisions:
            self.precision.addItem(_PRECISIONS[precision], precision)
        self.precision.setAccessibleName(_("Precision of {title}").format(title=shown.title))
        head.addWidget(self.precision)
        self.export: QPushButton = button(
            _("Export"), lambda: self.wanted.emit(shown.name), icon_name="export"
        )
        self.export.setAccessibleName(_("Export as {title}").format(title=shown.title))
        self.open = button(
            _("Open folder"), lambda: self.opened.emit(shown.name), icon_name="folder"
        )
        self.open.setAccessibleName(_("Open the folder of {title}").format(title=shown.title))
        self.drag = DragHandle()
        self.drag.setAccessibleName(
            _("Copy the folder of {title}, or drag it out").format(title=shown.title)
        )
        head.addWidget(self.drag)
        head.addWidget(self.open)
        head.addWidget(self.export)
        layout.addLayout(head)
        # Not before: what is in nothing yet would be a window of its own.
        self.precision.setVisible(len(shown.precisions) > 1)
        layout.addWidget(flowing(shown.what))
        layout.addWidget(flowing(_("Opens with {opens}").format(opens=shown.opens), "muted"))
        self.outcome = flowing("")
        layout.addWidget(self.outcome)
        self.show_outcome(None)

    def show_outcome(
        self, exported: Exported | None, problem: str = "", chosen: str | None = None
    ) -> None:
        """Show what lies there, and which model it is.

        Args:
            exported: The export that is there; None without one.
            problem: Why the last try failed.
            chosen: The arm that would be exported now.
        """
        arm = exported.arm if exported is not None and self.format.needs_classifier else None
        is_other = arm is not None and chosen is not None and arm != chosen
        self.open.setVisible(exported is not None)
        self.drag.setVisible(exported is not None)
        self.drag.folder = exported.folder if exported is not None else None
        self.export.setText(
            _("Export again") if exported is not None and not is_other else _("Export")
        )
        words = problem
        if exported is not None and not problem:
            words = f"{arm_title(arm)}. {exported.words}" if arm is not None else exported.words
            if is_other:
                words = _(
                    "In its folder is another model: {words} Export to replace it with {arm}."
                ).format(words=words, arm=arm_title(str(chosen)))
        self.outcome.setText(words)
        self.outcome.setVisible(bool(words))
        good = exported is not None and exported.is_equal and not is_other
        set_role(self.outcome, "bad" if problem else "ok" if good else "warn")

    def show_recommended(self, is_recommended: bool) -> None:
        """Whether it is the answer to "for whom"."""
        if is_recommended != (self.export.property("role") == "primary"):
            paint_icon(self.export, "export", "on_accent" if is_recommended else "text")
        set_role(self.export, "primary" if is_recommended else "")
        set_role(self, "true" if is_recommended else "", "chosen")

    def set_possible(self, why_not: str) -> None:
        """Whether it can be exported; `why_not` is empty when it can."""
        self.export.setEnabled(not why_not)
        self.export.setToolTip(plain(why_not))
        self.export.setAccessibleDescription(why_not)
