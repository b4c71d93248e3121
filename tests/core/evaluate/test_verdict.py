"""The comparison of arms: gains are found, chance is called chance."""

import json

import numpy as np
import pytest

from core.evaluate.metrics import evaluate_predictions, example_scores
from core.evaluate.verdict import summarise_arms, verdict


def made(correct):
    """The metrics of two-class predictions that are right where `correct`."""
    targets = np.arange(len(correct)) % 2
    probabilities = np.full((len(correct), 2), 0.2)
    probabilities[np.arange(len(correct)), np.where(correct, targets, 1 - targets)] = 0.8
    return evaluate_predictions(probabilities, targets, ["no", "yes"], num_resamples=200)


def summarised(correct, **how):
    """Arms summarised from which images were right, per seed."""
    metrics = {arm: [made(row) for row in rows] for arm, rows in correct.items()}
    scores = {arm: [scores_of(row) for row in rows] for arm, rows in correct.items()}
    return summarise_arms(metrics, scores, **how)


def scores_of(correct):
    targets = np.arange(len(correct)) % 2
    return example_scores(targets, np.where(correct, targets, 1 - targets), 2)


def compared(num_seeds=3, **accuracies):
    """Arms with nested mistakes: an image that a better arm gets wrong, a worse one does too."""
    random = np.random.default_rng(0)
    difficulty = random.random(411)
    correct = {}
    for arm, accuracy in accuracies.items():
        noise = random.normal(0, 0.03, (num_seeds, 411))
        correct[arm] = list(difficulty + noise < accuracy)
    return summarised(correct), correct


@pytest.fixture(scope="module")
def gain():
    return compared(base=0.85, further=0.86, distilled=0.92)


def test_that_means_and_spread_are_over_seeds(gain):
    arms, correct = gain
    accuracies = [row.mean() for row in correct["base"]]
    assert arms["base"]["accuracy"] == pytest.approx(np.mean(accuracies))
    assert arms["base"]["std"]["accuracy"] == pytest.approx(np.std(accuracies, ddof=1))
    assert arms["base"]["num_seeds"] == 3
    assert len(arms["base"]["seeds"]) == 3


def test_that_intervals_hold_their_values(gain):
    arms, _ = gain
    for arm in arms.values():
        for metric, interval in arm["intervals"].items():
            assert interval["low"] < interval["value"] < interval["high"]
            assert interval["value"] == pytest.approx(arm[metric])


def test_that_pairing_sees_what_separate_intervals_can_not():
    arms, _ = compared(base=0.85, distilled=0.89)
    own, better = (arms[arm]["intervals"]["accuracy"] for arm in ("base", "distilled"))
    assert better["low"] < own["high"]
    difference = arms["distilled"]["against"]["base"]
    assert difference["is_clear"]
    assert difference["high"] - difference["low"] < own["high"] - own["low"]


def test_that_a_difference_read_backwards_changes_its_sign(gain):
    arms, _ = gain
    there, back = arms["distilled"]["against"]["base"], arms["base"]["against"]["distilled"]
    assert there["value"] == pytest.approx(-back["value"])
    assert there["low"] == pytest.approx(-back["high"], abs=0.01)


def test_that_a_gain_is_said_with_its_numbers(gain):
    text = verdict(gain[0])
    assert text.startswith("Self-distillation: ")
    assert "fine-tuning alone: " in text
    assert "on 411 test images" in text
    assert "points better (95 % interval +" in text


def test_that_no_gain_is_said_honestly():
    text = verdict(compared(base=0.86, distilled=0.86)[0])
    assert text.startswith("No gain here: self-distillation: ")
    assert "may be chance" in text


def test_that_a_loss_is_said_with_its_size():
    text = verdict(compared(base=0.9, distilled=0.8)[0])
    assert text.startswith("A loss here: ")
    assert "points worse (95 % interval " in text


def test_that_what_is_recommended_is_not_called_no_gain():
    arms, _ = compared(base=0.86, further=0.86, distilled=0.866)
    assert verdict(arms, recommended="base").startswith("No gain here: self-distillation: ")
    text = verdict(arms, recommended="distilled")
    assert text.startswith("Perhaps a gain: self-distillation: ")
    assert "may be chance" in text


def test_that_of_several_the_recommended_one_is_told_of():
    arms, _ = compared(base=0.86, further=0.864, distilled=0.862, mars=0.865)
    text = verdict(arms, recommended="distilled")
    assert text.startswith("Perhaps a gain. Over 3 comparisons")
    assert "what is recommended is self-distillation: " in text


def test_that_a_recommended_frozen_model_is_what_the_answer_is_about():
    arms, _ = compared(**{"base": 0.86, "distilled": 0.861, "probe-distilled": 0.85})
    frozen = {"probe-distilled": arms.pop("probe-distilled")}
    text = verdict(arms, frozen=frozen, recommended="probe-distilled")
    assert text.startswith("No sure difference: the frozen self-distilled model with a linear ")
    assert "Of what was fine-tuned in other ways, the best is self-distillation: " in text


def test_that_a_gain_that_is_not_needed_says_so(gain):
    text = verdict(gain[0], recommended="base")
    assert text.startswith("A gain here, but what is simpler may do as well: self-distillation: ")


