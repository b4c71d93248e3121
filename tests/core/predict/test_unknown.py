"""The answer "unknown": the sets hold the truth as often as was asked for."""

import csv
import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import save_file
from scipy.special import softmax
from typer.testing import CliRunner

from core.cli.main import app
from core.errors import RunError
from core.predict.predict import classifier_folder
from core.predict.prediction import Prediction, ranked
from core.predict.unknown import Sets, level_in_words, limit_of, open_sets
from core.predict.wanted import Listeners, Wanted
from core.recipe import Recipe
from core.recipe.tasks import MULTI, TASKS
from core.run.decision import Decision
from core.run.files import DECISION, VALIDATION
from core.run.folder import RunFolder, RunState
from tests.helpers.faces import predict, predict_files
from tests.helpers.worlds import World

CLASSES = ("a", "b", "c", "d")


def test_that_nothing_is_promised_of_several_labels(tmp_path: Path):
    save_file({"targets": np.zeros((20, 4), np.float32)}, tmp_path / VALIDATION)
    assert "90%" in level_in_words(tmp_path, 0.9)
    assert "99.9%" in level_in_words(tmp_path, 0.999)
    decision = Decision(TASKS[MULTI], (0.5,) * 4, 20).to_json()
    (tmp_path / DECISION).write_text(json.dumps(decision))
    assert level_in_words(tmp_path, 0.9) == ""


def answers(number: int, random: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Probabilities that are far too sure, and the truth."""
    logits = random.normal(0, 2, (number, 4))
    truth = np.array([random.choice(4, p=row) for row in softmax(logits / 2, axis=1)])
    return softmax(2 * logits, axis=1), truth


@pytest.mark.parametrize("level", [0.8, 0.9, 0.95])
@pytest.mark.parametrize("number", [25, 200])
def test_that_the_sets_hold_the_truth_as_often_as_asked(level: float, number: int) -> None:
    random = np.random.default_rng(0)
    asked, truth = answers(2000, random)
    held = []
    for _ in range(60):
        probabilities, targets = answers(number, random)
        limit = limit_of(probabilities[np.arange(number), targets], level)
        held.append((asked[np.arange(2000), truth] >= limit).mean())
    # On average over validation sets it is at least the level, and at most 1 / (n + 1) more; what
    # is left is the noise of 60 such sets.
    spread = 4 * np.std(held) / 60**0.5
    assert level - spread <= np.mean(held) <= level + 1 / (number + 1) + spread


def test_that_one_class_is_an_answer_and_several_or_none_are_not() -> None:
    sets = Sets(0.9, 0.3)
    for shares, candidates, is_unknown in (
        ((0.6, 0.2, 0.1, 0.1), ("a",), False),
        ((0.45, 0.1, 0.35, 0.1), ("a", "c"), True),
        ((0.25, 0.25, 0.25, 0.25), (), True),
    ):
        found = sets.with_candidates(Prediction(Path("x"), ranked(np.array(shares), CLASSES)))
        assert (found.candidates, found.is_unknown) == (candidates, is_unknown)
    unread = sets.with_candidates(Prediction(Path("x"), (), "no image"))
    assert not unread.is_unknown


def test_that_too_few_validation_examples_are_refused(tmp_path: Path) -> None:
    # Nine of ten, the one asked about included, may be kept: nine are enough for 90 %.
    assert limit_of(np.linspace(0.1, 0.9, 9), 0.9) == pytest.approx(0.1)
    with pytest.raises(RunError, match="at least 9 examples") as caught:
        limit_of(np.linspace(0.1, 0.9, 8), 0.9)
    assert caught.value.id == "unknown-needs-validation"
    with pytest.raises(RunError, match="there are 0"):
        open_sets(tmp_path, 0.9)


@pytest.fixture
def checked(undisturbed: RunFolder, tmp_path: Path) -> RunFolder:
    """A run whose recommended classifier was unsure of validation images."""
    shutil.copytree(undisturbed.path, tmp_path / "run")
    run = RunFolder(tmp_path / "run")
    results = json.loads(run.results_file.read_text())
    folder = run.frozen / results["recommended"]["arm"]
    # The true class had next to nothing: every class may be it.
    said = np.full((20, 3), 1e-9, dtype=np.float32)
    save_file(
        {"probabilities": said, "targets": np.zeros(20, dtype=np.int64)},
        folder / "validation.safetensors",
    )
    return run


def test_that_files_say_what_is_unknown_only_when_asked(
    checked: RunFolder, world: World, tmp_path: Path
) -> None:
    table, copies = tmp_path / "labels.csv", tmp_path / "sorted"
    listeners, asked = Listeners(lambda done, total: None), [world.labeled / "test"]
    predict_files(checked, asked, Wanted(table), listeners=listeners)
    with table.open(encoding="utf-8") as opened:
        assert next(csv.reader(opened)) == ["path", "label", "probability", "problem"]
    wanted = Wanted(table, sort_into=copies, unknown=0.9)
    predict_files(checked, asked, wanted, listeners=listeners)
    with table.open(encoding="utf-8") as opened:
        rows = list(csv.DictReader(opened))
    assert len(rows) == 12
    found = list(predict(checked, [world.labeled / "test"], unknown=0.9))
    for row, prediction in zip(rows, found, strict=True):
        assert row["is_unknown"] == ("yes" if prediction.is_unknown else "no")
        assert tuple(json.loads(row["candidates"])) == prediction.candidates
        assert row["label"] == prediction.probabilities[0][0]
    assert {row["is_unknown"] for row in rows} == {"yes"}
    assert len(list((copies / "unknown").iterdir())) == 12
    assert [folder.name for folder in copies.iterdir()] == ["unknown"]


def test_that_the_level_may_be_left_out_and_what_tells_it_is_said(
    checked: RunFolder, world: World
) -> None:
    image = str(next((world.labeled / "test").rglob("*.png")))
    for asked in (["--unknown", image], [image, "--unknown"], [image, "--unknown", "0.8"]):
        found = CliRunner().invoke(app, ["predict", str(checked.path), *asked, "--json"])
        assert found.exit_code == 0, found.output
        assert json.loads(found.stdout)["unknown"] is True
        level = "80%" if "0.8" in asked else "90%"
        told = f"The true class is kept in {level} of cases, for examples like the 20 of the"
        assert told in " ".join(found.stderr.split())


def test_that_without_a_validation_part_it_is_said_to_be_about_so_often(
    undisturbed: RunFolder, tmp_path: Path
) -> None:
    words = level_in_words(undisturbed.frozen / "probe-base", 0.9)
    assert words.startswith("The true class is kept in about 90% of cases")
    assert "24 training examples that a like training had not learned" in words
    assert level_in_words(tmp_path, 0.9) == ""


def test_that_a_finished_run_without_a_classifier_is_not_said_to_go_on(tmp_path: Path) -> None:
    run = RunFolder.create(tmp_path / "run", Recipe())
    with pytest.raises(RunError, match="it is new") as caught:
        classifier_folder(run)
    assert caught.value.id == "run-not-finished"
    run.write_status(RunState.FINISHED, "Done.")
    with pytest.raises(RunError, match="of classifiers it made: none") as caught:
        classifier_folder(run, "further")
    assert caught.value.id == "run-without"
