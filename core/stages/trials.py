"""Trials of a search: short fine-tunings that validation examples judge, each done once."""

import json
import math
import shutil
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path
from typing import Final

import numpy as np
import torch
from safetensors.numpy import load_file, save

from core.models.masked_model import Classifier, State
from core.recipe import Recipe
from core.run.events import Event, Noticed, Progress, StepDone
from core.run.files import TRIALS
from core.run.plan import StagePlan
from core.stages.finetune_job import finetune_job, first_classifier, predict
from core.stages.flips import decided_flips
from core.stages.interpolation import SHARES, put_between, weights_of
from core.stages.masked_job import train
from core.stages.pairs import train_on_pairs
from core.stages.setup import RunSetup
from core.stages.validation_part import validation_part
from core.system.atomic import write_bytes, write_json
from core.training.failures import LossNotFinite
from core.training.ranks import Ranks

# From a fitted head fewer steps of warm-up let the loss rise before it falls: Adam's first steps go
# as far as any (`tests/benchmarks/README.md`).
_LEAST_WARMUP: Final = 30
# What their files begin with.
_ANSWERS: Final = "answers-"


@dataclass(frozen=True)
class Trial:
    """How an arm is fine-tuned.

    Attributes:
        lr: Peak learning rate; 0 with no steps: the classifier before any step.
        steps: Optimizer steps.
        on_pairs: Whether on pairs of labeled examples (`core.stages.pairs`).
    """

    lr: float
    steps: int
    on_pairs: bool = False


@dataclass(frozen=True)
class TrialOutcome:
    """What came of a trial on the validation examples.

    Attributes:
        loss: Mean log loss at the temperature that suits it best; infinite where it diverged.
        score: The task's first metric: of one label the share of right answers.
        share: How far from where it started to where it ended the classifier was best.
    """

    loss: float
    score: float
    share: float = 1.0