def test_that_further_pretraining_is_named_when_it_alone_gains():
    text = verdict(compared(base=0.8, further=0.9, distilled=0.803)[0])
    assert text.startswith("No gain here")
    assert "Further pre-training: " in text
    assert text.endswith("does gain.")


def test_that_one_arm_alone_is_not_compared():
    text = verdict(compared(base=0.8)[0])
    assert text.startswith("Fine-tuning alone: ")
    assert text.endswith("there is nothing to compare with.")
    assert "nothing to compare" in verdict({})


def test_that_equal_arms_are_no_gain_and_no_proof_of_equality():
    rows = [np.random.default_rng(0).random(50) < 0.8] * 2
    arms = summarised({"base": rows, "distilled": rows})
    difference = arms["distilled"]["against"]["base"]
    assert (difference["value"], difference["p"], difference["is_clear"]) == (0.0, 1.0, False)
    assert difference["low"] < -0.02
    assert difference["high"] > 0.02
    assert verdict(arms).startswith("No gain here")
    text = verdict(arms, recommended="distilled")
    assert text.startswith("No sure difference: self-distillation: ")


WORDS_OF_A_VERDICT = ("better", "worse", "gain", "loss", "clear", "chance.", "use the base")


@pytest.mark.parametrize("distilled", [0.7, 0.86, 0.99])
def test_that_one_training_each_has_numbers_and_no_verdict(distilled):
    arms, _ = compared(num_seeds=1, base=0.86, further=0.9, distilled=distilled)
    text = verdict(arms)
    assert text.endswith("one training each: chance between trainings is not known.")
    assert "points (95 % interval " in text
    assert not [word for word in WORDS_OF_A_VERDICT if word in text.lower()]
    difference = arms["distilled"]["against"]["base"]
    assert not difference["is_judged"]
    assert not difference["is_clear"]


def test_that_what_is_on_the_way_is_not_judged_either():
    rows = list(np.random.default_rng(0).random((3, 200)) < 0.5)
    arms = summarised({"base": rows, "mars": [row | True for row in rows]}, is_interim=True)
    text = verdict(arms, is_interim=True)
    assert text.endswith("what it means is said when all fine-tunings are done.")
    assert not [word for word in WORDS_OF_A_VERDICT if word in text.lower()]


def test_that_perfect_arms_keep_the_exact_interval():
    rows = [np.ones(20, dtype=bool)] * 2
    interval = summarised({"base": rows})["base"]["intervals"]["accuracy"]
    assert interval == pytest.approx({"value": 1.0, "low": 0.025 ** (1 / 20), "high": 1.0})


def test_that_a_single_test_image_proves_nothing():
    right, wrong = [np.array([True])] * 3, [np.array([False])] * 3
    arms = summarised({"base": wrong, "distilled": right})
    assert not arms["distilled"]["against"]["base"]["is_clear"]
    assert "on 1 test image;" in verdict(arms)


def test_that_arms_with_different_numbers_of_seeds_are_compared():
    random = np.random.default_rng(2)
    rows = {"base": list(random.random((2, 300)) < 0.6), "distilled": random.random((4, 300)) < 0.9}
    difference = summarised(rows)["distilled"]["against"]["base"]
    assert difference["is_clear"]
    assert 0.2 < difference["value"] < 0.4


def test_that_an_arm_that_was_trained_once_is_not_judged_against_one_that_was_repeated():
    random = np.random.default_rng(2)
    rows = {"base": random.random((3, 300)) < 0.6, "distilled": random.random((1, 300)) < 0.9}
    arms = summarised(rows)
    assert not arms["distilled"]["against"]["base"]["is_judged"]
    assert "what was trained once is not judged" in verdict(arms)


def test_that_fine_tunings_of_one_pretraining_are_one_observation():
    random = np.random.default_rng(0)
    # Two pre-trainings, of 78 and 90 %; three fine-tunings of each, which hardly differ.
    difficulty = random.random(500)
    rows = [difficulty + random.normal(0, 0.005, 500) < (0.78, 0.9)[n % 2] for n in range(6)]
    base = [difficulty + random.normal(0, 0.005, 500) < 0.7 for _ in range(6)]
    correct = {"base": base, "further": rows}
    once, twice = (summarised(correct, num_pretrainings=number) for number in (1, 2))
    found = [arms["further"]["against"]["base"] for arms in (once, twice)]
    assert found[0]["value"] == pytest.approx(found[1]["value"])
    # Six trainings would prove it; two pre-trainings that are 12 points apart do not.
    assert found[0]["is_clear"]
    assert not found[1]["is_clear"]
    assert found[1]["high"] - found[1]["low"] > 3 * (found[0]["high"] - found[0]["low"])
    # The base has no pre-training: its six trainings stay six.
    assert once["base"]["intervals"] == twice["base"]["intervals"]


def test_that_the_summary_is_strict_json(gain):
    json.dumps(gain[0], allow_nan=False)


def test_that_seeds_that_disagree_widen_the_interval():
    rows = np.random.default_rng(0).random((3, 400))
    agreeing, disagreeing = rows < 0.8, rows < [[0.7], [0.8], [0.9]]
    widths = []
    for table in (agreeing, disagreeing):
        interval = summarised({"base": table})["base"]["intervals"]["accuracy"]
        widths.append(interval["high"] - interval["low"])
    assert widths[1] > 2 * widths[0]
