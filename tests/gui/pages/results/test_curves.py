"""Learning curves: of this run and others, as lines, as words and as a table."""

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from pytestqt.qtbot import QtBot

from core.readers.curves import RunCurves
from core.run.event_json import to_json
from core.run.events import ChanceLevel, ProbeDone, StageStarted, StepDone
from gui.outcome import reading
from gui.outcome.scale import Scale
from gui.pages.results.curve_choice import ALL_STAGES, quantity_title
from gui.pages.results.curves import LearningCurves
from gui.theme import Look, theme
from gui.widgets import dialogs

PRETRAIN, FINETUNE = "01-further-pretrain", "02-finetune-base-seed-0"


def step(stage: str, number: int, num_steps: int, loss: float) -> StepDone:
    return StepDone(
        stage=stage,
        step=number,
        num_steps=num_steps,
        losses={"loss": loss},
        lr=1e-3,
        images_per_s=1.0,
        stage_left_s=None,
        run_left_s=None,
        memory_gib=1.0,
    )


def probe(stage: str, number: int, linear: float) -> ProbeDone:
    return ProbeDone(
        stage=stage,
        step=number,
        knn=0.3,
        linear=linear,
        is_best=True,
        distance_from_initial=0.0,
    )


def write_run(path: Path, scale: float = 1.0, steps: int = 20) -> Path:
    """A run folder with nothing but events: pre-training with probes, then fine-tuning."""
    events: list = []
    for stage in (PRETRAIN, FINETUNE):
        events.append(StageStarted(stage=stage, num_steps=steps))
        events += [step(stage, number, steps, scale / number) for number in range(1, steps + 1)]
        if stage == PRETRAIN:
            events += [probe(stage, number, 0.02 * number * scale) for number in (10, 20)]
    path.mkdir(parents=True)
    (path / "recipe.toml").write_text("")
    (path / "events.jsonl").write_text("".join(to_json(event) + "\n" for event in events))
    return path


@pytest.fixture
def curves(qtbot: QtBot):
    made = LearningCurves()
    qtbot.addWidget(made)
    made.resize(900, 500)
    made.show()
    yield made
    made.shut_down()


@pytest.fixture
def runs(tmp_path: Path) -> list[Path]:
    return [write_run(tmp_path / name, scale) for name, scale in (("first", 1.0), ("second", 2.0))]


def shown(curves: LearningCurves, runs: list[Path], qtbot: QtBot) -> LearningCurves:
    curves.show_run(runs[0], runs)
    qtbot.waitUntil(lambda: not curves.is_busy)
    return curves


def choose(box, text: str) -> None:
    index = box.findText(text)
    assert index >= 0, [box.itemText(i) for i in range(box.count())]
    box.setCurrentIndex(index)
    box.activated.emit(index)


def table_of(curves: LearningCurves) -> list[list[str]]:
    model = curves.table.texts
    return [
        [str(model.cell(row, column)) for column in range(model.columnCount())]
        for row in range(model.rowCount())
    ]


def test_that_probes_of_the_open_run_are_drawn_first(curves, runs, qtbot: QtBot) -> None:
    shown(curves, runs, qtbot)
    assert curves.quantity.currentText() == "Accuracy of the linear probe"
    assert curves.runs.runs() == [runs[0]]
    assert table_of(curves) == [["10", "20.0 %"], ["20", "40.0 %"]]
    assert not curves.log.isEnabled()


@pytest.mark.parametrize(("level", "is_near"), [(0.15, True), (-0.5, False)])
def test_that_chance_is_a_line_in_accuracies_and_no_curve_is_pressed_flat(
    curves, runs, qtbot: QtBot, level: float, is_near: bool
) -> None:
    stage = "01-further-pretrain"
    told = ChanceLevel(stage=stage, of="probe_done", level=level, answer="cat", num_examples=9)
    with (runs[0] / "events.jsonl").open("a") as file:
        file.write(to_json(told) + "\n")
    shown(curves, runs, qtbot)
    words = f"always saying cat: {100 * level:.1f} %"
    assert curves.chart.accessibleDescription() == words
    assert (curves.chart._up.low <= level) is is_near
    picture = curves.chart.grab().toImage()
    choose(curves.quantity, "Loss")
    assert curves.chart.accessibleDescription() == ""
    assert picture != curves.chart.grab().toImage()


def test_that_a_ticked_run_is_drawn_beside(curves, runs, qtbot: QtBot) -> None:
    shown(curves, runs, qtbot)
    curves.runs.setFocus()
    curves.runs.setCurrentRow(1)
    qtbot.keyClick(curves.runs, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: not curves.is_busy)
    assert curves.runs.runs() == runs
    assert table_of(curves) == [["10", "20.0 %", "40.0 %"], ["20", "40.0 %", "80.0 %"]]
    qtbot.keyClick(curves.runs, Qt.Key.Key_Space)
    assert table_of(curves) == [["10", "20.0 %"], ["20", "40.0 %"]]


def test_that_losses_of_all_stages_stand_one_after_the_other(curves, runs, qtbot: QtBot) -> None:
    shown(curves, runs, qtbot)
    choose(curves.quantity, "Loss")
    assert curves.stage.currentText() == ALL_STAGES
    assert [row[0] for row in table_of(curves)] == [str(step) for step in range(1, 41)]
    choose(curves.stage, "Fine-tuning alone, seed 0")
    assert [row[0] for row in table_of(curves)] == [str(step) for step in range(1, 21)]
    assert curves.log.isEnabled()
    curves.log.click()
    assert curves.chart.number(0.25) == "0.25"


