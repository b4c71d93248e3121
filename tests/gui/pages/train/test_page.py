"""The train page, fed with events: what it shows, what its buttons do."""

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from core.readers.history import History
from core.recipe import Recipe
from core.run.events import (
    CheckpointSaved,
    Event,
    Noticed,
    Outcome,
    ProbeDone,
    Progress,
    RunEnded,
    RunStarted,
    StageDone,
    StageResumed,
    StageStarted,
    StepDone,
)
from core.run.folder import RunFolder, RunState
from gui.frame.window import MainWindow
from gui.pages.page import Step
from gui.pages.train.decimate import smoothed
from gui.pages.train.page import TrainPage
from gui.pages.train.series import value_at
from gui.pages.train.table import HistoryModel
from gui.state.session import Session
from gui.state.watcher import RunWatcher
from gui.theme import Look, theme

STAGES = ["01-further-pretrain", "02-self-distill-round-1", "03-finetune-base-seed-0"]


def step(stage: str, number: int, **more: float) -> StepDone:
    """A report of one step."""
    return StepDone(
        stage=stage,
        step=number,
        num_steps=100,
        losses={"loss": 2.0 / number, "masked": 1.0 / number, **more},
        lr=1e-4,
        images_per_s=123.0,
        stage_left_s=60.0,
        run_left_s=3600.0,
        memory_gib=1.5,
    )


def story() -> list[Event]:
    """A run in the middle of its second stage."""
    return [
        RunStarted(stages=STAGES, device="a test", precision="float32", num_processes=1),
        Progress(stage="", what="checking images", done=5, total=10),
        StageStarted(stage=STAGES[0], num_steps=100),
        *[step(STAGES[0], number) for number in range(1, 101)],
        ProbeDone(
            stage=STAGES[0], step=100, knn=0.5, linear=0.625, is_best=True, distance_from_initial=2
        ),
        CheckpointSaved(stage=STAGES[0], step=100),
        StageDone(stage=STAGES[0], summary={}),
        StageStarted(stage=STAGES[1], num_steps=100),
        *[step(STAGES[1], number, distill=0.5) for number in range(1, 31)],
        Noticed(id="out-of-memory-halved", text="Memory ran out; the batch is halved."),
    ]


@pytest.fixture
def page(
    session: Session, watcher: RunWatcher, qtbot: QtBot, tmp_path: Path
) -> Iterator[TrainPage]:
    """The page alone, with a run that trains elsewhere."""
    made = TrainPage(session, watcher)
    qtbot.addWidget(made)
    made.resize(1200, 700)
    made.show()
    run = RunFolder.create(tmp_path / "running", Recipe())
    with run.lock():
        run.write_status(RunState.RUNNING, "Training.")
        watcher.watch(run)
        yield made


def feed(page: TrainPage, watcher: RunWatcher, events: list[Event]) -> None:
    """Let events arrive as the watcher does."""
    watcher.history.extend(events)
    watcher.events_arrived.emit(events)
    watcher.history_changed.emit()


def drawn(page: TrainPage, plot: str, least: int) -> Callable[[], bool]:
    """Whether so many points of the first curve of a plot are drawn."""
    curve = page.curves.plots[plot].lines[0]
    return lambda: curve.xData is not None and len(curve.xData) >= least


def test_that_events_become_words_bars_and_curves(
    page: TrainPage, watcher: RunWatcher, qtbot: QtBot
) -> None:
    feed(page, watcher, story())
    assert "Self-distillation, round 1: step 30 of 100" in page.head.stage_words.whole
    assert "stage 2 of 3" in page.head.run_words.whole
    assert ", about " in page.head.run_words.whole
    assert "(1 h 00 min left)" in page.head.run_words.whole
    assert "distillation loss 0.5" in page.head.numbers.whole
    assert "123 images/s" in page.head.numbers.whole
    qtbot.waitUntil(drawn(page, "objective", 130), timeout=3000)
    qtbot.waitUntil(drawn(page, "distill", 30), timeout=3000)
    assert page.curves.plots["distill"].raw[0].xData[0] == 101
    qtbot.waitUntil(drawn(page, "probe", 1), timeout=3000)
    assert page.curves.plots["probe"].lines[0].yData[0] == 0.625
    titles = [title.toPlainText() for _, _, title in page.curves.plots["objective"].bands._shown]
    assert titles == ["Pre-training", "Distillation 1"]
    # All plots that have something to show are seen at once, whatever stands above them.
    shown = [page.curves.plots[key] for key in ("objective", "distill", "probe")]
    assert sum(plot.height() for plot in shown) < page.height()


