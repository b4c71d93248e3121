"""What is known of a classifier's answers where a run has no validation part.

Of a fine-tuned one: the search of its learning rate has trained the same way on four fifths of the
training examples, and kept what came of it for the other fifth. Of a linear layer on a frozen
encoder: what layers that were fitted on four fifths say of the other, for every fifth (Stone 1974,
Cross-validatory choice and assessment of statistical predictions). The classifier itself learns
from all of them, and is a little better; so what is told by these is about right, not exact. The
search's one was chosen by these very examples, too: so it is made surer only as far as they prove
(`core.evaluate.calibration.cautious`).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial, reduce
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import torch
from safetensors.numpy import load_file, save

from core.recipe.arms import ARMS, FROZEN
from core.run.files import HELD_OUT
from core.run.plan import SEARCH, StagePlan
from core.stages.modality import LabeledExamples
from core.stages.setup import RunSetup
from core.stages.tasks.task import StageTask
from core.stages.tested import readable
from core.stages.trial import Trial
from core.stages.trials import Trials
from core.stages.validation_part import groups_of_training
from core.system.atomic import write_bytes
from core.training.seeds import numpy_generator

if TYPE_CHECKING:
    from core.evaluate.regularised_probe import LinearLayer

# Where a calibration is from, in summaries; those of older versions are all of the first kind.
VALIDATION_PART = "validation"
FIFTH = "held out"
CROSS_FITTED = "cross-validation"


@dataclass(frozen=True, eq=False)
class LabeledAnswers:
    """Answers of examples whose true ones are known.

    Attributes:
        probabilities: (N, C) what is said.
        targets: (N, …) what is true.
        rows: (N,) their places in the training part; None: unknown, or they are of another.
    """

    probabilities: np.ndarray
    targets: np.ndarray
    rows: np.ndarray | None = None

    def tempered(self, task: StageTask, temperature: float) -> "LabeledAnswers":
        """With logits that are divided by a temperature."""
        return replace(self, probabilities=task.tempered(self.probabilities, temperature))

    def of(self, rows: np.ndarray) -> "LabeledAnswers":
        """Some of them."""
        places = None if self.rows is None else self.rows[rows]
        return LabeledAnswers(self.probabilities[rows], self.targets[rows], places)


def save_held_out(folder: Path, held: LabeledAnswers) -> None:
    """Keep them beside a classifier, or a search."""
    arrays = {"probabilities": held.probabilities, "targets": held.targets}
    if held.rows is not None:
        arrays["rows"] = held.rows
    data = save({name: np.ascontiguousarray(values) for name, values in arrays.items()})
    write_bytes(folder / HELD_OUT, data)


def keep_held_out(setup: RunSetup, stage: StagePlan, trials: Trials, chosen: Trial) -> None:
    """Keep what the trial that is most like it said of the examples that the search held out.

    Args:
        setup: The run.
        stage: The search.
        trials: Its trials, all done.
        chosen: Of what rate and how many steps, and whether on pairs.
    """
    if not setup.context.is_main:
        return
    folder = setup.run.stage(stage.name)
    nearest = trials.nearest_to(chosen)
    is_kept = nearest is not None and trials.has_answers(nearest) and not len(setup.val)
    said = trials.answers(nearest) if nearest is not None and is_kept else None
    if said is not None and np.isfinite(said).all():
        held, said = readable(setup, trials.held, said)
        kept = LabeledAnswers(said, held.targets, held.rows)
        if setup.task.task.is_single:
            kept = kept.of(np.isin(held.targets, trials.fitted_targets))
        setup.context.write(partial(save_held_out, folder, kept), "the answers")
    trials.forget_answers()


def held_out_of_search(setup: RunSetup, arm: str) -> LabeledAnswers | None:
    """What an arm's search kept; None: nothing.

    What is averaged of others, or taught by them, is another classifier than the search's.
    """
    if not ARMS[arm].is_trained_alone:
        return None
    for stage in setup.stages:
        file = setup.run.stage(stage.name) / HELD_OUT
        if (stage.kind, stage.arm) == (SEARCH, arm) and file.exists():
            found = _stored(file)
            return found if len(found.targets) else None
    return None


def answers_held_out(
    setup: RunSetup, answers: Sequence[tuple[str, Path]], fewest: int
) -> dict[str, LabeledAnswers]:
    """What each classifier is known to say of training examples that it had not learned.

    Args:
        setup: The run.
        answers: Names of classifiers, with the folders of their answers; a name once for each seed.
        fewest: How many of them there must be.

    Returns:
        By name, of the same examples in the same order; empty where one of the classifiers is not
        known that way (it was not searched, or is made of others), or where they are too few.
    """
    found: dict[str, LabeledAnswers] = {}
    rows: list[np.ndarray] = []
    for name, folder in answers:
        if name in found:
            # Its search was one for all seeds.
            continue
        if name in FROZEN:
            file = folder / HELD_OUT
            held = _stored(file) if file.exists() else None
        else:
            held = held_out_of_search(setup, name)
        # Older versions did not say which ones they were.
        if held is None or held.rows is None:
            return {}
        found[name] = held
        rows.append(held.rows)
    common = reduce(np.intersect1d, rows) if rows else np.zeros(0)
    if len(common) < fewest:
        return {}
    return {
        name: held.of(np.intersect1d(own, common, return_indices=True)[1])
        for (name, held), own in zip(found.items(), rows, strict=True)
    }


def _stored(file: Path) -> LabeledAnswers:
    kept = load_file(file)
    return LabeledAnswers(kept["probabilities"], kept["targets"], kept.get("rows"))


def cross_fitted(
    setup: RunSetup, features: np.ndarray, layer: "LinearLayer"
) -> LabeledAnswers | None:
    """What layers like this one say of training examples that they were not fitted on.

    Of many examples some: the rest would tell no more. None where a fold can't be fitted.

    Args:
        setup: The run.
        features: (N, D) of its training examples.
        layer: Fitted on all of them.
    """
    # Late: scikit-learn takes seconds, and a run's first stages do without it.
    from core.evaluate.regularised_probe import MOST_CHOOSING

    random = numpy_generator(setup.recipe.seed, "cross-fitted")
    train, task = setup.train, setup.task
    rows = np.sort(random.permutation(len(train))[:MOST_CHOOSING])
    features, targets = features[rows], train.targets[rows]
    fold = _folds(setup, rows, random)
    said: np.ndarray = np.zeros((0, 0))
    is_known = np.ones(len(rows), dtype=bool)
    for number in np.unique(fold):
        fit, held = fold != number, fold == number
        own = task.fit_layer(
            *(features[fit], targets[fit], len(setup.classes)),
            seed=setup.recipe.seed,
            balanced=setup.recipe.finetune.balance != "none",
            # Of numbers it is chosen anew, which takes no time.
            strength=None if task.task.is_number else layer.strength,
        )
        if own is None:
            return None
        answers = task.activate(torch.from_numpy(own.logits(features[held]))).numpy()
        if not len(said):
            said = np.zeros((len(rows), answers.shape[1]), dtype=np.float32)
        said[held] = answers
        if task.task.is_single:
            # Of a class that was left out whole, layers know nothing; the classifier does.
            is_known[held] = np.isin(targets[held], targets[fit])
    examples = LabeledExamples(train.examples[rows][is_known], targets[is_known], rows[is_known])
    found, said = readable(setup, examples, said[is_known])
    return LabeledAnswers(said, found.targets, found.rows) if len(found) else None


def _folds(setup: RunSetup, rows: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """(N,) the fold of each of these training examples."""
    from core.evaluate.cross_validated import folds_of
    from core.evaluate.regularised_probe import FOLDS

    groups = groups_of_training(setup)
    if groups is None and not setup.task.task.is_single:
        found: np.ndarray = random.permutation(len(rows)) % FOLDS
        return found
    return folds_of(setup.train.targets[rows], None if groups is None else groups[rows], random)
