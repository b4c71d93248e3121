"""Whether choosing what to label beats drawing it: accuracy of a probe by number of labels.

    uv run python -m tests.benchmarks.next_labels path/to/train --model path/to/model
        --set model.image_size=56

Only the given labels are used. In each draw a quarter of the examples is held out and judges; of
the rest all labels are hidden, and asked for in rounds: first `typical` (or at random), then in the
way that is tried. The judge is a regularised linear layer on frozen features of what is labeled.
Intervals are Student's: with few draws the spread between them is itself hardly known. Explained
in README.md beside this file.
"""

import argparse
from pathlib import Path

import numpy as np
from scipy.stats import t as student

from core.data.ways import Way, usual_way
from core.evaluate.probe import stratified_folds
from core.evaluate.regularised_probe import fit_regularised
from core.evaluate.worth_labeling import Pool, worth_labeling
from tests.benchmarks.label_errors import known_features

BUDGETS = (20, 50, 100)
_FOLDS = 4
_STEP = 10


def accuracies(
    features: np.ndarray, targets: np.ndarray, way: Way | None, first: Way, seed: int
) -> list[float]:
    """With so many labels each: what a probe of them gets right of what is held out."""
    random = np.random.default_rng(seed)
    held = stratified_folds(targets, _FOLDS, random) == 0
    pool, answers = features[~held], targets[~held]
    is_labeled = np.zeros(len(pool), dtype=bool)
    found = []
    for budget in BUDGETS:
        while (have := int(is_labeled.sum())) < budget:
            step = min(_STEP if have else BUDGETS[0], budget - have)
            known = Pool(pool[~is_labeled], pool[is_labeled], answers[is_labeled])
            usual = usual_way(have, len(np.unique(known.targets)))
            rows = worth_labeling(known, step, (way or usual) if have else first, seed)
            is_labeled[np.flatnonzero(~is_labeled)[rows]] = True
        known_ones = pool[is_labeled], answers[is_labeled]
        layer = fit_regularised(*known_ones, targets.max() + 1, seed=seed, balanced=True)
        said = layer.logits(features[held]).argmax(1) if layer is not None else -1
        found.append(float((said == targets[held]).mean()))
    return found


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="Whether choosing beats drawing.")
    parser.add_argument("data", type=Path, help="Labeled examples; all of them are used.")
    parser.add_argument("--model", required=True)
    parser.add_argument("--set", dest="settings", action="append", default=[])
    parser.add_argument("--draws", type=int, default=5)
    asked = parser.parse_args()
    features, targets = known_features(asked.data, asked.model, asked.settings)
    print(f"{asked.data}: {len(targets)} examples; accuracy with {BUDGETS} labels")
    ways: list[tuple[Way | None, Way]] = [
        ("random", "random"),
        ("typical", "typical"),
        ("diverse", "diverse"),
        ("uncertain", "typical"),
        (None, "typical"),
    ]
    drawn: np.ndarray | None = None
    for way, first in ways:
        found = np.array(
            [accuracies(features, targets, way, first, seed) for seed in range(asked.draws)]
        )
        drawn = found if drawn is None else drawn
        gain = found - drawn
        half = gain.std(axis=0, ddof=1) / len(gain) ** 0.5 * student.ppf(0.975, len(gain) - 1)
        cells = [
            f"{100 * mean:5.1f} ({100 * more:+5.1f} ± {100 * wide:4.1f})"
            for mean, more, wide in zip(found.mean(axis=0), gain.mean(axis=0), half, strict=True)
        ]
        name = way if way == first else f"{first}, then {way or 'what is usual'}"
        print(f"{name:24} {'  '.join(cells)}", flush=True)


if __name__ == "__main__":
    main()
