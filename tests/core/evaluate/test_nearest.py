"""Who is picked by whom, in a plane where it can be seen."""

import numpy as np

from core.evaluate.nearest import nearest_in_turn


def at(*degrees: float) -> np.ndarray:
    angles = np.radians(degrees)
    return np.stack([np.cos(angles), np.sin(angles)], axis=1)


def test_that_each_reference_picks_in_turn():
    # Three lie close to the first reference, one far from the second, yet nearest to it.
    candidates, references = at(0, 1, 2, 60, 200), at(0, 90)
    assert nearest_in_turn(candidates, references, 2).tolist() == [0, 3]
    # The second turn of the first reference is nearer than that of the second.
    assert nearest_in_turn(candidates, references, 3).tolist() == [0, 1, 3]
    assert nearest_in_turn(candidates, references, 5).tolist() == [0, 1, 2, 3, 4]


def test_that_lengths_do_not_count_and_what_is_no_number_comes_last():
    candidates = at(0, 50, 100) * np.array([[1e-3], [1e3], [1.0]])
    candidates[1] = np.nan
    assert nearest_in_turn(candidates, at(50), 2).tolist() == [0, 2]


def test_that_as_many_are_chosen_as_asked_for_whatever_the_references_share():
    random = np.random.default_rng(0)
    candidates = random.normal(size=(300, 8))
    references = np.repeat(random.normal(size=(1, 8)), 40, axis=0)
    chosen = nearest_in_turn(candidates, references, 120)
    assert len(np.unique(chosen)) == 120
    similarity = candidates @ references[0] / np.linalg.norm(candidates, axis=1)
    assert set(chosen) == set(np.argsort(-similarity)[:120])
