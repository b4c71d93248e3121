"""The compare page on real run folders: planned, watched, killed, extended."""

import shlex
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QAbstractButton, QCheckBox, QLabel
from pytestqt.qtbot import QtBot

from core.planning.comparison import compared_recipe
from core.readers.judgement import PRETRAINED_ONCE
from core.recipe import Recipe
from core.recipe.arms import ARMS
from core.run.event_log import EventLog, read_events
from core.run.events import RunStarted, StageDone, StageStarted, StepDone
from core.run.folder import RunFolder, RunState
from core.run.plan import USUAL_COSTS, plan_stages
from gui.frame.window import MainWindow
from gui.pages.compare.grid import Grid
from gui.pages.compare.page import ComparePage
from gui.pages.page import Step
from gui.state.session import Session
from gui.state.watcher import RunWatcher
from tests.gui.pages.compare.conftest import Opened
from tests.helpers.trainers import events_of
from tests.helpers.worlds import World, tiny_recipe

pytestmark = pytest.mark.usefixtures("warm")

PATIENCE_MS = 120_000


def words_of(grid: Grid) -> list[list[str]]:
    """What the cells say, row by row."""
    cells = grid.fine_tunings
    rows, columns = range(cells.rowCount()), range(cells.columnCount())
    return [[str(cells.index(row, column).data()) for column in columns] for row in rows]


@pytest.mark.slow
def test_that_a_finished_comparison_is_shown_from_its_folder(
    comparison: RunFolder, opened: Opened, session: Session
) -> None:
    page = opened(comparison)
    assert session.page_of_run() == "compare"
    results = comparison.read_json("results.json")
    findings = page.board.findings
    said = f"{findings.sentence.text()} {findings.about.text()}"
    assert said.startswith(results["verdict"])
    # What knowing nothing would reach.
    assert " always saying " in said.removeprefix(results["verdict"])
    assert "%" in findings.sentence.text()
    assert findings.about.text()
    scores = [seed["accuracy"]["value"] for seed in results["arms"]["l2sp"]["seeds"]]
    assert words_of(page.board.grid)[1] == [f"{100 * score:.1f} %" for score in scores]
    # All rows are seen without scrolling.
    assert not page.board.grid.verticalScrollBar().maximum()
    assert page.board.count.text() == "4 of 4 fine-tunings are done (2 arms × 2 seeds)"  # noqa: RUF001
    table = page.board.findings.table.texts
    assert [table.index(row, 6).data() for row in range(2)] == ["2", "2"]
    assert table.index(1, 4).data().endswith("points")
    assert "95 % interval" in page.board.findings.forest.accessibleDescription()
    assert page.step() is Step.DONE
    spoken = page.board.grid.fine_tunings.index(1, 0).data(Qt.ItemDataRole.AccessibleTextRole)
    assert spoken.startswith("L2-SP, seed 0: ")


def test_that_one_that_trains_elsewhere_is_watched_until_it_is_killed(
    world: World, tmp_path: Path, opened: Opened, watcher: RunWatcher, qtbot: QtBot
) -> None:
    recipe = compared_recipe(tiny_recipe(world), ["base", "further"], 2)
    run = RunFolder.create(tmp_path / "runs" / "elsewhere", recipe)
    names = ["01-further-pretrain"]
    tuned = [(arm, seed) for seed in (0, 1) for arm in ("base", "further")]
    names += [f"{n:02d}-finetune-{arm}-seed-{seed}" for n, (arm, seed) in enumerate(tuned, 2)]
    log = EventLog(run.events_file)
    with run.lock():
        run.write_status(RunState.RUNNING, "Training.")
        page = opened(run)
        tester = QAbstractItemModelTester(
            page.board.grid.fine_tunings, QAbstractItemModelTester.FailureReportingMode.Fatal
        )
        assert page.step() is Step.BUSY
        log.append(RunStarted(stages=names, device="a test", precision="x", num_processes=1))
        log.append(StageDone(stage=names[0], summary={}))
        log.append(StageDone(stage=names[1], summary={"test": {"accuracy": {"value": 0.625}}}))
        log.append(StageStarted(stage=names[2], num_steps=10))
        log.append(step(names[2], 5))
        expected = [["62.5 %", "waiting"], ["training, 50 %", "waiting"]]
        qtbot.waitUntil(lambda: words_of(page.board.grid) == expected)
        assert "left" in page.board.head.run_words.whole
        assert page.board.shared.text().endswith("done once: further pre-training.")
        assert page.board.commands.pause.isEnabled()
        assert not page.board.more.add.isEnabled()
    watcher.look()
    qtbot.waitUntil(lambda: words_of(page.board.grid)[1][0] == "stopped at 50 %")
    assert page.step() is Step.ATTENTION
    assert page.board.head.problem.isVisible()
    assert page.primary().text == "&Continue the comparison"
    assert page.board.more.add.isEnabled()
    del tester


