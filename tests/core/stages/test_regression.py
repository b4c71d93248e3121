"""Comparisons on examples with numbers: trained, judged, asked, exported, refused."""

import csv
import json
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from safetensors.numpy import load_file
from typer.testing import CliRunner

from core.cli.main import app
from core.data.manifest import Example, Manifest
from core.errors import RunError
from core.predict.outputs import NUMBERS
from core.predict.wanted import Listeners, Wanted
from core.readers.answers import read_test_rows
from core.readers.chance import against_chance
from core.readers.number_answers import read_number_answers
from core.readers.outcome import read_outcome
from core.recipe import Recipe
from core.recipe.doubts import doubts_about
from core.recipe.tasks import REGRESSION, TARGET, TASKS
from core.report.report import report_page
from core.run.decision import read_decision
from core.run.folder import RunFolder
from core.run.scale import Scale
from core.stages.labels import why_no_classifier
from core.stages.tasks.choose import refuse_what_it_lacks
from core.stages.tasks.regression import ErrorOfNumbers, Regression, put_scale_into
from tests.helpers.exports import said_by_runner
from tests.helpers.faces import export, predict, predict_files
from tests.helpers.numbers import numbers_run, numbers_text_run
from tests.helpers.worlds import World

ARMS = ["base", "distilled", "wise-ft"]
# What regularises fine-tuning, has stages of its own or averages seeds.
MORE = ("further", "recadam", "mars", "r3f", "l2sp", "distill-only", "soup", "pseudo-labels")


@pytest.fixture(scope="session")
def run(image_world: World) -> RunFolder:
    return numbers_run(image_world)


@pytest.fixture(scope="session")
def text_run(text_world: World) -> RunFolder:
    return numbers_text_run(text_world)


def pictures(run: RunFolder) -> list[Path]:
    return sorted((run.path.parent / "data" / "img").glob("*.png"))


def test_that_errors_count_in_standard_deviations_of_the_training_labels() -> None:
    outputs, labels = torch.tensor([[0.0], [2.0]]), torch.tensor([14.0, 10.0])
    scale = Scale(10.0, 2.0, 10.0)
    # 14 is two standard deviations above the mean, which the first output says.
    assert ErrorOfNumbers(scale, "mse")(outputs, labels).tolist() == [4.0, 4.0]
    # Huber's is half the square up to one, then a line: 2 - 1/2.
    assert ErrorOfNumbers(scale, "huber")(outputs, labels).tolist() == [1.5, 1.5]
    near = ErrorOfNumbers(scale, "huber")(torch.tensor([[0.5]]), torch.tensor([10.0]))
    assert near.tolist() == [0.125]


def test_that_answers_come_back_in_the_unit_of_the_labels() -> None:
    labels = np.array([8.0, 12.0, 16.0], dtype=np.float32)
    task = Regression().of_labels(labels)
    assert task.scale == Scale(12.0, pytest.approx(np.sqrt(32 / 3)), 12.0)
    logits = torch.tensor([[-1.0], [0.0], [0.5]])
    spread = np.sqrt(32 / 3)
    wanted = [12 - spread, 12, 12 + spread / 2]
    np.testing.assert_allclose(task.activate(logits)[:, 0], wanted, rtol=1e-6)
    layer = torch.nn.Linear(1, 1)
    before = layer(logits)
    put_scale_into(layer, task.scale)
    torch.testing.assert_close(layer(logits), task.activate(before))


def test_that_r3f_keeps_numbers_steady_by_their_squared_difference() -> None:
    one, other = torch.tensor([[1.0], [2.0]]), torch.tensor([[0.0], [4.0]])
    assert Regression().divergence(one, other).item() == pytest.approx((1 + 4) / 2)


def test_that_arms_are_compared_by_r2_and_told_in_the_unit_of_the_labels(run: RunFolder) -> None:
    outcome = read_outcome(run)
    assert outcome.task.name == REGRESSION
    assert outcome.classes == (TARGET,)
    assert {arm.name for arm in outcome.arms} == set(ARMS)
    assert {"probe-base", "knn-base", "probe-distilled"} <= {row.name for row in outcome.frozen}
    for row in outcome.rows:
        assert list(row.scores) == [metric.key for metric in TASKS[REGRESSION].metrics]
        assert all(each.low <= each.value <= each.high for each in row.scores.values())
        assert row.scores["r2"].high <= 1
        assert row.scores["mean_absolute_error"].low >= 0
    # Brightness is easy to see, even for a random model.
    assert outcome.arm("probe-base").score.value > 0.8
    assert "% R²" in outcome.verdict
    assert "are off by" in outcome.verdict
    assert "always saying the mean of the training labels" in against_chance(outcome)
    assert "margin" in outcome.calibration
    results = json.loads(run.results_file.read_text())
    assert (results["format"], results["task"]) == (4, REGRESSION)
    assert results["constant"]["mean"]["r2"] <= 0


