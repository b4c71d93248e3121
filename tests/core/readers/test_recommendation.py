"""Which classifier is offered first."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from core.evaluate.metrics import evaluate_predictions, example_scores
from core.evaluate.recommending import recommend_by_validation
from core.evaluate.verdict import summarise_arms, verdict
from core.readers.looks import share_of_look
from core.readers.recommendation import (
    chosen_classifier,
    is_refuted,
    read_recommendation,
    recommend_by_test,
    recommend_untested,
    which_one,
)
from core.recipe.arms import FROZEN, SIMPLEST_FIRST
from core.run.folder import RunFolder
from tests.fixtures.make_runs import RUNS


def right(number: int, accuracy: float, seeds: int = 3) -> list[np.ndarray]:
    """Which of so many examples are right; the mistakes of a better arm are a worse one's, too."""
    random = np.random.default_rng(0)
    difficulty = random.random(number)
    return [difficulty + random.normal(0, 0.01, number) < accuracy for _ in range(seeds)]


def rows_of(num_seeds: int = 3, error: float = 0.05, **accuracies: float) -> dict:
    """Rows of the results for 600 test examples; `_` stands for the hyphen."""
    rows = {
        name.replace("_", "-"): right(600, accuracy, 1 if name.startswith("probe") else num_seeds)
        for name, accuracy in accuracies.items()
    }
    targets = np.arange(600) % 2
    said = {
        name: [np.where(each, targets, 1 - targets) for each in seeds]
        for name, seeds in rows.items()
    }
    metrics = {
        name: [evaluate_predictions(np.eye(2)[p], targets, "ab", num_resamples=9) for p in seeds]
        for name, seeds in said.items()
    }
    scores = {name: [example_scores(targets, p, 2) for p in seeds] for name, seeds in said.items()}
    return summarise_arms(metrics, scores, fixed=FROZEN, error=error)


def test_that_the_simplest_come_first() -> None:
    first = ["probe-base", "base", "wise-ft", "soup", "recadam", "mars", "r3f", "l2sp"]
    assert list(SIMPLEST_FIRST[:9]) == [*first, "probe-further"]
    # Made of all others, it is the least simple of all.
    assert SIMPLEST_FIRST[-2:] == ("distilled", "pseudo-labels")
    assert "knn-base" not in SIMPLEST_FIRST


@pytest.mark.parametrize(
    ("accuracies", "chosen"),
    [
        # Nothing is better beyond chance: the simplest.
        ({"probe_base": 0.8, "base": 0.8, "further": 0.805, "distilled": 0.8}, "probe-base"),
        # Fine-tuning is, and nothing is better than that.
        ({"probe_base": 0.7, "base": 0.9, "further": 0.9, "distilled": 0.901}, "base"),
        # One step after another, each beyond chance.
        ({"probe_base": 0.6, "base": 0.75, "further": 0.75, "distilled": 0.9}, "distilled"),
        # The best of all is not asked for where something simpler is as good.
        ({"probe_base": 0.9, "base": 0.7, "distilled": 0.9}, "probe-base"),
    ],
)
def test_that_by_the_test_examples_only_what_is_beyond_chance_displaces_what_is_simpler(
    accuracies: dict[str, float], chosen: str
) -> None:
    found = recommend_by_test(rows_of(**accuracies), "image")
    assert found is not None
    assert found.arm == chosen
    assert (found.chosen_on, found.num_examples) == ("test", 600)
    # What was chosen by the test examples says so.
    assert "no validation images" in found.words


def test_that_more_test_examples_overrule_what_fewer_chose_and_say_so() -> None:
    rows = rows_of(probe_base=0.7, base=0.8, further=0.9, probe_further=0.72)
    few = recommend_by_validation(
        {name: right(50, 0.8, 1) for name in ("probe-base", "base", "further")}, "image"
    )
    assert few is not None
    assert (few.arm, is_refuted(few, rows)) == ("probe-base", True)
    found = recommend_by_test(rows, "image", instead=few)
    assert found is not None
    assert (found.arm, found.chosen_on) == ("further", "test")
    assert "The 50 validation images had chosen the frozen base model" in found.words
    assert "no validation images" not in found.words
    held = recommend_by_test(rows, "image", instead=replace(few, chosen_on="held out"))
    assert held is not None
    assert "The 50 training images that were held out for this had chosen" in held.words
    # What is simpler and better speaks against it as well, and nothing against the best.
    assert is_refuted(replace(few, arm="probe-further"), rows)
    assert not is_refuted(replace(few, arm="further"), rows)
    # No more examples than had chosen, or a difference that may be chance, prove nothing.
    assert not is_refuted(replace(few, num_examples=600), rows)
    assert not is_refuted(few, rows_of(probe_base=0.8, base=0.805, further=0.8))