def step(stage: str, number: int) -> StepDone:
    """The tenth part of a stage."""
    return StepDone(
        stage=stage,
        step=number,
        num_steps=10,
        losses={"loss": 1.0},
        lr=1e-3,
        images_per_s=9.0,
        stage_left_s=3.0,
        run_left_s=60.0,
        memory_gib=1.0,
    )


def test_that_results_that_can_not_be_read_are_said(comparison: RunFolder, opened: Opened) -> None:
    comparison.results_file.write_text("{")
    page = opened(comparison)
    assert "results.json" in page.board.findings.sentence.text()
    assert words_of(page.board.grid)[0][0].endswith(" %")


def test_that_a_run_that_is_no_comparison_leads_to_a_new_one(
    undisturbed: RunFolder, opened: Opened, session: Session, qtbot: QtBot
) -> None:
    page = opened(undisturbed)
    assert page.comparison is None
    assert not page.setup.back.isVisible()
    qtbot.waitUntil(lambda: page.setup.costs.numbers() == (48, 36))
    # Its pre-training, its rounds and three fine-tunings are there; one round would be another one.
    assert "is taken over: its 6 stages" in page.setup.taken.text()
    session.change("Other", pretrain={"steps": 7})
    # The model as it is, fine-tuned, has no part in that.
    assert "is taken over: its stage is" in page.setup.taken.text()
    session.change("Others", finetune={"lr": 0.5})
    assert not page.setup.taken.isVisible()
    assert page.primary().is_enabled
    page._copy()
    command = shlex.split(QGuiApplication.clipboard().text())
    assert command[:2] == ["redistill", "compare"]
    assert command[command.index("--arms") + 1] == "base,further,distilled"
    assert command[command.index("--seeds") + 1] == "5"


def test_that_what_speaks_against_a_start_is_said(page: ComparePage, session: Session) -> None:
    page.on_shown()
    assert "labeled data" in page.primary().hint
    assert not page.primary().is_enabled
    session.change("Labels", data={"labeled": "/labels"})
    assert page.primary().is_enabled
    for arm in ("further", "distilled"):
        page.setup.arms.boxes[arm].click()
    assert "Tick an arm" in page.primary().hint
    page.setup.arms.boxes["mars"].click()
    assert page.primary().is_enabled
    session.change("Short", pretrain={"steps": 0}, distill={"rounds": 0})
    assert not page.setup.arms.boxes["distilled"].isEnabled()
    assert "no pretrain.steps" in page.setup.arms.boxes["distilled"].accessibleDescription()
    page.setup.seeds.setValue(2)
    assert page.setup.times.text().startswith("2 arms × 2 = 4 fine-tunings.")  # noqa: RUF001
    page.setup.destination.name.setText("a/b")
    page.setup.destination.name.textEdited.emit("a/b")
    assert "can't have" in page.primary().hint


def test_that_pretraining_is_repeated_as_often_as_asked(
    page: ComparePage, session: Session, qtbot: QtBot
) -> None:
    setup = page.setup
    page.on_shown()
    session.change("Labels", data={"labeled": "/labels"})
    setup.seeds.setValue(4)
    assert setup.chance.text() == setup.pretrainings.accessibleDescription() == PRETRAINED_ONCE
    assert setup.pretrainings.accessibleName() == "Pre-training seeds"
    # By the keyboard alone.
    setup.seeds.setFocus()
    qtbot.keyClick(setup.seeds, Qt.Key.Key_Tab)
    assert setup.pretrainings.hasFocus()
    once = setup.asked()
    for _ in range(2):
        qtbot.keyClick(setup.pretrainings, Qt.Key.Key_Up)
    asked = setup.asked()
    assert (once.pretrain.num_seeds, asked.pretrain.num_seeds) == (1, 3)
    assert setup.chance.text().startswith("Each is done 3 times, so chance between pre-trainings")
    # What the estimate adds up.
    plans = [
        plan_stages(each, USUAL_COSTS, decoder_is_fresh=False, can_finetune=True)
        for each in (once, asked)
    ]
    pretrained = [[each.kind for each in plan].count("further-pretrain") for plan in plans]
    assert pretrained == [1, 3]
    setup.seeds.setValue(2)
    assert "3 pre-trainings need as many seeds per arm" in page.primary().hint
    for arm in ("further", "distilled"):
        setup.arms.boxes[arm].click()
    setup.arms.boxes["mars"].click()
    assert not setup.pretrainings.isEnabled()
    assert page.primary().is_enabled
    assert setup.asked().pretrain.steps == 0


