"""The examples of the data, as they can be shown, to be looked at by class and split."""

from collections.abc import Iterable
from pathlib import Path
from typing import assert_never

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QSlider, QStackedWidget, QWidget

from core.data.findings import Sample
from core.data.number_ranges import holds
from core.data.tags import names_in
from core.language import _
from gui.pages.data.filters import Filters
from gui.state.findings import Findings
from gui.state.session import Session
from gui.theme import theme
from gui.widgets.basics import button, column, label, row
from gui.widgets.beside import Beside
from gui.widgets.name_list import NameList
from gui.widgets.sign import Sign
from gui.widgets.text_list import TextItem, TextList
from gui.widgets.thumbnails import LEAST_LINES, MOST_LINES, ImageWall

# Steps of the grid from which on sizes are chosen beside the filters.
_IN_A_LINE = 160


class ExamplesTab(QWidget):
    """Filters, and below them a wall of pictures, a list of texts, or one of names.

    Signals:
        to_map: Files of selected examples, which the map shall show.
    """

    to_map = Signal(list)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._findings: Findings | None = None
        self._drawn: NDArray[np.int64] | None = None
        layout = column(self, gap=2)
        layout.setContentsMargins(0, theme().space(2), 0, 0)
        self.filters = Filters(self._show)
        self.wall, self.names = ImageWall(), NameList(_("Examples"))
        self.list = TextList(_("Texts"), beside=True)
        self.wall.chosen.connect(self._show_selection)
        bar = Beside(self.filters.bar, self._zoom_line(), wide=_IN_A_LINE, share=3)
        layout.addWidget(bar)
        self._views = QStackedWidget()
        for view in (self.wall, self.list, self.names):
            self._views.addWidget(view)
        layout.addWidget(self._drawn_line())
        layout.addWidget(self._views, 1)
        layout.addWidget(self._selection())
        self._show_selection()

    def shut_down(self) -> None:
        """Read no more pictures."""
        self.wall.shut_down()

    def _zoom_line(self) -> QWidget:
        """How large pictures are."""
        self._zoom = QWidget()
        line = row(self._zoom, gap=1)
        line.addStretch(1)
        self.zoom = QSlider(Qt.Orientation.Horizontal)
        self.zoom.setRange(LEAST_LINES, MOST_LINES)
        self.zoom.setValue(self.wall.lines)
        self.zoom.setFixedWidth(theme().line_height * 8)
        self.zoom.setAccessibleName(_("Size of the pictures"))
        self.zoom.setToolTip(_("Size of the pictures; Ctrl and the wheel of the mouse, too."))
        self.zoom.valueChanged.connect(self.wall.zoom)
        self.wall.zoomed.connect(self.zoom.setValue)
        for part in (Sign("image", "muted", 3), self.zoom, Sign("image", "muted", 5)):
            line.addWidget(part)
        return self._zoom

    def _selection(self) -> QWidget:
        """What can be done with the selected pictures."""
        self._chosen_ones = QWidget()
        line = row(self._chosen_ones)
        self._number = label("", wrap=False)
        self.leave_out = button(_("Leave &out of the data"), self._leave_out, icon_name="close")
        self.leave_out.setToolTip(_("Files stay where they are. Decisions lists what is left out."))
        copy = button(_("Copy their paths"), self._copy, icon_name="copy")
        self.see = button(_("See them on the map"), self._see, icon_name="lasso")
        for part in (self._number, self.leave_out, copy, self.see):
            line.addWidget(part)
        line.addStretch(1)
        return self._chosen_ones

    def _drawn_line(self) -> QWidget:
        """Says that only examples of the map are shown, and ends it."""
        self._of_map = QWidget()
        line = row(self._of_map)
        self.drawn = label("", wrap=False)
        self.all_again = button(_("Show all of them"), self._show_all, icon_name="close")
        line.addWidget(self.drawn)
        line.addWidget(self.all_again)
        line.addStretch(1)
        self._of_map.hide()
        return self._of_map

    def show_drawn(self, files: Iterable[Path]) -> None:
        """Show nothing but the examples in these files, which were chosen on the map."""
        if self._findings is None:
            return
        self._drawn = self._findings.rows_of(files)
        number = self._findings.modality.counted(len(self._drawn))
        self.drawn.setText(_("{number} that are chosen on the map.").format(number=number))
        self._of_map.show()
        self._show()

    def _show_all(self) -> None:
        self._drawn = None
        self._of_map.hide()
        self._show()

    def _show_selection(self) -> None:
        number = len(self.wall.selected)
        self._chosen_ones.setVisible(number > 0)
        self._number.setText(_("{number:,} selected").format(number=number))

    def _leave_out(self) -> None:
        known = self._session.draft.data.left_out
        names = [path.as_posix() for path in self.wall.selected]
        more = [name for name in names if name not in known]
        words = (
            _("Leave out {number:,}").format(number=len(more))
            if len(more) > 1
            else _("Leave out {names}").format(names=names[0])
        )
        if more:
            self._session.change(words, data={"left_out": [*known, *more]})

    def _see(self) -> None:
        self.to_map.emit(list(self.wall.selected))

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText("\n".join(map(str, self.wall.selected)))

    def show_findings(self, findings: Findings) -> None:
        """Show the examples of a scan."""
        self._findings, self._drawn = findings, None
        self._of_map.hide()
        self.names.setAccessibleName(findings.modality.words("{Examples}"))
        self.filters.fill(
            findings.modality.words(_("All {examples}")),
            [entry["name"] for entry in findings.summary["classes"]],
            has_unlabeled=bool(findings.summary["num_unlabeled"]),
        )
        self._show()

    def _show(self) -> None:
        findings = self._findings
        if findings is None:
            return
        is_picture = findings.modality.shown_as == "picture"
        self._zoom.setVisible(is_picture)
        self.filters.order.setVisible(True)
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
                # Some of every class are shown anyway.
                self.filters.order.setVisible(False)
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
        found = findings.chosen(label, split)
        if self._drawn is not None:
            found = found[np.isin(found, self._drawn)]
        chosen = [
            int(index) for index in (findings.mixed(found) if self.filters.is_mixed else found)
        ]
        self.filters.say(findings.modality.counted(len(chosen)))
        return chosen

    def _show_texts(self, findings: Findings) -> None:
        which, split = self.filters.chosen
        chosen = [
            text
            for text in findings.texts
            if _is_of(text, which, findings) and split in (None, text.split)
        ]
        total = findings.count(which, split)
        words = findings.modality.counted(total)
        if len(chosen) < total:
            # Not all of them are kept to look at, whatever the filters let through.
            words = _("{number:,} of {words}: some of each class, split and file").format(
                number=len(chosen), words=words
            )
        self.filters.say(words)
        self.list.show_items(
            [
                TextItem(
                    ", ".join(filter(None, (text.label or _("unlabeled"), text.split))),
                    text.text,
                    text.name,
                )
                for text in chosen
            ]
        )


def _is_of(text: Sample, which: str | None, findings: Findings) -> bool:
    """Whether a text is of a class ("": unlabeled); None is any."""
    if not which:
        return which is None or text.label is None
    if findings.task.is_number:
        return holds(which, text.label)
    return which in names_in(text.label, findings.task)