@pytest.mark.slow
def test_that_every_arm_predicts_numbers(image_world: World) -> None:
    outcome = read_outcome(numbers_run(image_world, *MORE))
    assert {arm.name for arm in outcome.arms} == {*ARMS, *MORE}
    for arm in outcome.arms:
        assert np.isfinite(arm.score.value)
        assert arm.score.low <= arm.score.value <= arm.score.high <= 1
    assert "Holm's correction" in outcome.verdict


def test_that_margins_and_scale_are_those_of_the_labels(run: RunFolder) -> None:
    folder = run.frozen / "probe-base"
    decision, kept = read_decision(folder), load_file(folder / "validation.safetensors")
    errors = np.sort(np.abs(kept["probabilities"][:, 0] - kept["targets"]))
    assert decision.num_examples == len(errors) > 10
    assert decision.margin == pytest.approx(errors[int(np.ceil((len(errors) + 1) * 0.9)) - 1])
    assert 10 < decision.scale.mean < 30
    answers = read_number_answers(run, "probe-base", 0)
    assert decision.scale.spread == pytest.approx(answers.true.std(), rel=0.3)
    worst = answers.worst_first[0]
    off = np.abs(answers.predicted - answers.true)
    assert off[worst] == off.max()
    assert answers.files[worst].name.endswith(".png")


def test_that_predictions_are_numbers_with_margins_also_in_a_table(
    run: RunFolder, tmp_path: Path
) -> None:
    shown = pictures(run)[:6]
    out = tmp_path / "labels.csv"
    wanted = Wanted(table=out, embeddings=tmp_path / "vectors.parquet")
    predict_files(run, shown, wanted, "probe-base", listeners=Listeners(lambda *_: None))
    with out.open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert tuple(rows[0]) == NUMBERS
    margin = read_decision(run.frozen / "probe-base").margin
    with (run.path.parent / "data" / "labels.csv").open(newline="") as file:
        labels = {Path(row["path"]).name: float(row["label"]) for row in csv.DictReader(file)}
    for row, found in zip(rows, predict(run, shown, "probe-base"), strict=True):
        assert found.number is not None
        assert found.probabilities == ()
        assert found.number.margin == margin
        assert float(row["prediction"]) == pytest.approx(found.number.value, rel=1e-5)
        assert float(row["high"]) - float(row["prediction"]) == pytest.approx(margin, rel=1e-3)
        assert abs(labels[Path(row["path"]).name] - found.number.value) < 3 * margin


def test_that_lines_for_other_programs_have_the_same_keys_throughout(
    run: RunFolder, tmp_path: Path
) -> None:
    broken = tmp_path / "broken.png"
    broken.write_bytes(b"no picture")
    asked = ["predict", str(run.path), str(pictures(run)[0]), str(broken), "--json"]
    done = CliRunner().invoke(app, asked)
    assert done.exit_code == 0, done.output
    one, other = map(json.loads, done.stdout.splitlines())
    assert list(one) == list(other) == ["path", "problem", "prediction", "margin"]
    assert one["prediction"] is not None
    assert (other["prediction"], other["margin"]) == (None, None)
    assert other["problem"]


def test_that_what_goes_by_classes_is_refused(run: RunFolder, tmp_path: Path) -> None:
    listeners = Listeners(lambda *_: None)
    for wanted in (
        Wanted(sort_into=tmp_path / "sorted"),
        Wanted(table=tmp_path / "a.csv", unknown=0.9),
    ):
        with pytest.raises(RunError, match="regression") as refused:
            predict_files(run, pictures(run)[:1], wanted, "probe-base", listeners=listeners)
        assert refused.value.id == "task-lacks"
    with pytest.raises(RunError, match="see predicted against true numbers"):
        read_test_rows(run)


@pytest.mark.parametrize(
    "asked",
    [
        {"race": {"minutes": 5}},
        {"data": {"labels_per_class": 3}},
        {"finetune": {"balance": "sampling"}},
        {"finetune": {"balance": "weights"}},
        {"data": {"corrections": "labels.csv"}},
    ],
)
def test_that_a_recipe_is_refused_for_what_there_is_not(asked: dict[str, object]) -> None:
    with pytest.raises(RunError) as refused:
        refuse_what_it_lacks(Recipe.model_validate(asked), TASKS[REGRESSION])
    assert refused.value.id == "task-lacks"
    assert "write ranges of the numbers" in refused.value.action


