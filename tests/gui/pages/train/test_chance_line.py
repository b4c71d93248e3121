"""Wherever an accuracy is drawn while it trains stands what knowing nothing reaches."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QFontMetricsF
from pytestqt.qtbot import QtBot

from core.readers.history import History
from core.run.events import ChanceLevel, Event, ProbeDone, StageStarted, Validated
from gui.pages.train.curves import TrainingCurves

STAGE, TUNING = "01-further-pretrain", "02-finetune-base-seed-0"


def story(linear: float, accuracy: float, level: float = 0.4) -> list[Event]:
    """A stage with probes and a fine-tuning with looks, each with its level."""
    kinds = {STAGE: ProbeDone.kind, TUNING: Validated.kind}
    levels = {
        stage: ChanceLevel(stage=stage, of=of, level=level, answer="anger", num_examples=100)
        for stage, of in kinds.items()
    }
    return [
        StageStarted(stage=STAGE, num_steps=10),
        levels[STAGE],
        *(
            ProbeDone(
                stage=STAGE,
                step=at,
                knn=linear,
                linear=linear,
                is_best=True,
                distance_from_initial=1.0,
            )
            for at in (0, 10)
        ),
        StageStarted(stage=TUNING, num_steps=10),
        levels[TUNING],
        *(Validated(stage=TUNING, step=at, accuracy=accuracy, num_examples=100) for at in (0, 10)),
    ]


@pytest.fixture
def curves(qtbot: QtBot) -> TrainingCurves:
    made = TrainingCurves()
    qtbot.addWidget(made)
    made.resize(900, 700)
    made.show()
    return made


def shown(curves: TrainingCurves, qtbot: QtBot, events: list[Event]) -> None:
    history = History()
    history.extend(events)
    curves.show_history(history)
    line = curves.plots["accuracy"].lines[0]
    qtbot.waitUntil(lambda: line.xData is not None and len(line.xData) > 1, timeout=3000)


@pytest.mark.parametrize("key", ["probe", "accuracy"])
def test_that_chance_is_a_dashed_line_with_words(
    curves: TrainingCurves, qtbot: QtBot, key: str
) -> None:
    shown(curves, qtbot, story(linear=0.62, accuracy=0.62))
    line = curves.plots[key].chance.line
    assert line.isVisible()
    assert line.value() == 0.4
    assert line.pen.style() is Qt.PenStyle.DashLine
    low, high = curves.plots[key].getPlotItem().viewRange()[1]
    assert low < 0.4 < 0.62 < high
    assert curves.heads[key].chance.text() == "always saying anger: 40.0 %"
    assert curves.heads[key].chance.isVisible()
    # Neither is of another run.
    history = History()
    history.extend([each for each in story(0.62, 0.62) if not isinstance(each, ChanceLevel)])
    curves.show_history(history)
    qtbot.waitUntil(lambda: not curves.heads[key].chance.isVisible(), timeout=3000)
    assert not line.isVisible()


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (0.45, "Hardly better than always saying anger: 40.0 %."),
        (0.38, "No better than always saying anger: 40.0 %."),
    ],
)
def test_that_a_last_value_near_chance_is_called_so(
    curves: TrainingCurves, qtbot: QtBot, value: float, words: str
) -> None:
    shown(curves, qtbot, story(linear=0.9, accuracy=value))
    head = curves.heads["accuracy"].chance
    qtbot.waitUntil(lambda: head.text() == words, timeout=3000)
    assert curves.heads["accuracy"].chance.text() == words
    assert curves.heads["probe"].chance.text() == "↓ always saying anger: 40.0 %"


def test_that_curves_far_above_are_not_pressed_flat(curves: TrainingCurves, qtbot: QtBot) -> None:
    shown(curves, qtbot, story(linear=0.9, accuracy=0.9, level=0.05))
    low, _ = curves.plots["probe"].getPlotItem().viewRange()[1]
    assert low > 0.5
    assert curves.heads["probe"].chance.text() == "↓ always saying anger: 5.0 %"


def test_that_it_is_kept_with_the_curves(tmp_path: Path) -> None:
    history = History()
    history.extend(story(linear=0.62, accuracy=0.62))
    history.save(tmp_path / "history.npz")
    assert History.load(tmp_path / "history.npz").chance == history.chance


@pytest.mark.parametrize("key", ["probe", "accuracy"])
def test_that_no_number_of_an_axis_is_cut_at_its_ends(
    curves: TrainingCurves, qtbot: QtBot, key: str
) -> None:
    shown(curves, qtbot, story(0.7, 0.6))
    plot = curves.plots[key]
    axis = plot.getPlotItem().getAxis("left")
    # As far as letters of the numbers may reach, wherever the axis has one.
    margin = QFontMetricsF(axis.font()).height() / 2 - 1

    def has_room() -> bool:
        place = axis.mapRectToScene(axis.mapRectFromParent(axis.geometry()))
        whole = plot.sceneRect()
        return place.top() - margin >= whole.top() and place.bottom() + margin <= whole.bottom()

    qtbot.waitUntil(has_room, timeout=3000)


def test_that_titles_of_plots_are_whole_where_there_is_room(
    curves: TrainingCurves, qtbot: QtBot
) -> None:
    shown(curves, qtbot, story(linear=0.62, accuracy=0.62))
    titles = [head.title for head in curves.heads.values() if head.isVisible()]
    assert len(titles) > 1
    assert [title.text() for title in titles] == [title.whole for title in titles]
