"""Probes tell good representations from bad ones, whatever the labels look like."""

import time

import numpy as np
import pytest

from core.evaluate.probe import ProbeScore, fit_linear, probe, stratified_folds


def clusters(num_examples, num_classes, distance, dim=32, seed=0):
    random = np.random.default_rng(seed)
    targets = np.arange(num_examples) % num_classes
    centres = np.random.default_rng(9).normal(size=(num_classes, dim))
    features = random.normal(size=(num_examples, dim)) + distance * centres[targets]
    return features.astype(np.float32), targets


def test_that_separate_classes_score_one_and_noise_scores_chance():
    good = probe(*clusters(200, 4, 4.0))
    assert good == ProbeScore(1.0, 1.0, 200)
    bad = probe(*clusters(200, 4, 0.0))
    assert 0.1 < bad.knn < 0.42
    assert 0.1 < bad.linear < 0.42


def test_that_a_better_representation_scores_higher():
    weak, strong = (probe(*clusters(300, 6, distance)) for distance in (0.25, 0.6))
    assert weak.knn < strong.knn
    assert weak.linear < strong.linear


def test_that_neighbours_are_compared_by_direction():
    features, targets = clusters(120, 3, 3.0)
    scale = np.random.default_rng(1).uniform(0.01, 100, (120, 1)).astype(np.float32)
    assert probe(features * scale, targets).knn == 1.0


def test_that_the_linear_probe_does_not_depend_on_the_scale_of_a_feature():
    features, targets = clusters(150, 3, 0.5)
    scale = np.logspace(-3, 3, 32, dtype=np.float32)
    plain, scaled = probe(features, targets), probe(features * scale, targets)
    assert scaled.linear == pytest.approx(plain.linear, abs=0.02)


def test_that_probing_twice_gives_the_same_score():
    features, targets = clusters(150, 5, 0.3)
    assert probe(features, targets, seed=3) == probe(features, targets, seed=3)


def test_that_a_held_out_split_is_scored_by_probes_fitted_elsewhere():
    fit, held = clusters(100, 4, 4.0, seed=1), clusters(60, 4, 4.0, seed=2)
    assert probe(*held, fit_on=fit) == ProbeScore(1.0, 1.0, 60)
    mislabeled = (fit[0], (fit[1] + 1) % 4)
    assert probe(*held, fit_on=mislabeled) == ProbeScore(0.0, 0.0, 60)


def test_that_a_held_out_class_that_was_never_fitted_counts_as_wrong():
    features, targets = clusters(100, 5, 4.0)
    known = targets < 4
    score = probe(features, targets, fit_on=(features[known], targets[known]))
    assert score == ProbeScore(0.8, 0.8, 100)


def test_that_classes_with_one_example_are_left_out_and_counted():
    features, targets = clusters(40, 4, 4.0)
    targets = targets.copy()
    targets[[0, 1]] = [7, 9]
    assert probe(features, targets) == ProbeScore(1.0, 1.0, 38, num_dropped=2)


def test_that_two_examples_per_class_are_enough():
    score = probe(*clusters(8, 4, 6.0))
    assert score == ProbeScore(1.0, 1.0, 8)


@pytest.mark.parametrize("targets", [[], [3], [0, 1, 2], [2, 2, 2, 2]])
def test_that_fewer_than_two_usable_classes_give_no_score(targets):
    features = np.ones((len(targets), 8), dtype=np.float32)
    score = probe(features, np.array(targets, dtype=np.int64))
    assert score.knn is None
    assert score.linear is None


def test_that_a_single_class_to_fit_on_gives_no_score():
    features, targets = clusters(30, 3, 2.0)
    assert probe(features, targets, fit_on=(features, np.zeros(30, np.int64))).linear is None


def test_that_features_that_are_not_finite_give_no_score():
    features, targets = clusters(30, 3, 2.0)
    features[4, 2] = np.nan
    assert probe(features, targets) == ProbeScore(None, None, 30)


def test_that_constant_features_score_without_a_warning():
    features = np.zeros((40, 8), dtype=np.float32)
    score = probe(features, np.arange(40) % 2)
    assert 0 <= score.knn <= 0.6


def test_that_more_examples_than_asked_for_are_subsampled():
    features, targets = clusters(300, 3, 4.0)
    assert probe(features, targets, max_examples=90).num_examples == 90
    held = clusters(200, 3, 4.0, seed=5)
    assert probe(*held, fit_on=(features, targets), max_examples=90).num_examples == 90


def test_that_folds_deal_every_class_out_evenly():
    targets = np.repeat(np.arange(6), [50, 20, 11, 5, 3, 2])
    fold = stratified_folds(targets, 5, np.random.default_rng(0))
    table = np.zeros((6, 5), dtype=int)
    np.add.at(table, (targets, fold), 1)
    assert (table.max(axis=1) - table.min(axis=1) <= 1).all()


def test_that_a_hundred_classes_are_probed_within_seconds():
    features, targets = clusters(2000, 102, 0.3, dim=192)
    start = time.process_time()
    score = probe(features, targets)
    assert time.process_time() - start < 6
    assert score.linear > 0.3


@pytest.mark.parametrize("num_classes", [2, 4])
def test_that_the_fitted_layer_is_the_probe(num_classes: int) -> None:
    features, targets = clusters(200, num_classes, 0.6)
    features = features * 5 + 3
    held, truth = features[150:], targets[150:]
    weight, bias = fit_linear(features[:150], targets[:150], num_classes)
    found = ((held @ weight.T + bias).argmax(1) == truth).mean()
    assert found == probe(held, truth, fit_on=(features[:150], targets[:150])).linear


def test_that_a_class_without_examples_is_not_predicted() -> None:
    features, targets = clusters(120, 3, 2.0)
    weight, bias = fit_linear(features, targets * 2, 6)
    assert set((features @ weight.T + bias).argmax(1)) == {0, 2, 4}


def test_that_nothing_is_fitted_on_one_class_or_broken_features() -> None:
    features, targets = clusters(20, 2, 1.0)
    assert fit_linear(features, np.zeros(20, dtype=int), 2) is None
    features[3, 1] = np.nan
    assert fit_linear(features, targets, 2) is None
