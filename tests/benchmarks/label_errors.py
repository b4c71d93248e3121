"""How many wrong labels are found: some are flipped at random, and looked for.

    uv run python -m tests.benchmarks.label_errors path/to/train --model path/to/model
        --set model.image_size=56

Only the given labels are used. In each draw a share of them is replaced by another class, drawn
evenly; what is then suspected (`redistill labels`) is compared with what was flipped. Labels that
were wrong before count as false alarms. Explained in README.md beside this file.

Draws share the examples and most of the false alarms, so that they are not that many more examples:
intervals are as wide as the counts of one draw make them.
"""

import argparse
from pathlib import Path

import numpy as np
from scipy.stats import binomtest

from core.cli.commands_labels import source_of
from core.cli.options_to_recipe import recipe_from_options
from core.evaluate.label_errors import folds_apart, held_out_probabilities, suggested, suspected
from core.labeling.examples import Outside, positions_of
from core.labeling.features import features_of
from core.labeling.suspects import judged_only


def known_features(data: Path, model: str, settings: list[str]) -> tuple[np.ndarray, np.ndarray]:
    """(N, D) features of all labeled examples, and (N,) their classes."""
    recipe = recipe_from_options(
        None, unlabeled=[], labeled=data, model=model, preset=None, settings=settings
    )
    source = source_of(recipe)
    outside = Outside(lambda *_: None)
    with source.looked(lambda found: judged_only(found, with_test=True), outside) as looked:
        examples, targets = positions_of(looked, ("train", "val", "test"))
        return features_of(looked, examples), targets


def flipped(targets: np.ndarray, share: float, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """(N,) classes of which some are another one, and (N,) which."""
    random = np.random.default_rng(seed)
    is_flipped = np.zeros(len(targets), dtype=bool)
    is_flipped[random.choice(len(targets), round(share * len(targets)), replace=False)] = True
    number = int(targets.max()) + 1
    shift = random.integers(1, number, len(targets))
    return np.where(is_flipped, (targets + shift) % number, targets), is_flipped


# What is a share, and of what.
_SHARES = {
    "precision": "suspected",
    "recall": "flipped",
    "precision of the first": "flipped",
    "label named": "found",
}


def interval_of(share: float, number: float) -> tuple[float, float]:
    """Wilson's 95 % interval of a share of so many."""
    number = max(round(number), 1)
    found = binomtest(round(share * number), number).proportion_ci(method="wilson")
    return float(found.low), float(found.high)


def found_of(
    features: np.ndarray, targets: np.ndarray, share: float, seed: int
) -> dict[str, float]:
    """What of one draw is found."""
    given, is_flipped = flipped(targets, share, seed)
    fold = folds_apart(given, np.arange(len(given)), None, seed)
    told = held_out_probabilities(features, given, int(targets.max()) + 1, fold, seed=seed)
    assert told is not None
    rows = suspected(given, *told)
    right = is_flipped[rows]
    most = int(is_flipped.sum())
    named = suggested(given, told[0])[rows[right]] == targets[rows[right]]
    return {
        "agreement": float((told[0].argmax(axis=1) == given).mean()),
        "flipped": most,
        "suspected": len(rows),
        "found": int(right.sum()),
        "precision": float(right.mean()) if len(rows) else 0.0,
        "recall": float(right.sum() / most),
        "precision of the first": float(right[:most].mean()),
        "label named": float(named.mean()) if len(named) else 0.0,
    }


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="How many flipped labels are found.")
    parser.add_argument("data", type=Path, help="Labeled examples; all of them are used.")
    parser.add_argument("--model", required=True)
    parser.add_argument("--set", dest="settings", action="append", default=[])
    parser.add_argument("--share", type=float, default=0.05, help="Of labels that are flipped.")
    parser.add_argument("--draws", type=int, default=3)
    asked = parser.parse_args()
    features, targets = known_features(asked.data, asked.model, asked.settings)
    print(f"{asked.data}: {len(targets)} examples of {targets.max() + 1} classes")
    draws = [found_of(features, targets, asked.share, seed) for seed in range(asked.draws)]
    means = {name: float(np.mean([draw[name] for draw in draws])) for name in draws[0]}
    for name, mean in means.items():
        line = f"{name:24} {mean:8.3f}  ({', '.join(f'{draw[name]:.3g}' for draw in draws)})"
        if name in _SHARES:
            low, high = interval_of(mean, means[_SHARES[name]])
            line += f"  95 % interval {low:.3f} to {high:.3f}"
        print(line)


if __name__ == "__main__":
    main()
