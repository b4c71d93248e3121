"""The line above a map: what colours it, how one moves in it, how it is saved."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QWidget

from core.data.manifest import displayed
from core.language import _
from core.readers.colouring import Colouring
from gui.atlas.facts import MapFacts
from gui.atlas.view import MapView
from gui.widgets.basics import button, label, tool
from gui.widgets.flow import Flow


class MapTools(QWidget):
    """Controls of a view.

    Args:
        view: What is moved and zoomed.

    Signals:
        coloured: The index of the colouring that was chosen.
        tagged: Another one of several labels, which some colourings are of.
        saving: The map shall be saved.
    """

    coloured = Signal(int)
    tagged = Signal(int)
    saving = Signal()

    def __init__(self, view: MapView, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rules: list[bool] = []
        self.by = QComboBox()
        self.by.setAccessibleName(_("Colour by"))
        self.by.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.by.currentIndexChanged.connect(self._on_by)
        self.tag = QComboBox()
        self.tag.setAccessibleName(_("Label to colour by"))
        self.tag.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.tag.currentIndexChanged.connect(self._on_tag)
        self.tag.hide()
        self.area = tool(_("Draw around points (hold Shift)"), "lasso", lambda: None)
        self.area.setCheckable(True)
        self.area.toggled.connect(lambda is_on: setattr(view, "draws_area", is_on))
        self.save = button(_("Sa&ve map …"), self.saving.emit, icon_name="save")
        self.save.setToolTip(_("As a page for every browser, or as a table with all places."))
        line = Flow(self, gap=2)
        caption = label(_("Colour b&y"), "muted", wrap=False)
        caption.setBuddy(self.by)
        for part in (
            caption,
            self.by,
            self.tag,
            self.area,
            tool(_("Zoom in (+)"), "plus", view.zoom_in),
            tool(_("Zoom out (-)"), "minus", view.zoom_out),
            tool(_("See all of it (0)"), "whole", view.show_all),
            self.save,
        ):
            line.addWidget(part)

    def show_colourings(self, colourings: list[Colouring]) -> None:
        """Offer these; what was chosen stays so, if it is among them."""
        self._rules = [each.rule is not None for each in colourings]
        before = self.by.currentData()
        names = [each.name for each in colourings]
        self.by.blockSignals(True)
        self.by.clear()
        for each in colourings:
            self.by.addItem(each.title, each.name)
        self.by.setCurrentIndex(names.index(before) if before in names else 0)
        self.by.blockSignals(False)
        self._on_by(self.by.currentIndex())

    def show_tags(self, facts: MapFacts) -> None:
        """Offer the labels of a map where points may have several, the commonest first in hand."""
        self.tag.blockSignals(True)
        self.tag.clear()
        if facts.atlas.tags is not None:
            self.tag.addItems(list(map(displayed, facts.atlas.classes)))
        self.tag.setCurrentIndex(facts.commonest)
        self.tag.blockSignals(False)

    def _on_by(self, which: int) -> None:
        self.tag.setVisible(0 <= which < len(self._rules) and self._rules[which])
        self.coloured.emit(which)

    def _on_tag(self, which: int) -> None:
        if which >= 0:
            self.tagged.emit(which)
