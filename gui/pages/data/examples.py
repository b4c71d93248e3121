"""The examples of the data, as they can be shown, to be looked at by class and split."""

from typing import assert_never

from PySide6.QtWidgets import QStackedWidget, QWidget

from gui.pages.data.filters import Filters
from gui.state.findings import Findings
from gui.theme import theme
from gui.widgets.basics import column
from gui.widgets.name_list import NameList
from gui.widgets.text_list import TextItem, TextList
from gui.widgets.thumbnails import ImageWall


class ExamplesTab(QWidget):
    """Filters, and below them a wall of pictures, a list of texts, or one of names."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._findings: Findings | None = None
        layout = column(self, gap=2)
        layout.setContentsMargins(0, theme().space(2), 0, 0)
        self.filters = Filters(self._show)
        layout.addLayout(self.filters.line)
        self.wall, self.names = ImageWall(), NameList("Examples")
        self.list = TextList("Texts", beside=True)
        self._views = QStackedWidget()
        for view in (self.wall, self.list, self.names):
            self._views.addWidget(view)
        layout.addWidget(self._views, 1)

    def show_findings(self, findings: Findings) -> None:
        """Show the examples of a scan."""
        self._findings = findings
        self.names.setAccessibleName(findings.modality.words("{Examples}"))
        self.filters.fill(
            findings.modality.words("All {examples}"),
            [entry["name"] for entry in findings.summary["classes"]],
            has_unlabeled=bool(findings.summary["num_unlabeled"]),
        )
        self._show()

    def _show(self) -> None:
        findings = self._findings
        if findings is None:
            return
        match findings.modality.shown_as:
            case "picture":
                self._views.setCurrentWidget(self.wall)
                chosen = self._chosen(findings)
                self.wall.set_images(
                    len(chosen),
                    lambda row: findings.path(chosen[row]),
                    lambda row: findings.caption(chosen[row]),
                )
            case "text":
                self._views.setCurrentWidget(self.list)
                self._show_texts(findings)
            case "name":
                self._views.setCurrentWidget(self.names)
                chosen = self._chosen(findings)
                self.names.names.show_names(
                    len(chosen),
                    lambda row: findings.path(chosen[row]).name,
                    lambda row: findings.caption(chosen[row]),
                )
            case never:
                assert_never(never)

    def _chosen(self, findings: Findings) -> list[int]:
        """Indices of what the filters let through."""
        which, split = self.filters.chosen
        names = [entry["name"] for entry in findings.summary["classes"]]
        label = None if which is None else names.index(which) if which else -1
        chosen = [int(index) for index in findings.chosen(label, split)]
        self.filters.say(findings.modality.counted(len(chosen)))
        return chosen

    def _show_texts(self, findings: Findings) -> None:
        which, split = self.filters.chosen
        chosen = [
            text
            for text in findings.texts
            if which in (None, text.label or "") and split in (None, text.split)
        ]
        total = findings.count(which, split)
        of = f"{len(chosen):,} of " if len(chosen) < total else ""
        self.filters.say(of + findings.modality.counted(total))
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