@pytest.mark.parametrize(
    ("labels", "why"),
    [
        (("1000000.001", "1000000.002"), "are the same in 32 bits"),
        (("3.5", "3.5"), "have the same number"),
        (("1", "2"), ""),
    ],
)
def test_that_nothing_is_called_the_same_that_is_not(labels: tuple[str, str], why: str) -> None:
    examples = tuple(
        Example(f"{at}.png", 0, 1, 0, str(at), (8, 8), "", label, "train")
        for at, label in enumerate(labels)
    )
    manifest = Manifest(("/",), (), examples, (TARGET,), task_name=REGRESSION)
    said = why_no_classifier(manifest, Recipe())
    assert why in said
    assert bool(said) is bool(why)


def test_that_settings_that_suit_classes_are_said() -> None:
    recipe = Recipe.model_validate({"finetune": {"label_smoothing": 0.1}})
    said = doubts_about(recipe, 100, 100, TASKS[REGRESSION])
    assert any("label_smoothing has no effect" in words for words in said)
    assert any("mirrored at random (finetune.flips)" in words for words in said)
    assert not any("label_smoothing" in words for words in doubts_about(recipe, 100, 100))


def test_that_a_report_has_a_plot_of_numbers_and_no_confusions(run: RunFolder) -> None:
    page = report_page([run.path])
    assert "Predicted against true numbers" in page
    assert "The largest errors" in page
    assert "Mean absolute error" in page
    assert "Confusion matrix" not in page
    assert "Calibration error" not in page


@pytest.mark.parametrize(
    "name",
    [
        "timm",
        "transformers",
        pytest.param("onnx", marks=pytest.mark.slow),
        pytest.param("pt2", marks=pytest.mark.slow),
    ],
)
def test_that_exports_of_images_answer_in_the_unit_of_the_labels(
    run: RunFolder, tmp_path: Path, name: str
) -> None:
    arm = "probe-base" if name != "onnx" else "wise-ft"
    made = export(run, name, out=tmp_path / "export", arm=arm)
    assert made.parity["quantity"].startswith("predicted number")
    assert made.parity["max_abs_difference"] < 2e-3
    picture = pictures(run)[3]
    (found,) = predict(run, [picture], arm)
    (said,) = said_by_runner(made.folder, picture)
    spread = read_decision(run.frozen / "probe-base").scale.spread
    assert float(said.rpartition(": ")[2]) == pytest.approx(found.number.value, abs=5e-3 * spread)
    card = (made.folder / "README.md").read_text()
    assert "Predicts a number of an image" in card
    assert "mean absolute error" in card
    if name == "transformers":
        config = json.loads((made.folder / "config.json").read_text())
        assert config["problem_type"] == "regression"
        assert config["training_labels"]["spread"] == pytest.approx(spread)


def test_that_texts_with_numbers_go_all_the_way(text_run: RunFolder, tmp_path: Path) -> None:
    outcome = read_outcome(text_run)
    assert outcome.task.name == REGRESSION
    assert [arm.name for arm in outcome.arms] == ["base", "further"]
    # How often a word stands in a text is easy to see.
    assert outcome.arm("probe-base").score.value > 0.5
    asked = SimpleNamespace(arm="probe-base", text="a bag of stone stone stone and sand, number 7")
    table = tmp_path / "one.jsonl"
    table.write_text(json.dumps({"text": asked.text}))
    (found,) = predict(text_run, [table], asked.arm)
    made = export(text_run, "transformers", out=tmp_path / "export", arm=asked.arm)
    (said,) = said_by_runner(made.folder, asked.text)
    assert float(said.rpartition(": ")[2]) == pytest.approx(found.number.value, abs=0.02)
    config = json.loads((made.folder / "config.json").read_text())
    assert config["problem_type"] == "regression"


@pytest.mark.slow
@pytest.mark.parametrize("name", [pytest.param("onnx", marks=pytest.mark.slow), "pt2"])
def test_that_exports_of_texts_compute_the_same_numbers(
    text_run: RunFolder, tmp_path: Path, name: str
) -> None:
    made = export(text_run, name, out=tmp_path / "export", arm="probe-base")
    assert made.parity["max_abs_difference"] <= made.parity["tolerance"]
    assert "Predicts a number of a text" in (made.folder / "README.md").read_text()
