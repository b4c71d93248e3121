"""The tab with the learning curves of this run and of others beside it."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QPushButton,
    QStackedWidget,
    QWidget,
)

from core.errors import RunError
from core.language import _
from core.readers.curves import RunCurves
from core.run.files import RECIPE
from gui.outcome.background import Background
from gui.outcome.reading import find_curves
from gui.outcome.table import TextTable
from gui.pages.results.chart import Chart
from gui.pages.results.curve_choice import (
    ALL_STAGES,
    is_share,
    level_of,
    lines_of,
    quantities_of,
    quantity_title,
    stages_of,
    table_of,
)
from gui.pages.results.run_list import RunList
from gui.theme import theme
from gui.widgets import dialogs
from gui.widgets.basics import button, column, label, row
from gui.widgets.elided import Elided
from gui.widgets.plain import plain
from gui.widgets.split import Split


class LearningCurves(QWidget):
    """Chart or table, and the list of runs."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._read: dict[Path, RunCurves] = {}
        self._asked: set[Path] = set()
        self._folder: Path | None = None
        self._background = Background(self, threads=2)
        self.quantity, self.stage = QComboBox(), QComboBox()
        self.log = QCheckBox(_("Lo&garithmic"))
        self.as_table = QPushButton(_("As ta&ble"))
        self.chart = Chart(_("Learning curves"))
        self.table = TextTable(_("Learning curves as a table"), [_("Step")], stretched=-1)
        self.runs = RunList()
        self.words = Elided("", "muted")
        self._build()
        self._connect()

    @property
    def is_busy(self) -> bool:
        """Whether curves are being read."""
        return self._background.is_busy

    def show_run(self, own: Path, others: Sequence[Path]) -> None:
        """Begin anew with the open run; others can be ticked."""
        self.forget()
        self._folder = own.parent
        self.runs.show_runs(own, others)

    def forget(self) -> None:
        """No run is open."""
        self._background.forget()
        self._read.clear()
        self._asked.clear()
        self.runs.clear()
        self._show()

    def add_run(self, path: Path) -> None:
        """Draw one more run."""
        self.runs.add(path, is_ticked=True)

    def shut_down(self) -> None:
        """Read no more."""
        self._background.shut_down()

    def _build(self) -> None:
        layout = column(self, gap=2)
        layout.setContentsMargins(0, theme().space(3), 0, 0)
        line = row()
        for box, name in ((self.quantity, _("What to draw")), (self.stage, _("Stage"))):
            box.setAccessibleName(name)
            box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
            line.addWidget(box)
        self.as_table.setCheckable(True)
        self.as_table.setAutoDefault(False)
        self.as_table.setToolTip(_("The same curves as numbers"))
        line.addWidget(self.log)
        line.addStretch(1)
        line.addWidget(self.as_table)
        layout.addLayout(line)
        self._stack = QStackedWidget()
        for part in (self.chart, self.table, self._nothing()):
            self._stack.addWidget(part)
        left = QWidget()
        inside = column(left, gap=1)
        inside.addWidget(self._stack, 1)
        inside.addWidget(self.words)
        layout.addWidget(Split(Qt.Orientation.Horizontal, (left, 4), (self._side(), 1)), 1)

    def _side(self) -> QWidget:
        side = QWidget()
        layout = column(side, gap=1)
        heading = label(_("R&uns"), "heading", wrap=False)
        heading.setTextFormat(Qt.TextFormat.AutoText)
        heading.setBuddy(self.runs)
        layout.addWidget(heading)
        layout.addWidget(self.runs, 1)
        add = button(_("Add a run …"), self._choose, icon_name="plus")
        add.setToolTip(_("Draw a run whose folder you choose"))
        layout.addWidget(add)
        return side

    def _nothing(self) -> QWidget:
        self._empty = label("", "muted")
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        return self._empty

    def _connect(self) -> None:
        self.runs.ticked.connect(self._on_ticked)
        self.quantity.activated.connect(lambda _: self._show())
        self.stage.activated.connect(lambda _: self._show())
        self.log.toggled.connect(lambda _: self._show())
        self.as_table.toggled.connect(lambda _: self._show())
        self.chart.cursor_moved.connect(self._on_cursor)

    def _choose(self) -> None:
        folder = dialogs.choose_folder(self, _("Choose a run folder"), self._folder)
        if folder is not None:
            self.add_run(folder)

    def _on_ticked(self, path: Path, is_ticked: bool) -> None:
        if is_ticked and path not in self._asked:
            self._asked.add(path)
            self._background.do(
                str(path),
                lambda: find_curves(path),
                self._on_read,
                lambda error: self._on_failed(path, error),
            )
        self._show()

    def _on_read(self, found: RunCurves) -> None:
        self._read[found.run] = found
        if not any(stage.curves for stage in found.stages) and found.run in self.runs.runs()[1:]:
            is_there = (found.run / RECIPE).exists()
            self._refuse(found.run, _("nothing trained yet") if is_there else _("no run there"))
            return
        self._show()

    def _on_failed(self, path: Path, error: RunError) -> None:
        self.runs.setToolTip(plain(error.what))
        self._refuse(path, _("can't be read"))

    def _refuse(self, path: Path, why: str) -> None:
        self._asked.discard(path)
        self._read.pop(path, None)
        self.runs.refuse(path, why)
        self._show()

    def _show(self) -> None:
        """Draw what is chosen of what has been read."""
        shown = [self._read[path] for path in self.runs.runs() if path in self._read]
        quantity = _offer(self.quantity, quantities_of(shown), partial(quantity_title, runs=shown))
        titles = stages_of(shown, quantity)
        stage = _offer(self.stage, [ALL_STAGES, *titles] if len(titles) > 1 else titles, str)
        names = {run.run: (run.run.name, self.runs.number(run.run)) for run in shown}
        lines = lines_of(shown, names, quantity, stage)
        self.log.setEnabled(not is_share(quantity))
        self.chart.show_lines(
            lines,
            in_percent=is_share(quantity),
            log=self.log.isChecked() and not is_share(quantity),
            level=level_of(shown, quantity),
        )
        self.table.texts.show_rows(*table_of(lines, self.chart))
        self._empty.setText(_("Reading …") if self.is_busy else _("There are no curves to draw."))
        self._stack.setCurrentIndex(2 if not lines else int(self.as_table.isChecked()))

    def _on_cursor(self, step: float | None) -> None:
        hint = _("Move the mouse, or press the arrow keys, to read values.")
        self.words.show_text(hint if step is None else self.chart.words_at(step))


def _offer(box: QComboBox, values: Sequence[str], title: object) -> str:
    """Offer these values and keep the choice where it is still there; returns what is chosen."""
    assert callable(title)
    known = [box.itemData(index) for index in range(box.count())]
    if known != list(values):
        kept = box.currentData()
        box.clear()
        for value in values:
            box.addItem(title(value), value)
        # What was the only one was not chosen.
        if kept in values and len(known) > 1:
            box.setCurrentIndex(list(values).index(kept))
    box.setEnabled(box.count() > 1)
    return str(box.currentData() or "")
