"""The start of a stage in its plot, and words while the stage is below it."""

import numpy as np
import pytest

from core.readers.history import History
from core.run.events import Event, Noticed, ProbeDone, StageDone, StageStarted, Validated
from gui.pages.train.curves import TrainingCurves
from gui.pages.train.harm_words import harm_of_stage
from gui.pages.train.series import PLOTS, CurveReader

STAGE = "01-further-pretrain"


def probe(
    step: int, linear: float | None, *, rank: float | None = None, has_fallen: bool = False
) -> ProbeDone:
    return ProbeDone(
        stage=STAGE,
        step=step,
        knn=linear,
        linear=linear,
        is_best=False,
        distance_from_initial=1.0,
        rank=rank,
        has_fallen=has_fallen,
    )


def history_of(*events: Event) -> History:
    history = History()
    history.extend([StageStarted(stage=STAGE, num_steps=300), *events])
    return history


def test_that_the_start_is_a_level_line_over_its_stage() -> None:
    history = history_of(probe(0, 0.8), probe(100, 0.7))
    spec = next(kind for kind in PLOTS if kind.key == "probe").curves[0]
    x, y = CurveReader(spec).starts(history)
    assert x[:2].tolist() == [0, 300]
    assert y[:2].tolist() == [0.8, 0.8]
    assert np.isnan(y[2])


def test_that_a_fall_is_said_until_it_is_over() -> None:
    history = history_of(probe(0, 0.8), probe(100, 0.6, has_fallen=True))
    words = harm_of_stage(STAGE, history.stages[STAGE])
    assert "after 100 steps the linear probe is at 60.0 %, below its start of 80.0 %" in words
    history.extend([probe(200, 0.78)])
    assert harm_of_stage(STAGE, history.stages[STAGE]) == ""


def test_that_a_stage_that_ended_early_takes_no_more_room() -> None:
    summary = {"steps": 200, "stopped_early": True}
    history = history_of(probe(0, 0.8), StageDone(stage=STAGE, summary=summary))
    assert history.stages[STAGE].num_steps == 200
    history.extend([StageStarted(stage="02-self-distill-round-1", num_steps=100)])
    assert history.offset("02-self-distill-round-1") == 200


@pytest.mark.usefixtures("qtbot")
def test_that_the_page_says_what_was_kept_and_shows_the_rank_without_labels(qtbot) -> None:  # type: ignore[no-untyped-def]
    curves = TrainingCurves()
    qtbot.addWidget(curves)
    curves.resize(800, 600)
    curves.show()
    kept = Noticed(id="start-kept", text="The model you started from is kept.")
    curves.show_history(history_of(probe(0, 0.8), probe(100, 0.5, has_fallen=True), kept))
    qtbot.waitUntil(lambda: curves.harm.text() == kept.text)
    assert curves.boxes["rank"].isHidden()
    curves.show_history(history_of(probe(0, None, rank=12.5)))
    qtbot.waitUntil(lambda: not curves.boxes["rank"].isHidden())
    assert curves.harm.isHidden()


def test_that_only_plots_with_something_in_them_are_shown_each_with_its_own_axis(qtbot) -> None:  # type: ignore[no-untyped-def]
    curves = TrainingCurves()
    qtbot.addWidget(curves)
    curves.resize(800, 600)
    curves.show()
    # Before the first number there is nothing to steer.
    assert curves.tools.isHidden()
    assert not curves.empty.isHidden()
    tuning = "02-finetune-base-seed-0"
    looks = [Validated(stage=tuning, step=at, accuracy=0.67, num_examples=50) for at in (0, 10)]
    curves.show_history(
        history_of(probe(0, 0.672), probe(100, 0.682), StageStarted(stage=tuning, num_steps=10))
    )
    curves._history.extend(looks)
    qtbot.waitUntil(lambda: not curves.boxes["accuracy"].isHidden())
    shown = [key for key, box in curves.boxes.items() if not box.isHidden()]
    assert shown == ["probe", "accuracy"]
    qtbot.waitUntil(lambda: curves.plots["probe"]._y_range[1] < 1)
    low, high = curves.plots["probe"]._y_range
    # A point more is no triumph: ten points are in view.
    assert high - low > 0.1
    curves._step = curves._history.offset(tuning) + 10.0
    curves._show_values()
    assert "validation accuracy 67.0 %" in curves.read_out.whole
