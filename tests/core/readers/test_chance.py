"""An accuracy beside what always saying the most frequent class would reach."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from core.readers.chance import against_chance, chance_doubt, majority_of
from core.readers.estimate import ScoreEstimate
from core.readers.outcome import ArmScore, RunOutcome, SeedScore
from core.recipe.modality import AUTO, modality_named
from core.run.folder import RunFolder

# Of ten examples four are angry; seven answers are right.
MATRIX = np.array([[3, 1, 0], [0, 2, 1], [1, 0, 2]])


def outcome(low: float, value: float = 0.7) -> RunOutcome:
    score = ScoreEstimate(value, low, 0.9)
    seed = SeedScore(score, (), MATRIX)
    arm = ArmScore("base", {"accuracy": score}, 0.1, {}, (seed,))
    return RunOutcome(
        run=RunFolder(Path("run")),
        verdict="",
        arms=(arm,),
        classes=("anger", "joy", "fear"),
        modality=modality_named(AUTO),
        num_pretraining=0,
        num_train=10,
        num_test=10,
        no_classifier="",
        has_encoder=False,
        classifiers={},
    )


def test_that_the_most_frequent_class_is_of_the_truth_not_of_the_answers() -> None:
    majority = majority_of(outcome(0.5))
    assert majority is not None
    assert (majority.name, majority.share) == ("anger", 0.4)
    assert majority_of(replace(outcome(0.5), arms=())) is None
    assert against_chance(replace(outcome(0.5), arms=())) == ""


@pytest.mark.parametrize(
    ("low", "value", "words"),
    [
        (0.5, 0.7, "For comparison, always saying anger: 40.0 %."),
        (0.39, 0.42, "Hardly better than always saying anger: 40.0 %."),
        (0.2, 0.4, "No better than always saying anger: 40.0 %."),
    ],
)
def test_that_it_is_said_how_much_better_the_best_row_is(
    low: float, value: float, words: str
) -> None:
    found = outcome(low, value)
    assert against_chance(found) == words
    # Where there is little room, only what is to be doubted.
    doubt = chance_doubt(found, found.rows[0].name)
    assert doubt == ("" if words.startswith("For comparison") else words)