def test_that_averages_are_offered_where_fine_tunings_begin_alike(
    page: ComparePage, session: Session
) -> None:
    setup = page.setup
    page.on_shown()
    session.change("Labels", data={"labeled": "/labels"}, finetune={"head": "random"})
    assert not setup.arms.boxes["soup"].isEnabled()
    assert "a random head" in setup.arms.boxes["soup"].accessibleDescription()
    session.change("Fitted", finetune={"head": "probe", "interpolate": True})
    for arm in ("wise-ft", "soup"):
        setup.arms.boxes[arm].click()
    setup.seeds.setValue(1)
    assert "A soup averages seeds" in page.primary().hint
    setup.seeds.setValue(3)
    assert page.primary().is_enabled
    words = "3 arms × 3 = 9 fine-tunings, and averages of them, which are not interpolated"  # noqa: RUF001
    assert setup.times.text().startswith(words)
    assert setup.asked().finetune.interpolate is False


def test_that_every_arm_is_offered_and_says_what_it_is(page: ComparePage) -> None:
    boxes = page.setup.arms.boxes
    assert set(boxes) == set(ARMS)
    assert all(box.accessibleDescription().endswith((".", "?")) for box in boxes.values())


def test_that_several_devices_are_offered(page: ComparePage, session: Session) -> None:
    session.change("Labels", data={"labeled": "/labels"})
    page.on_shown()
    assert not page.setup.devices.isVisible()
    session.devices = (("cuda:0", "One GPU"), ("cuda:1", "Another"))
    assert page.setup.devices.isVisible()
    assert page.setup.asked().runtime.devices == ("cuda:0", "cuda:1")
    page.setup.devices.boxes["cuda:1"].click()
    assert page.setup.asked().runtime.devices == ()
    session.change("Own", runtime={"devices": ["cpu", "cpu"]})
    assert page.setup.asked().runtime.devices == ("cpu", "cpu")


@pytest.mark.parametrize("shows_board", [False, True])
def test_that_nothing_is_said_of_images_where_there_are_texts(
    tmp_path: Path, opened: Opened, shows_board: bool
) -> None:
    data = {"kind": "text", "labeled": "/texts"}
    recipe = Recipe.model_validate({"data": data})
    if shows_board:
        recipe = compared_recipe(recipe, ["base", "further"], 2)
    page = opened(RunFolder.create(tmp_path / "runs" / "texts", recipe))
    assert (page.comparison is not None) is shows_board
    said = [part.text() for part in page.findChildren(QLabel) if part.isVisible()]
    said += [part.text() for part in page.findChildren(QAbstractButton) if part.isVisible()]
    said += [part.accessibleDescription() for part in page.findChildren(QCheckBox)]
    assert [words for words in said if "image" in words.lower() or "photo" in words.lower()] == []


@pytest.mark.slow
def test_that_a_runs_data_is_compared_on_and_seeds_are_added(
    window: MainWindow, undisturbed: RunFolder, world: World, qtbot: QtBot, monkeypatch
) -> None:
    monkeypatch.setenv("REDISTILL_CACHE", str(world.cache))
    assert window.open_run(undisturbed.path)
    window.session.change("Short", finetune={"steps": 4})
    window.show_page("compare")
    page = window.page("compare")
    assert isinstance(page, ComparePage)
    page.setup.seeds.setValue(1)
    page.setup.arms.boxes["further"].click()
    qtbot.waitUntil(window.primary.isEnabled)
    qtbot.mouseClick(window.primary, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: page.comparison is not None, timeout=PATIENCE_MS)
    # The machine is the run's own now.
    qtbot.waitUntil(lambda: not page.setup.costs.measuring.is_busy)
    qtbot.waitUntil(lambda: is_finished(window.watcher), timeout=PATIENCE_MS)
    run = page.comparison
    assert run is not None
    # What was pre-trained is not trained again.
    begun = [event.stage.partition("-")[2] for event in events_of(run, StageStarted)]
    assert begun == ["finetune-base-seed-0", "finetune-distilled-seed-0"]
    qtbot.waitUntil(lambda: page.board.count.text().startswith("2 of 2"))
    page.board.more.number.setValue(2)
    qtbot.mouseClick(page.board.more.add, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: page.board.count.text().startswith("4 of 4"), timeout=PATIENCE_MS)
    qtbot.waitUntil(lambda: is_finished(window.watcher), timeout=PATIENCE_MS)
    qtbot.waitUntil(lambda: not page.is_busy)
    assert page.board.findings.table.texts.index(1, 6).data() == "2"
    assert len(list(read_events(run.events_file))) > len(begun)
    assert window.rail.is_open("results")


def is_finished(watcher: RunWatcher) -> bool:
    """Whether the watched run has ended well, and no trainer is about to start."""
    status = watcher.status
    return status is not None and status.state is RunState.FINISHED and not watcher.is_starting
