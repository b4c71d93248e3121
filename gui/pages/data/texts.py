"""Some texts of the data, to be looked at by class and split."""

from PySide6.QtWidgets import QWidget

from gui.pages.data.filters import Filters
from gui.state.findings import Findings
from gui.theme import theme
from gui.widgets.basics import column
from gui.widgets.text_list import TextItem, TextList


class TextsTab(QWidget):
    """The list with its filters."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._findings: Findings | None = None
        layout = column(self, gap=2)
        layout.setContentsMargins(0, theme().space(2), 0, 0)
        self.filters = Filters(self._show)
        layout.addLayout(self.filters.line)
        self.list = TextList("Texts", beside=True)
        layout.addWidget(self.list, 1)

    def show_findings(self, findings: Findings) -> None:
        """Show texts of a scan."""
        self._findings = findings
        summary = findings.summary
        self.filters.fill(
            "All texts",
            "" if summary["num_unlabeled"] else None,
            [(entry["name"], entry["name"]) for entry in summary["classes"]],
        )
        self._show()

    def _show(self) -> None:
        findings = self._findings
        if findings is None:
            return
        which, split = self.filters.chosen
        chosen = [
            text
            for text in findings.texts
            if which in (None, text.label or "") and split in (None, text.split)
        ]
        total = findings.count(which, split)
        shown = f"{len(chosen):,} of {total:,}" if len(chosen) < total else f"{total:,}"
        self.filters.say(f"{shown} texts")
        self.list.show_items(
            [
                TextItem(
                    ", ".join(filter(None, (text.label or "unlabeled", text.split))),
                    text.text,
                    text.name,
                )
                for text in chosen
            ]
        )
