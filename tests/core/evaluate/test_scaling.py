"""Features that hardly vary have no part in fitted layers."""

import numpy as np
import pytest

from core.evaluate.probe import fit_linear
from core.evaluate.regularised_probe import fit_regularised
from core.evaluate.ridge import fit_ridge
from core.evaluate.scaling import LiveScaler, live_spreads, num_switched_off
from core.evaluate.sigmoid_layer import fit_tags


@pytest.fixture
def features() -> np.ndarray:
    """Two classes; the third feature is switched off, as in the last norm of MiniLM-L6."""
    random = np.random.default_rng(0)
    found = random.normal(size=(80, 4)).astype(np.float32)
    found[:, 0] += 2 * (np.arange(80) % 2)
    found[:, 2] *= np.float32(1e-30)
    return found


def test_that_spreads_are_judged_against_the_usual_one() -> None:
    found = live_spreads(np.array([2.0, 1.0, 0.01, 1e-9, 0.0]))
    assert found.tolist() == [2.0, 1.0, 0.01, np.inf, np.inf]
    # Nothing is usual where nothing varies.
    assert np.isinf(live_spreads(np.zeros(3))).all()


def test_that_what_hardly_varies_becomes_nothing(features: np.ndarray) -> None:
    scaled = LiveScaler().fit(features).transform(features)
    assert not scaled[:, 2].any()
    np.testing.assert_allclose(scaled[:, [0, 1, 3]].std(axis=0), 1, rtol=1e-5)
    assert num_switched_off(features) == 1
    assert num_switched_off(features[:, [0, 1, 3]]) == 0


def test_that_no_fitted_layer_has_weights_of_any_size(features: np.ndarray) -> None:
    targets = np.arange(80) % 2
    linear = fit_linear(features, targets, 2)
    regularised = fit_regularised(features, targets, 2, seed=0)
    several = fit_tags(features, np.eye(2)[targets], seed=0)
    ridge = fit_ridge(features, targets.astype(np.float64), seed=0)
    assert linear is not None
    weights = [linear[0]]
    for layer in (regularised, several, ridge):
        assert layer is not None
        weights.append(layer.weight)
    for weight in weights:
        assert np.abs(weight).max() < 100
        assert not np.atleast_2d(weight)[:, 2].any()
    logits = features @ linear[0].T + linear[1]
    assert (logits.argmax(1) == targets).mean() > 0.75
