"""The parts of the train page that carry long stories: view, blocks, rows, the history's tale."""

import os
import shutil
import signal
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QAbstractItemModelTester
from pytestqt.qtbot import QtBot

from core.readers.history import History
from core.recipe import Recipe, modality_named
from core.run.event_json import to_json
from core.run.events import (
    CheckpointSaved,
    Noticed,
    PreviewSaved,
    ProbeDone,
    RunStarted,
    StageDone,
    StageResumed,
    StageStarted,
    StepDone,
    Working,
)
from core.run.folder import RunFolder, RunState
from gui.frame.window import MainWindow
from gui.pages.train.curve_export import _plain
from gui.pages.train.page import TrainPage
from gui.pages.train.series import PLOTS, CurveReader
from gui.pages.train.table import HistoryModel
from gui.pages.train.view import View
from gui.running.left import SteadyEnd, until
from gui.running.numbers import numbers_of
from tests.helpers.trainers import At, Trainer
from tests.helpers.worlds import World, new_run

STAGE = "01-further-pretrain"


def step(number: int, num_steps: int = 10_000, stage: str = STAGE) -> StepDone:
    """A report of one step."""
    return StepDone(
        stage=stage,
        step=number,
        num_steps=num_steps,
        losses={"loss": 1 / number, "masked": 1 / number},
        lr=1e-4,
        images_per_s=50.0,
        stage_left_s=30.0,
        run_left_s=60.0,
        memory_gib=1.0,
    )


def probe(number: int, stage: str = STAGE) -> ProbeDone:
    """A probe."""
    return ProbeDone(
        stage=stage, step=number, knn=0.5, linear=0.25, is_best=False, distance_from_initial=1.0
    )


def write_long_log(run: RunFolder, number: int) -> None:
    """A log that the window has another process read."""
    with run.events_file.open("w") as out:
        started = RunStarted(stages=[STAGE], device="a test", precision="float32", num_processes=1)
        out.write(to_json(started) + "\n")
        out.write(to_json(StageStarted(stage=STAGE, num_steps=number)) + "\n")
        out.write(to_json(Noticed(id="few-labels", text="Few labels.")) + "\n")
        out.writelines(to_json(step(each, number)) + "\n" for each in range(1, number + 1))
        out.write('{"kind": "step_done", "stage"')  # torn by a crash


@pytest.mark.slow
def test_that_a_long_log_shows_its_device_notices_and_numbers(
    window: MainWindow, tmp_path: Path, qtbot: QtBot
) -> None:
    run = RunFolder.create(tmp_path / "run", Recipe())
    write_long_log(run, 6_000)
    run.write_status(RunState.PAUSED, "Paused.")
    assert window.open_run(run.path)
    window.show_page("train")
    page = window.page("train")
    assert isinstance(page, TrainPage)
    qtbot.waitUntil(lambda: len(window.watcher.history) == 6_000, timeout=60_000)
    assert page.head.device.whole == "On a test, float32."
    assert page.head.stage_words.whole == "Further pre-training: step 6,000 of 6,000"
    assert "50 images/s" in page.head.numbers.whole
    assert [text[-11:] for text in page.log.shown()][-1] == "Few labels."
    with run.events_file.open("a") as log:
        log.write("\n" + to_json(Noticed(id="x", text="And on.")) + "\n")
    qtbot.waitUntil(lambda: page.log.shown()[-1].endswith("And on."), timeout=5_000)


def test_that_only_seldom_events_survive_among_many() -> None:
    history = History()
    history.extend([RunStarted(stages=["a"], device="d", precision="p", num_processes=1)])
    history.extend(CheckpointSaved(stage="a", step=number) for number in range(5_000))
    history.extend([step(1), StageDone(stage=STAGE, summary={}), step(2)])
    tale = history.tale()
    assert isinstance(tale[0], RunStarted)
    assert len(tale) < 3_000
    assert [type(event) for event in tale[-2:]] == [StageDone, StepDone]


def test_that_time_without_a_trainer_is_not_spent() -> None:
    history = History()
    first = RunStarted(stages=["a"], device="d", precision="p", num_processes=1, time=100.0)
    again = RunStarted(stages=["a"], device="d", precision="p", num_processes=1, time=9_000.0)
    history.extend([first, CheckpointSaved(stage="a", step=1, time=130.0), again])
    history.extend([CheckpointSaved(stage="a", step=2, time=9_010.0)])
    assert history.spent_s == 40.0
    # Killed, and continued the next day by a trainer that first tells what it prepares.
    preparing = [
        Working(stage="", what="reading", time=90_000.0),
        Noticed(id="model", text="Which model it is.", time=90_005.0),
    ]
    started = RunStarted(stages=["a"], device="d", precision="p", num_processes=1, time=90_006.0)
    history.extend([*preparing, started, CheckpointSaved(stage="a", step=3, time=90_016.0)])
    assert history.spent_s == pytest.approx(55.0)


