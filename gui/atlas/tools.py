"""The line above a map: what colours it, how one moves in it, how it is saved."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QWidget

from core.readers.colouring import Colouring
from gui.atlas.view import MapView
from gui.widgets.basics import button, label, tool
from gui.widgets.flow import Flow


class MapTools(QWidget):
    """Controls of a view.

    Args:
        view: What is moved and zoomed.

    Signals:
        coloured: The index of the colouring that was chosen.
        saving: The map shall be saved.
    """

    coloured = Signal(int)
    saving = Signal()

    def __init__(self, view: MapView, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.by = QComboBox()
        self.by.setAccessibleName("Colour by")
        self.by.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.by.currentIndexChanged.connect(self.coloured)
        self.area = tool("Draw around points (hold Shift)", "lasso", lambda: None)
        self.area.setCheckable(True)
        self.area.toggled.connect(lambda is_on: setattr(view, "draws_area", is_on))
        self.save = button("Sa&ve map …", self.saving.emit, icon_name="save")
        self.save.setToolTip("As a page for every browser, or as a table with all places.")
        line = Flow(self, gap=2)
        caption = label("Colour b&y", "muted", wrap=False)
        caption.setBuddy(self.by)
        for part in (
            caption,
            self.by,
            self.area,
            tool("Zoom in (+)", "plus", view.zoom_in),
            tool("Zoom out (-)", "minus", view.zoom_out),
            tool("See all of it (0)", "whole", view.show_all),
            self.save,
        ):
            line.addWidget(part)

    def show_colourings(self, colourings: list[Colouring]) -> None:
        """Offer these; what was chosen stays so, if it is among them."""
        before = self.by.currentData()
        names = [each.name for each in colourings]
        self.by.blockSignals(True)
        self.by.clear()
        for each in colourings:
            self.by.addItem(each.title, each.name)
        self.by.setCurrentIndex(names.index(before) if before in names else 0)
        self.by.blockSignals(False)
        self.coloured.emit(self.by.currentIndex())