def test_that_a_run_of_another_folder_can_be_added(
    curves, runs, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    third = write_run(tmp_path / "elsewhere" / "third", 3.0)
    monkeypatch.setattr(dialogs, "choose_folder", lambda *_: third)
    shown(curves, runs, qtbot)
    curves._choose()
    qtbot.waitUntil(lambda: not curves.is_busy)
    assert curves.runs.runs() == [runs[0], third]
    assert table_of(curves)[0] == ["10", "20.0 %", "60.0 %"]


def test_that_a_run_that_is_gone_or_damaged_is_unticked_with_a_word(
    curves, runs, qtbot: QtBot, tmp_path: Path
) -> None:
    shown(curves, runs, qtbot)
    damaged = tmp_path / "damaged"
    (damaged / "events.jsonl").mkdir(parents=True)
    for path in (tmp_path / "gone", damaged):
        curves.add_run(path)
    qtbot.waitUntil(lambda: not curves.is_busy)
    assert curves.runs.runs() == [runs[0]]
    texts = [curves.runs.item(row).text() for row in range(curves.runs.count())]
    assert texts[2:] == ["gone (no run there)", "damaged (can't be read)"]
    assert len(table_of(curves)) == 2


def test_that_a_long_log_is_read_by_another_process(
    curves, runs, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "_LONG_BYTES", 100)
    curves.show_run(runs[0], runs)
    qtbot.waitUntil(lambda: not curves.is_busy, timeout=60_000)
    assert table_of(curves) == [["10", "20.0 %"], ["20", "40.0 %"]]


def test_that_arrow_keys_read_the_curves_aloud(curves, runs, qtbot: QtBot) -> None:
    shown(curves, runs, qtbot)
    qtbot.keyClick(curves.chart, Qt.Key.Key_End)
    assert curves.words.whole == "Step 20, first 40.0 %"
    qtbot.keyClick(curves.chart, Qt.Key.Key_Home)
    assert curves.words.whole == "Step 10, first 20.0 %"
    qtbot.keyClick(curves.chart, Qt.Key.Key_Right)
    assert curves.words.whole.startswith("Step 10")
    qtbot.keyClick(curves.chart, Qt.Key.Key_Escape)
    assert "arrow keys" in curves.words.whole


def test_that_the_mouse_reads_the_curves(curves, runs, qtbot: QtBot) -> None:
    shown(curves, runs, qtbot)
    qtbot.mouseMove(curves.chart, QPoint(curves.chart.width() // 2, curves.chart.height() // 2))
    qtbot.waitUntil(lambda: curves.words.whole.startswith("Step "))


def test_that_the_table_takes_the_place_of_the_chart(curves, runs, qtbot: QtBot) -> None:
    shown(curves, runs, qtbot)
    assert curves.chart.isVisible()
    qtbot.mouseClick(curves.as_table, Qt.MouseButton.LeftButton)
    assert curves.table.isVisible()
    assert not curves.chart.isVisible()


def test_that_curves_are_painted_in_every_look(curves, runs, qtbot: QtBot) -> None:
    shown(curves, runs, qtbot)
    grounds = set()
    try:
        for look in (Look.LIGHT, Look.DARK, Look.HIGH_CONTRAST):
            theme().apply(look)
            image = curves.chart.grab().toImage()
            colours = {image.pixel(x, y) for x in range(image.width()) for y in (60, 120)}
            assert theme().curve(0).rgb() in {
                image.pixel(x, y)
                for x in range(0, image.width(), 2)
                for y in range(0, image.height(), 1)
            }
            grounds.add(theme().colour("surface").rgb())
            assert theme().colour("surface").rgb() in colours
    finally:
        theme().apply(Look.LIGHT)
    assert len(grounds) == 3


@pytest.mark.parametrize("log", [False, True])
def test_that_marks_are_round_and_lie_within(log: bool) -> None:
    random = np.random.default_rng(0)
    for _ in range(200):
        low = 10 ** random.uniform(-4, 3)
        high = low * 10 ** random.uniform(0.01, 4)
        scale = Scale.over([np.array([low, high])], log=log, margin=0.05)
        ticks = scale.ticks()
        assert 2 <= len(ticks) <= 20, (low, high, ticks)
        assert all(scale.low <= tick <= scale.high * (1 + 1e-9) for tick in ticks)
        assert scale.share(scale.value(0.3)) == pytest.approx(0.3)


@pytest.mark.parametrize("values", [[], [0.0], [5.0, 5.0], [-1.0, 0.0]])
@pytest.mark.parametrize("log", [False, True])
def test_that_odd_values_still_have_a_scale(values: list[float], log: bool) -> None:
    scale = Scale.over([np.array(values)] if values else [], log=log)
    assert scale.low < scale.high
    assert scale.ticks()


@pytest.mark.parametrize(
    ("metric", "title"),
    [
        ("accuracy", "Accuracy on validation, while fine-tuned"),
        ("r2", "R² on validation, while fine-tuned"),
    ],
)
def test_that_a_curve_is_named_after_what_was_measured(metric: str, title: str) -> None:
    level = ChanceLevel(
        stage=FINETUNE, of="validated", level=0.0, answer="", num_examples=9, metric=metric
    )
    run = RunCurves(Path("run"), (), {"accuracy": level})
    assert quantity_title("accuracy", [run]) == title
    assert quantity_title("accuracy") == "Accuracy on validation, while fine-tuned"
