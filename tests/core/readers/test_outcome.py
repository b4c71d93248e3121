"""What a finished run found is read as it was written, and damage is said in words."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

from core.data.manifest import Example, Manifest
from core.data.manifest_file import read_manifest, write_manifest
from core.errors import RunError
from core.readers.answers import (
    classifier_stage,
    read_answers,
    read_test_rows,
)
from core.readers.curves import Curve, read_curves
from core.readers.judgement import ONE_TRAINING, PRETRAINED_ONCE, Judgement
from core.readers.outcome import read_outcome
from core.recipe.arms import FROZEN, FROZEN_LAYERS
from core.run.event_json import to_json
from core.run.events import ProbeDone, StageResumed, StageStarted, StepDone
from core.run.files import PREDICTIONS
from core.run.folder import RunFolder
from core.run.formats import RESULTS_FORMAT
from tests.helpers.faces import predict

ARMS = ["base", "further", "distilled"]


@pytest.fixture
def run(undisturbed: RunFolder, tmp_path: Path) -> RunFolder:
    """A copy that may be damaged."""
    shutil.copytree(undisturbed.path, tmp_path / "run")
    return RunFolder(tmp_path / "run")


def change_results(run: RunFolder, **values: object) -> None:
    results = json.loads(run.results_file.read_text())
    run.results_file.write_text(json.dumps({**results, **values}))


def test_that_all_arms_are_read_with_their_numbers(undisturbed: RunFolder) -> None:
    outcome = read_outcome(undisturbed)
    written = json.loads(undisturbed.results_file.read_text())
    assert [arm.name for arm in outcome.arms] == ARMS
    assert outcome.verdict == written["verdict"]
    assert outcome.num_test == 12
    assert outcome.subject is outcome.arm("distilled")
    assert [row.name for row in outcome.frozen] == list(FROZEN)
    assert {(arm, 0) for arm in (*ARMS, *FROZEN_LAYERS)} == set(outcome.classifiers)
    for arm in outcome.rows:
        (found,) = (
            written[key][arm.name] for key in ("arms", "frozen") if arm.name in written[key]
        )
        assert arm.score.value == pytest.approx(found["accuracy"])
        for seed in arm.seeds:
            assert seed.matrix.sum() == outcome.num_test
            assert [row.name for row in seed.per_class] == list(outcome.classes)


def test_that_predictions_lie_in_the_order_of_the_test_images(undisturbed: RunFolder) -> None:
    images = read_test_rows(undisturbed)
    paths = [images.path(index) for index in range(len(images))]
    for arm in ARMS:
        answers = read_answers(undisturbed, images, arm, 0)
        again = list(predict(undisturbed, paths, arm))
        assert [answers.classes[index] for index in answers.predicted] == [
            said.probabilities[0][0] for said in again
        ]
        np.testing.assert_allclose(
            answers.confidence, [said.probabilities[0][1] for said in again], atol=1e-3
        )
        assert [answers.classes[t] for t in answers.targets] == [path.parent.name for path in paths]


def test_that_cells_hold_the_images_that_the_matrix_counts(undisturbed: RunFolder) -> None:
    outcome = read_outcome(undisturbed)
    answers = read_answers(undisturbed, read_test_rows(undisturbed), "base", 0)
    matrix = outcome.arm("base").seeds[0].matrix
    for true in range(3):
        for said in range(3):
            cell = answers.cell(true, said)
            assert len(cell) == matrix[true, said]
            assert (np.diff(answers.confidence[cell]) <= 0).all()


def test_that_mistakes_come_the_most_confident_first(undisturbed: RunFolder) -> None:
    answers = read_answers(undisturbed, read_test_rows(undisturbed), "base", 0)
    found = answers.mistakes()
    assert set(found) == set(np.flatnonzero(answers.targets != answers.predicted))
    assert (np.diff(answers.confidence[found]) <= 0).all()
    of_one = answers.mistakes(true=0)
    assert set(of_one) == {index for index in found if answers.targets[index] == 0}


def test_that_only_test_images_are_read_of_a_manifest(undisturbed: RunFolder) -> None:
    whole = read_manifest(undisturbed.manifest_file)
    part = read_test_rows(undisturbed)
    images = whole.labeled_split("test")
    assert [part.path(i) for i in range(len(part))] == [whole.absolute(image) for image in images]
    assert [part.classes[label] for label in part.label] == [image.label for image in images]
    assert part.classes == whole.classes


def test_that_names_that_are_not_unicode_come_back_the_same(tmp_path: Path) -> None:
    names = ("b\udcff.png", "a\u00e5\u6f22.png")
    images = tuple(Example(n, 0, 1, 1, "x", (1, 1), "", "one", "test") for n in names)
    unlabeled = (Example("c.png", 0, 1, 1, "x", (1, 1), "", None, "test"),)
    manifest = Manifest((str(tmp_path),), unlabeled, images, ("one", "two"))
    write_manifest(manifest, tmp_path / "manifest.jsonl")
    part = read_test_rows(RunFolder(tmp_path))
    assert [part.path(i) for i in range(len(part))] == [manifest.absolute(i) for i in images]


def test_that_a_manifest_cut_short_is_said_also_when_read_in_part(run: RunFolder) -> None:
    lines = run.manifest_file.read_text().splitlines(keepends=True)
    run.manifest_file.write_text("".join(lines[:-1]))
    with pytest.raises(RunError, match="cut short") as caught:
        read_test_rows(run)
    assert caught.value.id == "manifest-damaged"


@pytest.mark.parametrize(
    ("interval", "judgement"),
    [
        ((0.1, 0.02, 0.2), Judgement.GAIN),
        ((0.1, -0.02, 0.2), Judgement.NO_GAIN),
        ((-0.1, -0.2, -0.02), Judgement.LOSS),
    ],
)
def test_that_the_interval_of_the_difference_judges(run: RunFolder, interval, judgement) -> None:
    arms = json.loads(run.results_file.read_text())["arms"]
    value, low, high = interval
    arms["distilled"]["against"]["base"] = {"value": value, "low": low, "high": high}
    change_results(run, arms=arms)
    assert read_outcome(run).judgement is judgement


def test_that_a_run_without_classifiers_is_a_state_and_no_error(run: RunFolder) -> None:
    change_results(run, arms={}, verdict="No labels.", no_classifier="No labels.")
    outcome = read_outcome(run)
    assert outcome.judgement is Judgement.NOT_COMPARED
    assert outcome.subject is None
    assert outcome.no_classifier == "No labels."


def test_that_one_training_each_is_not_judged(undisturbed: RunFolder) -> None:
    outcome = read_outcome(undisturbed)
    assert outcome.judgement is Judgement.NOT_JUDGED
    assert outcome.is_pretrained_once
    assert f"; {ONE_TRAINING}. {PRETRAINED_ONCE}" in outcome.verdict


def test_that_results_of_a_newer_version_are_refused(run: RunFolder) -> None:
    change_results(run, format=RESULTS_FORMAT + 1)
    with pytest.raises(RunError) as caught:
        read_outcome(run)
    assert caught.value.id == "results-newer"


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "{}", '{"arms": {}}', '{"arms": 3, "data": {}, "verdict": ""}']
)
def test_that_damaged_results_are_said_in_words(run: RunFolder, text: str) -> None:
    run.results_file.write_text(text)
    with pytest.raises(RunError) as caught:
        read_outcome(run)
    assert caught.value.id == "run-damaged"


def test_that_a_run_that_is_gone_is_said_in_words(tmp_path: Path) -> None:
    with pytest.raises(RunError) as caught:
        read_outcome(RunFolder(tmp_path / "nowhere"))
    assert caught.value.id == "run-gone"


def test_that_damaged_predictions_are_said_in_words(run: RunFolder) -> None:
    manifest = read_test_rows(run)
    file = classifier_stage(run, "base", 0) / PREDICTIONS
    tensors = load_file(file)
    save_file({name: tensor[:-1] for name, tensor in tensors.items()}, file)
    with pytest.raises(RunError, match="its images are not those of"):
        read_answers(run, manifest, "base", 0)
    save_file({"targets": tensors["targets"]}, file)
    with pytest.raises(RunError, match="'probabilities' is missing"):
        read_answers(run, manifest, "base", 0)
    file.write_bytes(b"\0" * 5)
    with pytest.raises(RunError, match="be read"):
        read_answers(run, manifest, "base", 0)
    shutil.rmtree(file.parent)
    with pytest.raises(RunError, match="it is missing"):
        read_answers(run, manifest, "base", 0)


def write_events(run: Path, *events) -> None:
    run.mkdir(exist_ok=True)
    (run / "events.jsonl").write_text("".join(to_json(event) + "\n" for event in events))


def step(number: int, loss: float) -> StepDone:
    return StepDone(
        stage="01-further-pretrain",
        step=number,
        num_steps=100,
        losses={"loss": loss},
        lr=0.1,
        images_per_s=1.0,
        stage_left_s=None,
        run_left_s=None,
        memory_gib=1.0,
    )


def probe(number: int, linear: float | None) -> ProbeDone:
    return ProbeDone(
        stage="01-further-pretrain",
        step=number,
        knn=0.5,
        linear=linear,
        is_best=True,
        distance_from_initial=0.0,
    )


def test_that_steps_and_probes_done_again_count_once(tmp_path: Path) -> None:
    stage = "01-further-pretrain"
    write_events(
        tmp_path / "run",
        StageStarted(stage=stage, num_steps=100),
        step(10, 3.0),
        step(20, 2.0),
        probe(20, 0.5),
        StageResumed(stage=stage, step=10, num_steps=100),
        step(20, 1.5),
        probe(20, 0.6),
        probe(30, None),
    )
    (found,) = read_curves(tmp_path / "run").stages
    assert found.num_steps == 100
    assert found.curves["loss"].steps.tolist() == [10, 20]
    assert found.curves["loss"].values.tolist() == [3.0, 1.5]
    assert found.curves["linear"].values.tolist() == [0.6]
    assert found.curves["knn"].steps.tolist() == [20, 30]


def test_that_a_stage_started_over_forgets_what_it_did(tmp_path: Path) -> None:
    stage = "01-further-pretrain"
    started = StageStarted(stage=stage, num_steps=100)
    write_events(tmp_path / "run", started, step(50, 3.0), started, step(10, 2.0))
    (found,) = read_curves(tmp_path / "run").stages
    assert found.curves["loss"].steps.tolist() == [10]


def test_that_a_run_without_events_has_no_curves(tmp_path: Path) -> None:
    assert read_curves(tmp_path).stages == ()


def test_that_a_long_curve_keeps_its_shape_with_fewer_points() -> None:
    steps = np.arange(12_345, dtype=np.float64)
    drawn = Curve(steps, steps**2).decimated(500)
    assert len(drawn) == 500
    assert (np.diff(drawn.steps) > 0).all()
    np.testing.assert_allclose(np.interp(6_000, drawn.steps, drawn.values), 6_000**2, rtol=1e-2)
