"""What each choice of the plan would cost, the method in three sentences, stages in groups."""

from pathlib import Path

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from core.images.shape import ImageShape
from core.planning.estimate import estimate_run
from core.planning.shapes import DataSizes
from core.recipe import Recipe, preset_recipe
from core.run.folder import RunFolder
from core.system.units import GIB
from gui.pages.plan.costs import Costs
from gui.pages.plan.page import PlanPage
from gui.pages.plan.parts import Parts, meant_part
from gui.running.estimate_table import EstimateTable, grouped
from gui.running.measuring import _what_counts
from gui.state.findings import Findings
from gui.state.session import Session
from gui.state.watcher import RunWatcher
from tests.core.planning.test_pace import MEASURED

DINO = "vit_small_patch14_dinov2.lvd142m"


def findings() -> Findings:
    none = np.empty(0, np.int64)
    counts = {"num_pretraining": 1_000, "num_pretraining_with_test": 1_100, "num_labeled": 300}
    summary = {"kind": "images", "classes": [], "roots": [], "guesses": [], "num_unlabeled": 0}
    return Findings(
        {**summary, **counts}, none.astype(np.uint8), none, none, none, none, none, none
    )


@pytest.fixture
def page(session: Session, watcher: RunWatcher, qtbot: QtBot) -> PlanPage:
    """The page alone, on a machine that was measured with the draft and nothing else."""
    session.findings = findings()
    session.measurements[_what_counts(session.draft)] = MEASURED
    made = PlanPage(session, watcher)
    qtbot.addWidget(made)
    made.show()
    made.on_shown()
    return made


def test_that_the_three_parts_stand_side_by_side_with_their_costs(
    page: PlanPage, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(page._measuring._process, "start", lambda *_: None)
    cards = page.parts.parts.cards
    assert list(cards) == ["all", "last:2", "lora:8"]
    assert cards["all"].isChecked()
    for card in cards.values():
        assert card.cost.text().startswith("About ")
        assert card.cost.text().endswith(" memory")
    own = estimate_run(MEASURED, session.draft, 1_000, 300).seconds
    assert page._price(session.draft).seconds == pytest.approx(own)
    # The table below says what was measured: so do the cards, and what they differ by is scaled.
    measured = estimate_run(MEASURED, session.draft, 1_000, 300).memory_gib * GIB
    assert page._price(session.draft).num_bytes == pytest.approx(measured)
    pretrain = session.draft.pretrain.model_copy(update={"train": "last:2"})
    less = page._price(session.draft.model_copy(update={"pretrain": pretrain}))
    assert less.seconds is not None
    assert less.seconds < own
    assert less.num_bytes is not None
    assert less.num_bytes < measured
    cards["last:2"].click()
    assert session.draft.pretrain.train == "last:2"
    assert cards["last:2"].isChecked()
    session.undo.undo()
    assert cards["all"].isChecked()
    # What suits the model is open again: its learning rate goes with it.
    cards["last:2"].click()
    cards["all"].click()
    assert session.draft.pretrain.train == "auto"


def test_that_sizes_are_offered_where_the_images_call_for_another(
    session: Session, qtbot: QtBot
) -> None:
    parts = Parts(session)
    qtbot.addWidget(parts)
    parts.show()
    session.change("model", model={"name": DINO})
    parts.show_plan(session.draft, lambda _: Costs(60.0, 1e9), DataSizes(128))
    assert list(parts.sizes.cards) == ["", "126"]
    assert parts.sizes.cards["126"].cost.text() == "About 1 min, 1.0\N{NO-BREAK SPACE}GB memory"
    parts.sizes.cards["126"].click()
    assert session.draft.model.image_size == 126
    # Of images that are as large as the model's there is nothing to choose.
    parts.show_plan(session.draft, lambda _: Costs(), DataSizes(900))
    assert list(parts.sizes.cards) == ["", "126"]
    session.undo.undo()
    parts.show_plan(session.draft, lambda _: Costs(), DataSizes(900))
    assert not parts.sizes.isVisible()


def test_that_a_model_of_ones_own_has_choices_and_costs_once_it_was_looked_into(
    page: PlanPage, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(page._measuring._process, "start", lambda *_: None)
    session.image_side = 128
    session.change("model", model={"name": "/models/ours"})
    assert page.parts.parts.cards["last:2"].cost.text() == ""
    assert not page.parts.sizes.isVisible()
    # What the Model page's helper finds: DINOv2-S, whatever its folder is called.
    session.shapes["/models/ours"] = ImageShape(
        parameters=22_056_576,
        embed_dim=384,
        depth=12,
        patch=14,
        input_size=518,
        has_decoder=False,
        family="dino",
    )
    session.model_known.emit()
    assert page.parts.parts.cards["all"].isChecked()
    assert all(card.cost.text().endswith(" memory") for card in page.parts.parts.cards.values())
    assert page.parts.sizes.isVisible()
    assert list(page.parts.sizes.cards) == ["", "126"]
    assert "contrastive" in page.objective.words.text()


def test_that_auto_means_what_suits_the_model(session: Session) -> None:
    assert session.draft.pretrain.train == "auto"
    assert meant_part(session.draft) == "all"
    session.change("model", model={"name": DINO})
    assert meant_part(session.draft) == "all"
    session.change("objective", pretrain={"objective": "instance"})
    assert meant_part(session.draft) == "last:2"


def test_that_the_method_is_told_with_its_times(page: PlanPage, session: Session) -> None:
    titles = [card.accessibleName() for card in page.method.cards]
    assert titles == ["Further pre-training", "Self-distillation", "Fine-tuning"]
    assert all(card.time.text() for card in page.method.cards)
    session.change("none", distill={"rounds": 0})
    page.method.show_plan(session.draft, {})
    assert page.method.cards[1].sentence.text() == "Not in this plan."


def test_that_stages_are_grouped_and_each_is_there_on_demand(qtbot: QtBot) -> None:
    found = estimate_run(MEASURED, preset_recipe("quick"), 1_000, 300)
    groups = grouped(found.stages)
    assert [group.title for group in groups] == [
        *("Further pre-training", "Self-distillation, round 1"),
        *("Search for a learning rate: 3 models", "Fine-tuning: 3 models, 3 seeds each"),
    ]
    assert sum(group.seconds for group in groups) == pytest.approx(
        sum(stage.seconds for stage in found.stages)
    )
    assert groups[3].steps() == "300 each"
    table = EstimateTable()
    qtbot.addWidget(table)
    table.show_estimate(found, 16.0, 50.0)
    assert table.details.text() == f"All {len(found.stages)} stages"
    table.details.click()
    assert table._grid.rowCount() >= len(found.stages)


def test_that_a_finished_run_has_no_estimate(
    page: PlanPage, session: Session, tmp_path: Path
) -> None:
    recipe = Recipe.model_validate({"data": {"unlabeled": ["/x"]}})
    RunFolder.create(tmp_path / "run", recipe)
    session.open_run(tmp_path / "run")
    session.findings = findings()
    page.on_shown()
    assert page.table.total.text().startswith("This run was begun with this plan")
    assert not page.slider.isEnabled()
    assert not page._measuring.is_busy
