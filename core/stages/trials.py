"""Trials of a search: short fine-tunings that validation examples judge, each done once."""

import math
import shutil
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Final

import numpy as np
import torch
from safetensors.numpy import load_file, save

from core.language import _
from core.models.masked_model import Classifier, State
from core.recipe.interpolating import judged_shares, shares_of
from core.run.events import Event, Noticed, Progress, StepDone
from core.run.files import TRIALS
from core.run.plan import StagePlan
from core.stages.finetune_job import finetune_job, first_classifier, predict
from core.stages.flips import decided_flips
from core.stages.interpolation import put_between, weights_of
from core.stages.masked_job import train
from core.stages.pairs import train_on_pairs
from core.stages.setup import RunSetup
from core.stages.trial import (
    Trial,
    TrialOutcome,
    is_clear,
    name_of,
    stored_trials,
    trial_values,
    with_trial,
)
from core.stages.validation_part import validation_part
from core.system.atomic import write_bytes, write_json
from core.training.failures import LossNotFinite
from core.training.ranks import Ranks

# What their files begin with.
_ANSWERS: Final = "answers-"


class Trials:
    """Trains and judges trials of an arm, each once; the finished ones are kept in its folder.

    What each says of the examples that it is judged on is kept there, too, until `forget_answers`.

    Args:
        setup: The run.
        stage: Which search; its folder is there.
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
        stepped: Callable[[str, int], None] | None = None,
    ) -> None:
        fit, self.held, self.source = validation_part(setup)
        self._stepped = stepped
        self._flips = decided_flips(setup)
        self._outer, self._stage = setup, stage
        self._folder = setup.run.stage(stage.name)
        self._setup = replace(setup, train=fit)
        self._ranks = Ranks(setup.hardware)
        self._first: State | None = None
        self.num_validation = len(self.held)
        self.fitted_targets = fit.targets
        self.outcomes = stored_trials(self._folder)

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

    def losses(self, trial: Trial) -> np.ndarray:
        """(N,) what each of them adds to the loss of a trial that is done and did not diverge."""
        return self._losses(self.answers(trial))

    def _losses(self, said: np.ndarray) -> np.ndarray:
        balanced = self._setup.recipe.finetune.balance != "none"
        return self._setup.task.losses(said, self.held.targets, balanced=balanced)

    def nearest_to(self, chosen: Trial) -> Trial | None:
        """Of those done at the rate that was chosen, and likewise, the one of the nearest length.

        What was chosen for all steps was tried with half of them at most.
        """
        kind = (chosen.lr, chosen.on_pairs)
        alike = [each for each in self.outcomes if (each.lr, each.on_pairs) == kind]
        return min(alike, key=lambda trial: abs(trial.steps - chosen.steps), default=None)

    def is_clearly_better(self, one: Trial, other: Trial) -> bool:
        """Whether a trial is better than another beyond chance between examples.

        Its loss and its score are, by `CLEARLY` standard errors of the differences each; its loss
        is plainly less where what one of them said is not there any more. Both must be done.
        """
        first, second = self.outcomes[one].loss, self.outcomes[other].loss
        if not math.isfinite(first + second) or not (
            self.has_answers(one) and self.has_answers(other)
        ):
            return first < second
        return self._is_clear(self.answers(one), self.answers(other))

    def _is_clear(self, one: np.ndarray, other: np.ndarray) -> bool:
        """Whether answers are better than others, in their losses and in what they are judged by.

        Short trials favour small rates in the loss (the short-horizon bias, Wu et al. 2018,
        arXiv 1803.02021): a classifier on its way is surer of its mistakes than one that stays
        where it began, and is right more often in the end.
        """
        first, second = (
            self._setup.task.kept_scores({"probabilities": said, "targets": self.held.targets})
            for said in (one, other)
        )
        return is_clear(self._losses(other) - self._losses(one)) and is_clear(first - second)

    def has_answers(self, trial: Trial) -> bool:
        """Whether those were kept: not of what diverged, or of what an older version began."""
        return self._answers_of(trial).exists()

    def forget_answers(self) -> None:
        """Remove what trials said."""
        if self._outer.context.is_main:
            for file in self._folder.glob(f"{_ANSWERS}*.safetensors"):
                file.unlink(missing_ok=True)

    def _answers_of(self, trial: Trial) -> Path:
        return self._folder / f"{_ANSWERS}{name_of(trial)}.safetensors"

    def _keep_answers(self, trial: Trial, probabilities: np.ndarray) -> None:
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
        """The furthest on the way from where all trials start that none is clearly better than.

        Where an arm of its own is for that, the end, and what was found on the way to it.
        """
        assert self._first is not None
        end = weights_of(classifier)
        judged = judged_shares(setup.recipe, self._stage.arm)
        found: list[tuple[TrialOutcome, np.ndarray]] = []
        for share in reversed(judged):
            put_between(classifier, self._first, end, share)
            said = predict(setup, classifier, self.held)
            found.append((replace(self._judged(said), share=share), said))
        best, said = self._furthest(found[: len(shares_of(setup.recipe))])
        self._keep_answers(trial, said)
        way = tuple((each.share, each.loss) for each, _ in reversed(found))
        return replace(best, way=way if len(judged) > 1 else ())

    def _furthest(
        self, found: list[tuple[TrialOutcome, np.ndarray]]
    ) -> tuple[TrialOutcome, np.ndarray]:
        """Of what was found from the end on, the first that the best is not clearly better than."""
        sound = [pair for pair in found if math.isfinite(pair[0].loss)]
        if not sound:
            return found[0]
        _, least = min(sound, key=lambda pair: pair[0].loss)
        return next(pair for pair in sound if not self._is_clear(least, pair[1]))

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
        loss = float(self._losses(probabilities).mean())
        score = self._setup.task.score(probabilities, self.held.targets)
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
            pairs = " " + _("on pairs") if trial.on_pairs else ""
            what = _("Trying learning rate {lr:g}, {steps:,} steps{pairs}").format(
                lr=trial.lr, steps=trial.steps, pairs=pairs
            )
            done, total = event.step, event.num_steps
            progress = Progress(stage=self._stage.name, what=what, done=done, total=total)
            self._outer.context.report(progress)

    def _folder_of(self, trial: Trial) -> Path:
        return self._folder / f"trial-{name_of(trial)}"


def _train(
    setup: RunSetup, stage: StagePlan, classifier: Classifier, folder: Path, *, flips: bool
) -> None:
    train(setup, finetune_job(setup, stage, classifier, folder, flips=flips))
