"""A comparison on examples with several labels: trained, judged, asked, exported, refused."""

import csv
import json
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.numpy import load_file

from core.errors import RunError
from core.predict.outputs import SEVERAL
from core.predict.wanted import Listeners, Wanted
from core.readers.answers import read_test_rows
from core.readers.chance import against_chance
from core.readers.outcome import read_outcome
from core.recipe import Recipe
from core.recipe.tasks import MULTI, SINGLE, TASKS
from core.report.report import report_page
from core.run.decision import read_decision
from core.run.folder import RunFolder
from core.stages.regularise.r3f import symmetric_divergence
from core.stages.tasks.choose import STAGE_TASKS, refuse_what_it_lacks
from core.stages.tasks.multi_label import BinaryCrossEntropy, MultiLabel
from tests.helpers.exports import said_by_runner
from tests.helpers.faces import export, predict, predict_files
from tests.helpers.several_labels import LABELS, several_labels_run, several_labels_text_run
from tests.helpers.worlds import World

# Besides those of `run`: what regularises fine-tuning, has stages of its own or averages seeds.
MORE = (
    *("further", "distilled", "recadam", "mars", "l2sp"),
    *("distill-only", "wise-ft", "soup", "pseudo-labels"),
)


@pytest.fixture(scope="session")
def run(image_world: World) -> RunFolder:
    return several_labels_run(image_world)


def pictures(run: RunFolder) -> list[Path]:
    return sorted((run.path.parent / "data" / "img").glob("*.png"))


def test_that_the_loss_is_the_mean_binary_cross_entropy_of_the_labels() -> None:
    logits, labels = torch.tensor([[0.0, 2.0]]), torch.tensor([[1.0, 0.0]])
    by_hand = (np.log(2) + np.log1p(np.exp(2.0))) / 2
    assert BinaryCrossEntropy()(logits, labels).item() == pytest.approx(by_hand)
    # Twice as many without it as with it: an example with it counts twice.
    weighted = BinaryCrossEntropy(torch.tensor([2.0, 1.0]))(logits, labels).item()
    assert weighted == pytest.approx(by_hand + np.log(2) / 2)
    smooth = BinaryCrossEntropy(smoothing=1.0)(logits, labels).item()
    assert smooth == pytest.approx((np.log(2) + np.log1p(np.exp(2.0)) - 1.0) / 2)


def test_that_answers_of_one_label_are_as_far_apart_as_those_of_two_classes() -> None:
    one, other = torch.tensor([[0.3], [1.0]]), torch.tensor([[-0.5], [2.0]])
    zeros = torch.zeros_like(one)
    both = [torch.cat([each, zeros], dim=1) for each in (one, other)]
    found = MultiLabel().divergence(one, other)
    torch.testing.assert_close(found, symmetric_divergence(*both))


def test_that_arms_are_compared_by_mean_average_precision(run: RunFolder) -> None:
    outcome = read_outcome(run)
    assert outcome.task.name == MULTI
    assert outcome.classes == LABELS
    assert [arm.name for arm in outcome.arms] == ["base", "r3f"]
    assert "probe-base" in {row.name for row in outcome.frozen}
    for row in outcome.rows:
        assert list(row.scores) == ["mean_average_precision", "micro_f1", "macro_f1"]
        assert all(0 <= each.low <= each.value <= each.high <= 1 for each in row.scores.values())
    assert "% mAP" in outcome.verdict
    assert "a ranking by chance: " in against_chance(outcome)
    results = json.loads(run.results_file.read_text())
    assert (results["format"], results["task"]) == (3, MULTI)
    assert "accuracy" not in results["arms"]["base"]


@pytest.mark.slow
def test_that_every_arm_says_several_labels(image_world: World) -> None:
    outcome = read_outcome(several_labels_run(image_world, *MORE))
    assert {arm.name for arm in outcome.arms} == {"base", "r3f", *MORE}
    for arm in outcome.arms:
        assert list(arm.scores) == ["mean_average_precision", "micro_f1", "macro_f1"]
        assert 0 <= arm.score.low <= arm.score.value <= arm.score.high <= 1
    assert "Holm's correction" in outcome.verdict


def test_that_thresholds_are_those_of_the_calibrated_validation_examples(run: RunFolder) -> None:
    folder = run.frozen / "probe-base"
    decision, kept = read_decision(folder), load_file(folder / "validation.safetensors")
    assert decision.num_examples == len(kept["targets"]) > 10
    again = STAGE_TASKS[MULTI].decision(kept["probabilities"], kept["targets"], len(LABELS))
    assert decision.thresholds == pytest.approx(again.thresholds)
    rows = json.loads((folder / "summary.json").read_text())["test"]["per_class"]
    assert [row["threshold"] for row in rows] == pytest.approx(decision.thresholds)


