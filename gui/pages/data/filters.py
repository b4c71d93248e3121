"""A row above a list of examples: which, in what order, how many are shown."""

from collections.abc import Callable, Sequence

from PySide6.QtWidgets import QComboBox, QWidget

from core.language import _
from gui.widgets.basics import label
from gui.widgets.flow import Flow

_ORDERS = ((_("Mixed"), True), (_("As in the folders"), False))
_SPLITS = (
    (_("All splits"), None),
    (_("Train"), "train"),
    (_("Validation"), "val"),
    (_("Test"), "test"),
)


class Filters:
    """The boxes and the count; `bar` is what they stand in.

    Args:
        chosen: Called when the user chose a class, a split or an order.
    """

    def __init__(self, chosen: Callable[[], None]) -> None:
        self.which = QComboBox()
        self.which.setAccessibleName(_("Class to show"))
        self.split = QComboBox()
        self.split.setAccessibleName(_("Split to show"))
        for text, value in _SPLITS:
            self.split.addItem(text, value)
        self.order = QComboBox()
        self.order.setAccessibleName(_("Order"))
        for words, is_mixed in _ORDERS:
            self.order.addItem(words, is_mixed)
        self.count = label("", "muted", wrap=False)
        self.bar = QWidget()
        line = Flow(self.bar)
        for box in (self.which, self.split, self.order):
            box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
            box.activated.connect(lambda _: chosen())
        for part in (self.which, self.split, self.order, self.count):
            line.addWidget(part)

    def fill(self, everything: str, classes: Sequence[str], *, has_unlabeled: bool) -> None:
        """Offer the classes of other data, and choose all of it.

        Args:
            everything: The words for no filter, such as "All images".
            classes: Their names.
            has_unlabeled: Whether there are examples without a class.
        """
        self.which.clear()
        self.which.addItem(everything, None)
        if has_unlabeled and classes:
            self.which.addItem(_("Unlabeled"), "")
        for name in classes:
            self.which.addItem(name, name)
        self.split.setVisible(bool(classes))
        self.split.setCurrentIndex(0)

    @property
    def chosen(self) -> tuple[str | None, str | None]:
        """The class ("" for unlabeled examples) and the split; None for all."""
        return self.which.currentData(), self.split.currentData()

    @property
    def is_mixed(self) -> bool:
        """Whether classes are to alternate."""
        return bool(self.order.currentData())

    def say(self, count: str) -> None:
        """Say how many examples are shown."""
        self.count.setText(count)