def test_that_a_view_follows_moves_and_never_leaves_the_story() -> None:
    view = View()
    view.advance(100, 1_000)
    assert (view.low, round(view.high)) == (0.0, 115)
    view.take(60, 110)
    view.advance(109, 1_000)
    assert (view.low, view.high) == (60, 110)
    view.advance(120, 1_000)
    assert view.high > 120
    assert view.width == pytest.approx(50)
    view.shift(-10)
    assert view.low == 0.0
    view.advance(300, 1_000)
    assert view.low == 0.0  # whoever looks back is left in peace
    view.zoom(1_000)
    assert (view.low, view.high) == (0.0, view.limit)
    assert view.limit == pytest.approx(1_010)  # a dot at the end is whole
    view.zoom(1e-9)
    assert view.width == 10
    view.show_all()
    assert (view.low, round(view.high)) == (0.0, 345)


def test_that_blocks_give_the_same_curve_as_all_points() -> None:
    history, number = History(), 100_000
    history.extend([StageStarted(stage=STAGE, num_steps=number)])
    values = 1 + np.sin(np.arange(1, number + 1) / 5_000)
    table = history.stages[STAGE].steps
    for at, value in enumerate(values.tolist(), 1):
        table.append(at, {"objective": value})
    reader = CurveReader(PLOTS[0].curves[0])
    x, y = reader.average(history, 0, number, 0.5)
    assert not reader.is_behind
    assert len(x) < 1_200
    known = ~np.isnan(y)
    assert np.abs(y[known] - values[x[known].astype(int) - 1]).max() < 0.05
    history.extend([StageResumed(stage=STAGE, step=80_000, num_steps=number)])
    x, _ = reader.points(history, 0, number)
    assert x[:-1].max() <= 80_000
    assert reader.value_at(history, 40_000) == pytest.approx(values[39_999])
    assert reader.value_at(history, number + 5) is None


def test_that_rows_keep_their_place_while_the_table_grows(qapp: object) -> None:
    model = HistoryModel()
    QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    resets: list[int] = []
    model.modelReset.connect(lambda: resets.append(1))
    history = History()
    history.extend([StageStarted(stage=STAGE, num_steps=100)])
    history.extend(step(number, 100) for number in (10, 20))
    model.show_history(history)
    assert len(resets) == 1
    history.extend([probe(25), step(30, 100), probe(30)])
    model.show_history(history)
    assert len(resets) == 1
    assert [model.index(row, 1).data() for row in range(4)] == ["10", "20", "25", "30"]
    assert [model.index(row, 2).data() for row in (2, 3)] == ["", "0.033333"]
    assert [model.index(row, 5).data() for row in (1, 2, 3)] == ["", "25.0 %", "25.0 %"]
    history.extend([StageResumed(stage=STAGE, step=20, num_steps=100), step(30, 100)])
    model.show_history(history)
    assert len(resets) == 2
    assert model.rowCount() == 3


def test_that_values_that_are_no_numbers_are_said(qapp: object) -> None:
    line = to_json(step(5)).replace('"masked": 0.2', '"masked": null')
    from core.run.event_json import from_json

    event = from_json(line)
    assert isinstance(event, StepDone)
    assert "masked loss not a number" in numbers_of(event, modality_named("images"))
    assert from_json(line.replace('"step": 5', '"step": "five"')) is None
    assert from_json(line.replace('"losses": {', '"losses": {"x": [],')) is None
    assert _plain([3.0, float("nan"), 1.5]) == [3, "", 1.5]


def test_that_a_time_left_counts_from_when_it_was_said(qapp: object, monkeypatch) -> None:
    monkeypatch.setattr("gui.running.left.time.time", lambda: 1_000.0)
    assert "(40 s left)" in until(940.0, 100.0)
    # It should be over: no time in the past, and no "0 s left" for as long as it takes.
    assert until(900.0, 60.0) == ""
    assert until(-90_000.0, 60.0) == ""
    assert until(940.0, None) == ""


