"""All images as a wall of thumbnails, to be looked at by class and split."""

from PySide6.QtWidgets import QWidget

from gui.pages.data.filters import Filters
from gui.state.findings import Findings
from gui.theme import theme
from gui.widgets.basics import column
from gui.widgets.thumbnails import ImageWall


class ImagesTab(QWidget):
    """The wall with its filters."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._findings: Findings | None = None
        layout = column(self, gap=2)
        layout.setContentsMargins(0, theme().space(2), 0, 0)
        self.filters = Filters(self._show)
        layout.addLayout(self.filters.line)
        self.wall = ImageWall()
        layout.addWidget(self.wall, 1)

    def show_findings(self, findings: Findings) -> None:
        """Show the images of a scan."""
        self._findings = findings
        summary = findings.summary
        self.filters.fill(
            "All images",
            -1 if summary["num_unlabeled"] else None,
            [(entry["name"], index) for index, entry in enumerate(summary["classes"])],
        )
        self._show()

    def _show(self) -> None:
        findings = self._findings
        if findings is None:
            return
        chosen = findings.chosen(*self.filters.chosen)
        self.filters.say(f"{len(chosen):,} images")
        self.wall.set_images(
            len(chosen),
            lambda row: findings.path(int(chosen[row])),
            lambda row: findings.caption(int(chosen[row])),
        )
