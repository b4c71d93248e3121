"""Some texts of the data, to be looked at by class and split."""

from PySide6.QtWidgets import QComboBox, QWidget

from gui.findings import Findings
from gui.theme import theme
from gui.widgets.basics import column, label, row
from gui.widgets.text_list import TextItem, TextList

_SPLITS = (("All splits", None), ("Train", "train"), ("Validation", "val"), ("Test", "test"))


class TextsTab(QWidget):
    """The list with its two filters."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._findings: Findings | None = None
        layout = column(self, gap=2)
        layout.setContentsMargins(0, theme().space(2), 0, 0)
        line = row()
        self.which = QComboBox()
        self.which.setAccessibleName("Class to show")
        self.split = QComboBox()
        self.split.setAccessibleName("Split to show")
        for text, _ in _SPLITS:
            self.split.addItem(text)
        for box in (self.which, self.split):
            box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
            box.activated.connect(lambda _: self._show())
        self._count = label("", "muted", wrap=False)
        for part in (self.which, self.split, self._count):
            line.addWidget(part)
        line.addStretch(1)
        layout.addLayout(line)
        self.list = TextList("Texts", beside=True)
        layout.addWidget(self.list, 1)

    def show_findings(self, findings: Findings) -> None:
        """Show texts of a scan."""
        self._findings = findings
        summary = findings.summary
        self.which.clear()
        self.which.addItem("All texts", None)
        if summary["num_unlabeled"] and summary["classes"]:
            self.which.addItem("Unlabeled", "")
        for entry in summary["classes"]:
            self.which.addItem(entry["name"], entry["name"])
        self.split.setVisible(bool(summary["classes"]))
        self.split.setCurrentIndex(0)
        self._show()

    def _show(self) -> None:
        findings = self._findings
        if findings is None:
            return
        which, split = self.which.currentData(), _SPLITS[self.split.currentIndex()][1]
        chosen = [
            text
            for text in findings.texts
            if which in (None, text.label or "") and split in (None, text.split)
        ]
        total = findings.count(which, split)
        shown = f"{len(chosen):,} of {total:,}" if len(chosen) < total else f"{total:,}"
        self._count.setText(f"{shown} texts")
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
