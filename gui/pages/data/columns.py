"""Which columns of tables hold text and label: found by the scan, changed by two boxes."""

from PySide6.QtWidgets import QComboBox, QWidget

from gui.state.findings import Findings
from gui.state.session import Session
from gui.widgets.basics import label, row


class ColumnChoice(QWidget):
    """Two boxes; a change is scanned anew. Hidden where there are no tables of texts."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        line = row(self)
        self.text, self.label = QComboBox(), QComboBox()
        self._label_words = label("La&bel in column", wrap=False)
        for box, words, key in (
            (self.text, label("Te&xt in column", wrap=False), "text_column"),
            (self.label, self._label_words, "label_column"),
        ):
            words.setBuddy(box)
            box.setAccessibleName(words.text().replace("&", ""))
            box.setPlaceholderText("choose …")
            box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
            box.textActivated.connect(lambda name, key=key: self._change(key, name))
            line.addWidget(words)
            line.addWidget(box)
        line.addStretch(1)
        self.hide()

    def show_findings(self, findings: Findings | None) -> None:
        """Show the columns of a scan."""
        columns = findings.summary["columns"] if findings is not None else {}
        names = columns.get("all", [])
        self.setVisible(bool(names))
        for box, key in ((self.text, "text"), (self.label, "label")):
            box.clear()
            box.addItems(names)
            box.setCurrentIndex(names.index(columns[key]) if columns.get(key) in names else -1)
        has_labels = self._session.draft.data.labeled is not None
        for part in (self.label, self._label_words):
            part.setVisible(has_labels)

    def _change(self, key: str, name: str) -> None:
        what = "Text" if key == "text_column" else "Label"
        self._session.change(f"{what} in column {name}", data={key: name})