def test_that_an_estimate_of_the_run_moves_slowly() -> None:
    steady = SteadyEnd()
    steady.take(1000.0, 300.0)
    # The next stage's first steps are slow: nine minutes more are said within two seconds.
    steady.take(1001.0, 850.0)
    assert steady.end is not None
    assert 1300.0 < steady.end < 1330.0
    for second in range(2, 200):
        steady.take(1000.0 + second, 600.0 - second)
    assert steady.end == pytest.approx(1600.0, abs=2.0)


def test_that_a_killed_trainer_is_said_with_what_to_do(
    window: MainWindow, world: World, tmp_path: Path, qtbot: QtBot
) -> None:
    run = new_run(world, tmp_path / "run", distill__rounds=0)
    trainer = Trainer(run, world.cache, At(run.path, "step_done", STAGE, 4))
    trainer.wait_until_held()
    assert window.open_run(run.path)
    window.show_page("train")
    page = window.page("train")
    assert isinstance(page, TrainPage)
    qtbot.waitUntil(page.commands.pause.isEnabled, timeout=10_000)
    os.kill(trainer.pid, signal.SIGKILL)
    trainer.process.join()
    qtbot.waitUntil(page.head.problem.isVisible, timeout=10_000)
    assert "continue the training" in page.head.problem.text()
    assert page.commands.go_on.isEnabled()
    assert not page.commands.stop.isEnabled()
    assert page.commands.stop.toolTip() == "The run is not training."
    assert "Interrupted" in " ".join(window.notices.texts())


@pytest.mark.slow
def test_that_a_folder_that_is_gone_and_comes_back_is_followed(
    window: MainWindow, tmp_path: Path, qtbot: QtBot
) -> None:
    run = RunFolder.create(tmp_path / "run", Recipe())
    assert window.open_run(run.path)
    page = window.page("train")
    assert isinstance(page, TrainPage)
    shutil.move(run.path, tmp_path / "elsewhere")
    qtbot.waitUntil(lambda: page.head.state.text() == "The run can't be read", timeout=10_000)
    assert "not there any more" in page.head.problem.text()
    assert not page.commands.go_on.isEnabled()
    assert page.primary().hint == "The run can't be read."
    shutil.move(tmp_path / "elsewhere", run.path)
    qtbot.waitUntil(lambda: page.head.state.text() == "Not started yet", timeout=10_000)
    assert page.commands.go_on.isEnabled()


@pytest.mark.slow
def test_that_a_full_disk_is_said_while_the_trainer_waits(
    window: MainWindow, tmp_path: Path, qtbot: QtBot, monkeypatch
) -> None:
    run = RunFolder.create(tmp_path / "run", Recipe())
    with run.lock():
        run.write_status(RunState.RUNNING, "Training.")
        assert window.open_run(run.path)
        page = window.page("train")
        assert isinstance(page, TrainPage)
        usage = shutil.disk_usage(tmp_path)
        monkeypatch.setattr("shutil.disk_usage", lambda _: usage._replace(free=0))
        page._look_at_disk()
        assert "disk of the run is full" in page.head.problem.text()
        monkeypatch.setattr("shutil.disk_usage", lambda _: usage)
        page._look_at_disk()
        assert page.head.problem.text() == ""
        window.watcher.watch(None)  # or closing would ask what becomes of it


@pytest.mark.slow
def test_that_pictures_are_renewed_when_the_run_says_so(
    window: MainWindow, tmp_path: Path, qtbot: QtBot
) -> None:
    run = RunFolder.create(tmp_path / "run", Recipe())
    assert window.open_run(run.path)
    window.show_page("train")
    page = window.page("train")
    assert isinstance(page, TrainPage)
    (run.path / "previews").mkdir()
    sheet = QImage(3 * 66 - 2, 4 * 66 - 2, QImage.Format.Format_RGB32)
    sheet.fill(Qt.GlobalColor.red)
    for which in ("first", "latest"):
        assert sheet.save(str(run.path / "previews" / f"{STAGE}-{which}.png"))
    event = PreviewSaved(stage=STAGE, step=7, file=f"previews/{STAGE}-latest.png")
    with run.events_file.open("a") as log:
        log.write(to_json(event) + "\n")
    wanted = "Further pre-training, step 7"
    qtbot.waitUntil(lambda: page.previews.caption.whole == wanted, timeout=10_000)
    page.previews.which.setCurrentIndex(2)
    page.previews.which.activated.emit(2)
    wanted_first = "Further pre-training, at its start"
    qtbot.waitUntil(lambda: page.previews.caption.whole == wanted_first, timeout=10_000)
    shutil.rmtree(run.path / "previews")
    page.previews.look()
    assert page.previews.caption.whole == wanted_first