def test_that_the_log_is_filtered_searched_and_copied(
    page: TrainPage, watcher: RunWatcher, qtbot: QtBot
) -> None:
    feed(page, watcher, story())
    qtbot.waitUntil(lambda: "halved" in page.log.text.toPlainText(), timeout=3000)
    assert "Probe after step 100: linear probe 62.5 %" in page.log.text.toPlainText()
    assert "Checkpoint after step 100" in page.log.text.toPlainText()
    page.log.level.setCurrentIndex(2)
    page.log.level.activated.emit(2)
    assert page.log.text.toPlainText().endswith("the batch is halved.")
    assert "Checkpoint" not in page.log.text.toPlainText()
    page.log.search.setText("no such thing")
    assert page.log.text.toPlainText() == ""
    page.log.search.setText("MEMORY")
    assert page.log.text.toPlainText().endswith("the batch is halved.")
    page.log._copy()
    assert QGuiApplication.clipboard().text() == page.log.text.toPlainText()


def test_that_the_table_has_every_point(page: TrainPage, watcher: RunWatcher, qtbot: QtBot) -> None:
    feed(page, watcher, story())
    page.curves.tools.as_table.click()
    table = page.curves.table
    qtbot.waitUntil(lambda: table.points.rowCount() == 130, timeout=3000)
    row = [table.points.index(129, column).data() for column in range(4)]
    assert row == ["Self-distillation, round 1", "30", "0.033333", "0.5"]
    assert table.points.index(99, 5).data() == "62.5 %"  # the probe stands beside its step
    assert table.points.index(98, 5).data() == ""
    spoken = table.points.index(99, 5).data(Qt.ItemDataRole.AccessibleTextRole)
    assert spoken == "Linear probe 62.5 %"
    table.selectRow(129)
    qtbot.keyClick(table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text().startswith("Self-distillation, round 1\t30\t")
    table.setFocus()
    qtbot.keyClick(table, Qt.Key.Key_Tab)
    assert not table.hasFocus()


def test_that_the_table_model_keeps_the_rules_of_qt(qapp: object) -> None:
    model = HistoryModel()
    QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    history = History()
    model.show_history(history)
    history.extend(story())
    model.show_history(history)
    history.extend([StageResumed(stage=STAGES[1], step=10, num_steps=100)])
    assert model.index(129, 1).data() is None
    model.show_history(history)
    assert model.rowCount() == 110


def test_that_plots_are_steered_by_keyboard(
    page: TrainPage, watcher: RunWatcher, qtbot: QtBot
) -> None:
    feed(page, watcher, story())
    plot = page.curves.plots["objective"]
    qtbot.waitUntil(drawn(page, "objective", 130), timeout=3000)

    def seen() -> list[float]:
        return list(plot.getPlotItem().viewRange()[0])

    wide = seen()
    qtbot.keyClick(plot, Qt.Key.Key_Plus)
    qtbot.waitUntil(lambda: seen()[1] - seen()[0] < wide[1] - wide[0], timeout=3000)
    other = page.curves.plots["probe"].getPlotItem()
    qtbot.waitUntil(lambda: other.viewRange()[0] == pytest.approx(seen()), timeout=3000)
    qtbot.keyClick(plot, Qt.Key.Key_0)
    qtbot.waitUntil(lambda: seen() == pytest.approx(wide), timeout=3000)
    qtbot.keyClick(plot, Qt.Key.Key_End)
    assert page.curves.read_out.whole.startswith("Self-distillation, round 1, step")
    assert "distillation loss 0.5" in page.curves.read_out.whole
    qtbot.keyClick(plot, Qt.Key.Key_Home)
    before = page.curves.read_out.whole
    assert before.startswith("Further pre-training, step")
    qtbot.keyClick(plot, Qt.Key.Key_Right)
    assert page.curves.read_out.whole != before


def test_that_curves_are_saved(
    page: TrainPage, watcher: RunWatcher, qtbot: QtBot, tmp_path: Path, monkeypatch
) -> None:
    feed(page, watcher, story())
    monkeypatch.setattr("gui.widgets.dialogs.choose_new_file", lambda *_: tmp_path / "out.csv")
    with qtbot.waitSignal(page.notice) as told:
        page.curves.tools.csv.click()
    assert told.args[0] == "ok"
    lines = (tmp_path / "out.csv").read_text().splitlines()
    assert len(lines) == 1 + 130 + 1
    assert lines[0].startswith("stage,step,time,loss,masked,")
    monkeypatch.setattr("gui.widgets.dialogs.choose_new_file", lambda *_: tmp_path / "out.png")
    page.curves.tools.png.click()
    assert (tmp_path / "out.png").read_bytes().startswith(b"\x89PNG")
    monkeypatch.setattr(
        "gui.widgets.dialogs.choose_new_file", lambda *_: tmp_path / "no" / "out.csv"
    )
    with qtbot.waitSignal(page.notice) as told:
        page.curves.tools.csv.click()
    assert told.args[0] == "bad"


@pytest.mark.parametrize(
    ("state", "step_shown", "primary", "can_pause"),
    [
        (RunState.NEW, Step.OPEN, "&Start training", False),
        (RunState.PAUSED, Step.OPEN, "&Continue training", False),
        (RunState.STOPPED, Step.OPEN, "&Continue training", False),
        (RunState.FAILED, Step.ATTENTION, "&Continue training", False),
        (RunState.FINISHED, Step.DONE, "See the res&ults", False),
    ],
)
def test_that_every_state_has_its_buttons(
    window: MainWindow, tmp_path: Path, state, step_shown, primary, can_pause
) -> None:
    run = RunFolder.create(tmp_path / "run", Recipe())
    run.write_status(state, "In words, what to do.")
    assert window.open_run(run.path)
    page = window.page("train")
    assert isinstance(page, TrainPage)
    assert page.step() is step_shown
    assert page.primary().text == primary
    assert page.primary().is_enabled
    commands = page.commands
    assert commands.pause.isEnabled() is can_pause
    assert commands.pause.toolTip() == "The run is not training."
    assert commands.discard.isEnabled()
    # What can't be done any more is not there at all, and Enter destroys nothing.
    assert commands.go_on.isVisible() is (state is not RunState.FINISHED)
    assert not commands.stop.isVisible() or state is not RunState.FINISHED
    assert not commands.pause.isVisible()
    assert window.focusWidget() is not commands.discard
    if state is RunState.FAILED:
        assert page.head.problem.text() == "In words, what to do."


def test_that_a_failure_is_told_where_it_can_not_be_missed(
    page: TrainPage, watcher: RunWatcher, qtbot: QtBot
) -> None:
    run = watcher.run
    assert run is not None
    assert page.step() is Step.BUSY
    feed(page, watcher, [RunEnded(outcome=Outcome.FAILED, text="Gone wrong. Do this.")])
    with qtbot.waitSignal(page.notice, timeout=5000) as told:
        run.write_status(RunState.FAILED, "Gone wrong. Do this.", "trainer-bug")
    assert told.args == ["bad", "running: Failed.", "Gone wrong. Do this."]
    assert page.head.problem.isVisible()


@pytest.mark.slow
def test_that_discard_asks_and_bins(window: MainWindow, tmp_path: Path, monkeypatch) -> None:
    run = RunFolder.create(tmp_path / "run", Recipe())
    window.open_run(run.path)
    page = window.page("train")
    assert isinstance(page, TrainPage)
    monkeypatch.setattr("gui.widgets.dialogs.ask", lambda *_: "cancel")
    page.commands.discard.click()
    assert run.path.exists()
    monkeypatch.setattr("gui.widgets.dialogs.ask", lambda *_: "discard")
    page.commands.discard.click()
    assert not run.path.exists()
    assert window.session.run is None
    assert window.shown.key == "library"


def test_that_smoothing_starts_without_bias() -> None:
    import numpy as np

    values = np.array([4.0, 4.0, np.nan, 4.0])
    assert np.allclose(smoothed(values, 0.9), 4.0)
    assert smoothed(values, 0) is values


def test_that_a_plot_never_reads_from_the_future() -> None:
    steps, values = np.array([10.0, 54.0]), np.array([0.5, 0.7])
    assert value_at(steps, values, 53.0) == 0.5
    assert value_at(steps, values, 54.0) == 0.7
    assert value_at(steps, values, 9.0) is None
    assert value_at(steps, np.array([np.nan, 0.7]), 53.0) is None


def test_that_nothing_is_read_out_after_the_mouse_has_left(
    page: TrainPage, watcher: RunWatcher, qtbot: QtBot
) -> None:
    feed(page, watcher, story())
    plot = page.curves.plots["objective"]
    qtbot.waitUntil(drawn(page, "objective", 130), timeout=3000)
    plot.pointed.emit(20.0)
    qtbot.waitUntil(plot._cross.isVisible, timeout=3000)
    assert page.curves.read_out.whole.startswith("Further pre-training, step")
    QApplication.sendEvent(plot, QEvent(QEvent.Type.Leave))
    assert "step 20" not in page.curves.read_out.whole
    assert not plot._cross.isVisible()


def test_that_plots_are_painted_anew_in_another_look(
    page: TrainPage, watcher: RunWatcher, qtbot: QtBot
) -> None:
    feed(page, watcher, story())
    qtbot.waitUntil(drawn(page, "objective", 130), timeout=3000)
    plot = page.curves.plots["objective"]
    place = plot.mapTo(page, QPoint(plot.width() - 3, plot.height() // 2))
    try:
        for look, is_dark in ((Look.LIGHT, False), (Look.HIGH_CONTRAST, True), (Look.LIGHT, False)):
            theme().apply(look)
            QApplication.processEvents()
            ground = page.grab().toImage().pixelColor(place)
            assert (ground.lightness() < 128) is is_dark
            text = plot.getPlotItem().getAxis("left").textPen().color()
            assert abs(text.lightness() - ground.lightness()) > 100
    finally:
        theme().apply(Look.LIGHT)