def test_that_what_was_trained_once_is_not_chosen_by_the_test_examples() -> None:
    rows = rows_of(num_seeds=1, probe_base=0.7, base=0.8, further=0.9)
    found = recommend_by_test(rows, "image")
    assert found is not None
    assert found.arm == "probe-base"
    assert "chance" not in found.words
    assert "of what can be judged" in found.words


def test_that_each_look_at_a_comparison_claims_by_its_own_share() -> None:
    error = share_of_look(2)
    rows = rows_of(error=error, base=0.8, distilled=0.81)
    p = rows["distilled"]["against"]["base"]["p"]
    assert error < p < 0.05
    chosen = [recommend_by_test(rows, "image", error=each) for each in (0.05, error)]
    assert [found.arm for found in chosen if found] == ["distilled", "base"]
    assert rows["distilled"]["against"]["base"]["level"] == 1 - error
    assert f"{100 * (1 - error):g} % interval" in verdict(rows)


def test_that_on_validation_the_simplest_within_one_standard_error_is_chosen() -> None:
    # Mistakes of their own: 318 and 320 of 400 are right.
    near = {"probe-base": [np.arange(400) < 318], "base": [np.arange(400)[::-1] < 320] * 3}
    found = recommend_by_validation(near, "text")
    assert found is not None
    assert (found.arm, found.chosen_on, found.num_examples) == ("probe-base", "validation", 400)
    far = {"probe-base": right(400, 0.7, 1), "base": right(400, 0.8), "distilled": right(400, 0.8)}
    found = recommend_by_validation(far, "text")
    assert found is not None
    assert found.arm == "base"
    assert "fine-tuning alone (74.9 % on the validation texts): on these 400 " in found.words


def test_that_clusters_of_validation_examples_are_fewer_proofs() -> None:
    groups = np.repeat(np.arange(20), 30)
    # 30 more are right and 15 fewer: all of one group, and half of another.
    base, better = np.arange(600) < 300, np.arange(600) < 330
    better[:15] = False
    correct = {"base": [base], "distilled": [better]}
    alone, grouped = (
        recommend_by_validation(correct, "image", clusters=each) for each in (None, groups)
    )
    assert alone is not None
    assert grouped is not None
    assert (alone.arm, grouped.arm) == ("distilled", "base")


def test_that_without_examples_the_simplest_is_taken_and_that_is_said() -> None:
    found = recommend_untested(["distilled", "base", "probe-further"])
    assert found is not None
    assert found.arm == "base"
    assert "neither validation nor test" in found.words
    assert recommend_untested([]) is None


def test_that_results_of_an_older_version_recommend_what_their_verdict_says() -> None:
    run = RunFolder(RUNS / "0.1.0" / "finished")
    found = read_recommendation(run.read_json("results.json"))
    assert found is not None
    # Its verdict: no gain here.
    assert found.arm == "base"
    chosen = chosen_classifier(run, None)
    assert chosen is not None
    assert chosen[0] == "base"
    assert which_one(run, "distilled").endswith("the run recommends fine-tuning alone.")


def test_that_a_run_without_results_offers_the_simplest_there_is(tmp_path: Path) -> None:
    run = RunFolder(tmp_path)
    assert chosen_classifier(run, None) is None
    for folder in ("stages/02-finetune-distilled-seed-1", "stages/01-finetune-distilled-seed-0"):
        (tmp_path / folder).mkdir(parents=True)
        (tmp_path / folder / "classifier.json").touch()
    assert chosen_classifier(run, None) == (
        "distilled",
        tmp_path / "stages/01-finetune-distilled-seed-0",
    )
    (tmp_path / "frozen/probe-further").mkdir(parents=True)
    (tmp_path / "frozen/probe-further/classifier.json").touch()
    found = chosen_classifier(run, None)
    assert found is not None
    assert found[0] == "probe-further"
    assert chosen_classifier(run, "base") is None
