"""All plots, one under the other, and their table."""

import numpy as np
from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QStackedWidget, QWidget

from core.language import _
from core.readers.history import History
from gui.pages.train.bands import bands_of
from gui.pages.train.curve_export import CurveExport
from gui.pages.train.curve_plot import CurvePlot
from gui.pages.train.curve_tools import CurveTools
from gui.pages.train.harm_words import harm_of_stage
from gui.pages.train.legend import PlotHead
from gui.pages.train.series import PLOTS, has_anything
from gui.pages.train.table import HistoryTable
from gui.pages.train.view import View
from gui.theme import theme
from gui.widgets.basics import column, label, scrolled
from gui.widgets.elided import Elided
from gui.widgets.empty_state import EmptyState
from gui.widgets.notices import announce
from gui.words.numbers import stage_title

# Four times a second, however fast the events come; what the user does shows sooner.
_REDRAW_MS = 250
_SOON_MS = 100
_NEXT_MS = 15
_POINT_MS = 33
_MORE = _("Losses, how good the model is, and how fast it learns are drawn here while it trains.")
_HOW = _("Point at a plot, or use its arrow keys, to read values. The wheel zooms, dragging moves.")


class TrainingCurves(QWidget):
    """Signals: `notice` with tone, what, action."""

    notice = Signal(str, str, str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._history = History()
        self._is_training = False
        self._drawn: tuple[object, ...] = ()
        self._waiting: list[CurvePlot] = []
        self._step: float | None = None
        self.view = View()
        self.plots = {kind.key: CurvePlot(kind) for kind in PLOTS}
        self.tools = CurveTools()
        self.table = HistoryTable()
        self.read_out = Elided(_HOW, "muted")
        self.empty = EmptyState("curve", "")
        self.harm = label("", "warn")
        self.harm.hide()
        self._filled: set[str] = set()
        self._export = CurveExport(self)
        self._build()
        self._connect()
        self.show_reading(None)
        self._show_filled()

    def show_history(self, history: History) -> None:
        """Show a run's history; drawn with the next tick."""
        if history is not self._history:
            self._history, self._step = history, None
            self.view = View(follows=self.tools.follow.isChecked())
            self.read_out.show_text(_HOW)
            self._filled.clear()
            self._show_filled()
            for plot in self.plots.values():
                plot.forget()
        self.table.show_history(history)

    def show_training(self, is_training: bool) -> None:
        """Mark the current stage while it trains."""
        self._is_training = is_training

    def show_reading(self, share: float | None) -> None:
        """Say that a long log is being read, and how far; None when it is not."""
        words = _("The curves begin with the first steps")
        if share is not None:
            words = _("Reading what happened so far: {share:.0f} %").format(share=100 * share)
        self.empty.say(words, _MORE)

    def _build(self) -> None:
        layout = column(self, gap=1)
        layout.addWidget(self.tools)
        layout.addWidget(self.read_out)
        layout.addWidget(self.harm)
        plots = QWidget()
        inside = column(plots, gap=1)
        self.boxes: dict[str, QWidget] = {}
        self.heads: dict[str, PlotHead] = {}
        for kind in PLOTS:
            box = QWidget()
            of_one = column(box, gap=0)
            self.heads[kind.key] = PlotHead(kind)
            of_one.addWidget(self.heads[kind.key])
            of_one.addWidget(self.plots[kind.key], 1)
            self.boxes[kind.key] = box
            inside.addWidget(box, 1)
        self._plots_page = plots
        self._pages = QStackedWidget()
        self._pages.addWidget(scrolled(plots, _("Plots")))
        self._pages.addWidget(self.table)
        layout.addWidget(self._pages, 1)
        layout.addWidget(self.empty, 1)

    def _connect(self) -> None:
        tools = self.tools
        tools.plot_toggled.connect(self._show_plot)
        tools.changed.connect(self._redraw_soon)
        tools.all_asked.connect(lambda: self._steer("all"))
        tools.png_asked.connect(lambda: self._export.ask_picture(self._plots_page))
        tools.csv_asked.connect(lambda: self._export.ask_numbers(self._history))
        tools.table_toggled.connect(lambda on: self._pages.setCurrentIndex(int(on)))
        tools.follow_toggled.connect(self._on_follow)
        self._export.notice.connect(self.notice)
        for plot in self.plots.values():
            plot.pointed.connect(self._on_pointed)
            plot.left.connect(self._on_left)
            plot.steered.connect(self._steer)
            plot.dragged.connect(self._on_dragged)
        self._timer = QTimer(self, interval=_REDRAW_MS)
        self._timer.timeout.connect(self._redraw)
        self._timer.start()
        self._soon = QTimer(self, interval=_SOON_MS, singleShot=True)
        self._soon.timeout.connect(self._redraw)
        self._next = QTimer(self, interval=_NEXT_MS, singleShot=True)
        self._next.timeout.connect(self._draw_next)
        self._pointing = QTimer(self, interval=_POINT_MS, singleShot=True)
        self._pointing.timeout.connect(self._show_values)

    @property
    def shown(self) -> list[CurvePlot]:
        """The plots that are shown, from the top."""
        return [self.plots[key] for key, box in self.boxes.items() if not box.isHidden()]

    def _show_plot(self, _key: str, _on: bool) -> None:
        self._show_filled()
        self._redraw_soon()

    def _show_filled(self) -> None:
        """Show what there is anything to see of; before the first number, no tools either."""
        for key, box in self.boxes.items():
            toggle, is_filled = self.tools.toggles[key], key in self._filled
            toggle.setVisible(is_filled)
            box.setVisible(is_filled and toggle.isChecked())
        is_any = bool(self._filled)
        for part in (self.tools, self.read_out, self._pages):
            part.setVisible(is_any)
        self.empty.setVisible(not is_any)

    def _fill(self) -> None:
        """Find plots that have something now; they keep their place."""
        empty = [kind for kind in PLOTS if kind.key not in self._filled]
        if found := {kind.key for kind in empty if has_anything(kind, self._history)}:
            self._filled |= found
            self._show_filled()

    def _redraw_soon(self) -> None:
        if not self._soon.isActive():
            self._soon.start()

    def _redraw(self) -> None:
        if self._waiting or not self.isVisible():
            return
        self._fill()
        if self._pages.currentIndex():
            return
        self.view.advance(self._end(), float(self._planned()))
        view, shown = self.view, self.shown
        look = (tuple(shown), self.tools.weight, self.tools.log.isChecked(), theme().colours)
        which = (id(self._history), self._history.version, self._is_training)
        state = (*which, view.low, view.high, *look)
        if state == self._drawn:
            return
        self._drawn = state
        self._waiting = list(shown)
        self._show_probes()
        self._draw_next()

    def _show_probes(self) -> None:
        """Say what the last stage with probes makes worse."""
        stages = self._history.stages.items()
        probed = [each for each in stages if np.isfinite(each[1].probes.column("distance")).any()]
        words = self._history.harm or (harm_of_stage(*probed[-1]) if probed else "")
        if words and words != self.harm.text():
            announce(self, words)
        self.harm.setText(words)
        self.harm.setVisible(bool(words))

    def _draw_next(self) -> None:
        """Draw one plot; the event loop has its turn between two of them."""
        if not self._waiting:
            return
        plot, view, shown = self._waiting.pop(0), self.view, self.shown
        bands = bands_of(self._history, is_training=self._is_training)
        plot.bands.show(bands, with_titles=bool(shown) and plot is shown[0])
        plot.show_steps(is_last=bool(shown) and plot is shown[-1])
        plot.set_log(self.tools.log.isChecked())
        plot.show_range(view.low, view.high, view.limit)
        plot.draw(self._history, view.low, view.high, self.tools.weight)
        self.heads[plot.kind.key].show_chance(self._history, is_below=plot.chance.is_below)
        if plot.is_behind:
            self._drawn = ()  # the next tick draws more
        if self._waiting:
            self._next.start()

    def _end(self) -> float:
        end = 0.0
        for name, stage in self._history.stages.items():
            if len(stage.steps):
                end = self._history.offset(name) + float(stage.steps.steps[-1])
        return end

    def _planned(self) -> int:
        return sum(stage.num_steps for stage in self._history.stages.values())

    def _on_follow(self, on: bool) -> None:
        self.view.follows = on
        if on and not self.view.shows_all:
            self.view.take(self._end() - self.view.width, self._end())
        self._redraw_soon()

    def _on_dragged(self, low: float, high: float) -> None:
        self.view.take(low, high)
        for plot in self.shown:
            plot.show_range(self.view.low, self.view.high, self.view.limit)
        self._redraw_soon()

    def _steer(self, what: str) -> None:
        match what:
            case "all":
                self.view.show_all()
            case "in" | "out":
                self.view.zoom(0.5 if what == "in" else 2.0, self._step)
            case "page left" | "page right":
                self.view.shift(-0.5 if what == "page left" else 0.5)
            case _:
                self._move_cross(what)
        self._redraw_soon()

    def _move_cross(self, what: str) -> None:
        view = self.view
        step = self._step if self._step is not None else (view.low + min(view.high, view.end)) / 2
        far = max(1.0, view.width / 100)
        step = {
            "left": step - far,
            "right": step + far,
            "first": view.low,
            "last": view.high,
        }.get(what, step)
        step = min(max(step, view.low, 1.0), view.high, max(view.end, 1.0))
        self._step = self._history.nearest(step)
        self._show_values()
        announce(self, self.read_out.whole)

    def _on_pointed(self, step: float) -> None:
        self._step = self._history.nearest(step)
        if not self._pointing.isActive():
            self._pointing.start()

    def _on_left(self) -> None:
        """No line and no values of a place that nobody points at; the newest ones again."""
        self._pointing.stop()
        self._step = None
        for plot in self.plots.values():
            plot.show_cross(None)
        self.read_out.show_text(_HOW)

    def _show_values(self) -> None:
        if self._step is None:
            return
        words: list[str] = []
        for plot in self.shown:
            plot.show_cross(self._step)
            words += plot.values_at(self._history, self._step)
        where = self._where(self._step)
        self.read_out.show_text(f"{where}: {', '.join(words)}" if words else where)

    def _where(self, step: float) -> str:
        place = self._history.place(step)
        if place is None:
            return _("Step {step:,.0f}").format(step=step)
        return _("{stage}, step {step:,.0f}").format(stage=stage_title(place[0]), step=place[1])
