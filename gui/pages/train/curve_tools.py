"""What steers the plots: which are shown, how smooth, which scale, and what becomes of them."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QLayout, QPushButton, QSlider, QWidget

from core.language import _
from core.recipe.tasks import Task
from gui.pages.train.series import PLOTS
from gui.widgets.basics import button, column, label
from gui.widgets.flow import Flow

_SMOOTHING = 60
# What is on the buttons where a run is judged by another metric than accuracy.
_OF_METRIC = {"probe": _("Probe"), "accuracy": _("&Validation")}


class CurveTools(QWidget):
    """Two lines of controls.

    Signals:
        plot_toggled: Key of a plot and whether it is shown.
        changed: Smoothing or scale are others.
        all_asked, png_asked, csv_asked: A button was used.
        table_toggled: Show the table, or the plots.
        follow_toggled: Whether the view goes along with new points.
    """

    plot_toggled = Signal(str, bool)
    changed = Signal()
    all_asked = Signal()
    png_asked = Signal()
    csv_asked = Signal()
    table_toggled = Signal(bool)
    follow_toggled = Signal(bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        layout = column(self, gap=1)
        layout.addLayout(self._shown())
        layout.addLayout(self._steering())

    @property
    def weight(self) -> float:
        """Of what was before, in the moving average."""
        return self.smoothing.value() / 100

    def show_task(self, task: Task) -> None:
        """Speak of no accuracy where a run is judged by something else."""
        for kind in PLOTS:
            other = "" if task.is_single else kind.of_metric.format(metric=task.metric.words)
            toggle = self.toggles[kind.key]
            toggle.setText(_OF_METRIC[kind.key] if other else kind.mnemonic)
            toggle.setAccessibleName(_("Show {title}").format(title=other or kind.title))

    def _shown(self) -> QLayout:
        line = Flow(gap=1)
        self.toggles: dict[str, QPushButton] = {}
        for kind in PLOTS:
            toggle = QPushButton(kind.mnemonic)
            toggle.setCheckable(True)
            toggle.setChecked(kind.is_shown)
            toggle.setAccessibleName(_("Show {title}").format(title=kind.title))
            toggle.toggled.connect(lambda on, key=kind.key: self.plot_toggled.emit(key, on))
            self.toggles[kind.key] = toggle
            line.addWidget(toggle)
        return line

    def _steering(self) -> QLayout:
        line = Flow()
        name = label(_("S&moothing"), wrap=False)
        name.setTextFormat(Qt.TextFormat.AutoText)
        self.smoothing = QSlider(Qt.Orientation.Horizontal)
        self.smoothing.setRange(0, 99)
        self.smoothing.setValue(_SMOOTHING)
        self.smoothing.setAccessibleName(_("Smoothing of the curves, in percent"))
        self.smoothing.setMaximumWidth(self.fontMetrics().averageCharWidth() * 24)
        self.smoothing.valueChanged.connect(lambda _: self.changed.emit())
        name.setBuddy(self.smoothing)
        self.log = QCheckBox(_("L&og scale"))
        self.log.toggled.connect(lambda _: self.changed.emit())
        self.follow = QCheckBox(_("&Follow"))
        self.follow.setChecked(True)
        self.follow.setToolTip(_("Zoomed in, go along with the newest step."))
        self.follow.toggled.connect(self.follow_toggled)
        self.show_all = button(_("Sho&w all"), self.all_asked.emit, tip=_("Key 0 in a plot."))
        self._of_plots = [name, self.smoothing, self.log, self.follow, self.show_all]
        for widget in self._of_plots:
            line.addWidget(widget)
        self.png = button(_("P&NG …"), self.png_asked.emit, tip=_("Save the plots as a picture."))
        self.csv = button(_("CSV …"), self.csv_asked.emit, tip=_("Save every number."))
        self.as_table = QPushButton(_("&Table"))
        self.as_table.setCheckable(True)
        self.as_table.setToolTip(_("The same numbers as a table, for reading and copying."))
        self.as_table.toggled.connect(self._on_table)
        self._of_plots.append(self.png)
        line.addWidget(self.as_table)
        line.addWidget(self.png)
        line.addWidget(self.csv)
        return line

    def _on_table(self, on: bool) -> None:
        for widget in (*self._of_plots, *self.toggles.values()):
            widget.setEnabled(not on)
        self.table_toggled.emit(on)