def with_trial(recipe: Recipe, trial: Trial) -> Recipe:
    """The recipe with a trial's rate and steps.

    Its warm-up is the same share of them; where that is less than 30 steps, 30, or a third of them.
    """
    finetune = recipe.finetune
    warmup = math.ceil(finetune.warmup_steps * trial.steps / max(1, finetune.steps))
    if finetune.warmup_steps:
        warmup = max(warmup, min(_LEAST_WARMUP, trial.steps // 3))
    changed = {
        "lr": trial.lr,
        "steps": trial.steps,
        "warmup_steps": min(warmup, max(0, trial.steps - 1)),
    }
    return recipe.model_copy(update={"finetune": finetune.model_copy(update=changed)})


def shares_of(recipe: Recipe) -> tuple[float, ...]:
    """How far on the way from first to last weights a classifier may be taken, ascending."""
    return SHARES if recipe.finetune.interpolate else (1.0,)


class Trials:
    """Trains and judges trials of an arm, each once; the finished ones are kept in its folder.

    Args:
        setup: The run.
        stage: Which search; its folder is there.
        keeps_answers: Whether what each trial says of the validation examples is kept, too.
        stepped: Told after each step, for whoever takes the time.

    Attributes:
        outcomes: Of the trials that are done.
        held: The examples that they are judged on.
        num_validation: How many those are.
        fitted_targets: Of the examples that are trained on.
        source: Where those are from, in words.
    """

    def __init__(
        self,
        setup: RunSetup,
        stage: StagePlan,
        *,
        keeps_answers: bool = False,
        stepped: Callable[[str, int], None] | None = None,
    ) -> None:
        fit, self.held, self.source = validation_part(setup)
        self._keeps_answers, self._stepped = keeps_answers, stepped
        self._flips = decided_flips(setup)
        self._outer, self._stage = setup, stage
        self._folder = setup.run.stage(stage.name)
        self._setup = replace(setup, train=fit)
        self._ranks = Ranks(setup.hardware)
        self._first: State | None = None
        self.num_validation = len(self.held)
        self.fitted_targets = fit.targets
        self.outcomes = _stored(self._folder)

    def outcome(self, trial: Trial) -> TrialOutcome:
        """What comes of a trial."""
        if trial not in self.outcomes:
            self._outer.context.raise_if_requested()
            self.outcomes[trial] = self._try(trial)
            values = [trial_values(each, found) for each, found in self.outcomes.items()]
            keep = partial(write_json, self._folder / TRIALS, values)
            self._outer.context.write(keep, "the search")
            # Its checkpoints are of no use any more.
            if self._outer.context.is_main:
                shutil.rmtree(self._folder_of(trial), ignore_errors=True)
            self._ranks.wait(self._outer.context)
        return self.outcomes[trial]

    def answers(self, trial: Trial) -> np.ndarray:
        """(N, C) what a trial that is done says of the examples that it is judged on."""
        found: np.ndarray = load_file(self._answers_of(trial))["probabilities"]
        return found

    def has_answers(self, trial: Trial) -> bool:
        """Whether those were kept: not of what diverged, or of what an older version began."""
        return self._answers_of(trial).exists()

    def forget_answers(self) -> None:
        """Remove what trials said."""
        if self._outer.context.is_main:
            for file in self._folder.glob(f"{_ANSWERS}*.safetensors"):
                file.unlink(missing_ok=True)

    def _answers_of(self, trial: Trial) -> Path:
        return self._folder / f"{_ANSWERS}{_name(trial)}.safetensors"

    def _keep_answers(self, trial: Trial, probabilities: np.ndarray) -> None:
        if self._keeps_answers:
            data = save({"probabilities": np.ascontiguousarray(probabilities)})
            keep = partial(write_bytes, self._answers_of(trial), data)
            self._outer.context.write(keep, "the answers")

    def _try(self, trial: Trial) -> TrialOutcome:
        context = self._outer.context.told(partial(self._hear, trial), self._stepped)
        setup = replace(self._setup, context=context)
        classifier = self._first_classifier(setup)
        if trial.steps:
            setup = replace(setup, recipe=with_trial(setup.recipe, trial))
            folder = self._folder_of(trial)
            folder.mkdir(exist_ok=True)
            stage = replace(self._stage, num_steps=trial.steps)
            how = train_on_pairs if trial.on_pairs else _train
            try:
                how(setup, stage, classifier, folder, flips=self._flips)
            except LossNotFinite:
                return TrialOutcome(math.inf, 0.0)
            if not trial.on_pairs:
                return self._best_between(setup, classifier, trial)
        classifier.to(setup.hardware.device)
        said = predict(setup, classifier, self.held)
        self._keep_answers(trial, said)
        return self._judged(said)

    def _best_between(self, setup: RunSetup, classifier: Classifier, trial: Trial) -> TrialOutcome:
        """The best on the way from where all trials start; of equals the furthest."""
        assert self._first is not None
        end = weights_of(classifier)
        found: list[tuple[TrialOutcome, np.ndarray]] = []
        for share in reversed(shares_of(setup.recipe)):
            put_between(classifier, self._first, end, share)
            said = predict(setup, classifier, self.held)
            found.append((replace(self._judged(said), share=share), said))
        best, said = min(found, key=lambda pair: pair[0].loss)
        self._keep_answers(trial, said)
        return best

    def _first_classifier(self, setup: RunSetup) -> Classifier:
        """What all trials start from; its head is fitted once."""
        if self._first is None:
            classifier = first_classifier(setup, self._stage)
            self._first = {
                name: value.detach().cpu().clone()
                for name, value in classifier.state_dict().items()
            }
            return classifier
        finetune = setup.recipe.finetune.model_copy(update={"head": "random"})
        recipe = setup.recipe.model_copy(update={"finetune": finetune})
        classifier = first_classifier(replace(setup, recipe=recipe), self._stage)
        classifier.load_state_dict(self._first)
        return classifier

    def _judged(self, probabilities: np.ndarray) -> TrialOutcome:
        if not np.isfinite(probabilities).all():
            return TrialOutcome(math.inf, 0.0)
        targets = self.held.targets
        balanced = self._setup.recipe.finetune.balance != "none"
        task = self._setup.task
        loss = task.loss(probabilities, targets, balanced=balanced)
        score = task.score(probabilities, targets)
        if self._ranks.world == 1:
            return TrialOutcome(loss, score)
        # Rank 0 decides for all: in the last bit their losses may differ.
        own = torch.tensor([loss, score], device=self._setup.hardware.device)
        agreed = self._ranks.sum(own if self._ranks.rank == 0 else torch.zeros_like(own))
        return TrialOutcome(*agreed.tolist())

    def _hear(self, trial: Trial, event: Event) -> None:
        """Steps of a trial are progress of the search; what the user should know goes through."""
        if isinstance(event, Noticed):
            self._outer.context.report(event)
        if isinstance(event, StepDone):
            pairs = " on pairs" if trial.on_pairs else ""
            what = f"Trying learning rate {trial.lr:g}, {trial.steps:,} steps{pairs}"
            done, total = event.step, event.num_steps
            progress = Progress(stage=self._stage.name, what=what, done=done, total=total)
            self._outer.context.report(progress)

    def _folder_of(self, trial: Trial) -> Path:
        return self._folder / f"trial-{_name(trial)}"


def _train(
    setup: RunSetup, stage: StagePlan, classifier: Classifier, folder: Path, *, flips: bool
) -> None:
    train(setup, finetune_job(setup, stage, classifier, folder, flips=flips))


def _name(trial: Trial) -> str:
    return f"{trial.lr:g}-{trial.steps}" + ("-pairs" if trial.on_pairs else "")


def trial_values(trial: Trial, found: TrialOutcome) -> dict[str, float | None]:
    """For JSON, which has no infinity."""
    loss = found.loss if math.isfinite(found.loss) else None
    return {**asdict(trial), "loss": loss, "score": found.score, "share": found.share}


def _stored(folder: Path) -> dict[Trial, TrialOutcome]:
    """The trials that an earlier process finished."""
    try:
        values = json.loads((folder / TRIALS).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    return {
        Trial(each["lr"], each["steps"], each.get("on_pairs", False)): TrialOutcome(
            math.inf if each["loss"] is None else each["loss"],
            # What older versions called it.
            each.get("score", each.get("accuracy", 0.0)),
            each["share"],
        )
        for each in values
    }