def test_that_predictions_say_every_label_above_its_threshold(run: RunFolder) -> None:
    decision = read_decision(run.frozen / "probe-base")
    limits = dict(zip(LABELS, decision.thresholds, strict=True))
    for found in predict(run, pictures(run)[:8], "probe-base"):
        assert found.said is not None
        shares = dict(found.probabilities)
        assert set(found.said) == {name for name in LABELS if shares[name] >= limits[name]}
        assert found.said == tuple(name for name, _ in found.probabilities if name in found.said)


def test_that_a_table_of_predictions_is_a_table_of_labels_again(
    run: RunFolder, tmp_path: Path
) -> None:
    out = tmp_path / "labels.csv"
    wanted = Wanted(table=out, embeddings=tmp_path / "vectors.parquet")
    listeners = Listeners(lambda *_: None)
    predict_files(run, pictures(run)[:4], wanted, "probe-base", listeners=listeners)
    with out.open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert tuple(rows[0]) == SEVERAL
    for row, found in zip(rows, predict(run, pictures(run)[:4], "probe-base"), strict=True):
        assert tuple(json.loads(row["labels"])) == found.said
        assert set(json.loads(row["probabilities"])) == set(LABELS)


def test_that_what_goes_by_one_class_is_refused(run: RunFolder, tmp_path: Path) -> None:
    listeners = Listeners(lambda *_: None)
    for wanted in (
        Wanted(sort_into=tmp_path / "sorted"),
        Wanted(table=tmp_path / "a.csv", unknown=0.9),
    ):
        with pytest.raises(RunError, match="multi-label classification") as refused:
            predict_files(run, pictures(run)[:1], wanted, "probe-base", listeners=listeners)
        assert refused.value.id == "task-lacks"
    with pytest.raises(RunError, match="go by one class per example"):
        read_test_rows(run)


@pytest.mark.parametrize(
    "asked",
    [
        {"race": {"minutes": 5}},
        {"data": {"labels_per_class": 3}},
        {"finetune": {"balance": "sampling"}},
        {"data": {"corrections": "labels.csv"}},
    ],
)
def test_that_a_recipe_is_refused_for_what_there_is_not(asked: dict[str, object]) -> None:
    recipe = Recipe.model_validate(asked)
    with pytest.raises(RunError) as refused:
        refuse_what_it_lacks(recipe, TASKS[MULTI])
    assert refused.value.id == "task-lacks"
    assert "data.task=single-label" in refused.value.action
    refuse_what_it_lacks(recipe, TASKS[SINGLE])


def test_that_a_report_has_a_table_of_labels_and_no_confusions(run: RunFolder) -> None:
    page = report_page([run.path])
    assert "Average precision" in page
    assert "Confusion matrix" not in page
    assert "any number of labels each" in page


def test_that_an_export_says_labels_by_its_own_thresholds(run: RunFolder, tmp_path: Path) -> None:
    made = export(run, "transformers", out=tmp_path / "export", arm="probe-base")
    assert made.parity["labels_agreement"] == 1.0
    config = json.loads((made.folder / "config.json").read_text())
    assert config["problem_type"] == "multi_label_classification"
    limits = json.loads((made.folder / "thresholds.json").read_text())
    assert config["thresholds"] == limits
    picture = pictures(run)[0]
    (found,) = predict(run, [picture], "probe-base")
    (said,) = said_by_runner(made.folder, picture)
    assert {name for name in LABELS if f"{name} (" in said} == set(found.said or ())
    card = (made.folder / "README.md").read_text()
    assert "mean average precision" in card
    assert "thresholds.json" in card


def test_that_texts_with_several_labels_go_all_the_way(text_world: World, tmp_path: Path) -> None:
    run = several_labels_text_run(text_world)
    outcome = read_outcome(run)
    assert outcome.task.name == MULTI
    assert outcome.classes == LABELS
    assert [arm.name for arm in outcome.arms] == ["base", "further"]
    # The labels' names stand in the texts.
    assert outcome.arm("probe-base").score.value > 0.7
    table, text = tmp_path / "one.jsonl", "the sky is very blue red and so on 7"
    table.write_text(json.dumps({"text": text}))
    (found,) = predict(run, [table], "base")
    made = export(run, "transformers", out=tmp_path / "export", arm="base")
    (said,) = said_by_runner(made.folder, text)
    assert {name for name in LABELS if f"{name} (" in said} == set(found.said or ())
    limits = json.loads((made.folder / "thresholds.json").read_text())
    chosen = read_decision(run.path / made.parity["stage"]).thresholds
    assert limits == dict(zip(LABELS, chosen, strict=True))
