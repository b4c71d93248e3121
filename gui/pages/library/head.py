"""The head of the page of runs: find one, order them, open one that lies elsewhere."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QLineEdit, QWidget

from core.language import _
from gui.pages.library.shelf import ORDERS
from gui.widgets.basics import button
from gui.widgets.page_head import PageHead

# With no more runs than that there is nothing to find, and room for ways to begin another.
FEW = 2


class RunsHead(PageHead):
    """Title and tools.

    Attributes:
        search, order: What to show, and how.
        shortcuts: Open a run folder; try the sample.

    Signals:
        open_wanted, sample_wanted: A shortcut was used.
    """

    open_wanted = Signal()
    sample_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(_("Runs"), parent=parent)
        self.search, self.order = QLineEdit(), QComboBox()
        self.search.setPlaceholderText(_("Find a run"))
        self.search.setAccessibleName(_("Find a run by name, state, folder, answer or note"))
        self.search.setClearButtonEnabled(True)
        self.add(self.search, 1)
        self.order.addItems(list(ORDERS))
        self.order.setAccessibleName(_("Order of the runs"))
        self.add(self.order)
        folder = button(_("&Open run folder …"), self.open_wanted.emit, icon_name="folder")
        sample = button(_("Try the &sample"), self.sample_wanted.emit, icon_name="sample")
        sample.setToolTip(_("Data that is already here: offline, a few minutes"))
        # An empty library offers the same, larger; so does one of few runs.
        self.shortcuts = [folder, sample]
        for made in self.shortcuts:
            self.add(made)

    def show_what_fits(self, num_runs: int) -> None:
        """No tools that there is no use for."""
        for part in (self.search, self.order):
            part.setVisible(num_runs > FEW)
        folder, sample = self.shortcuts
        folder.setVisible(bool(num_runs))
        # The choices below a few runs have the sample, too.
        sample.setVisible(num_runs > FEW)
