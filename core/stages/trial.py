"""What a trial of a search is, what comes of it, and how both are kept."""

import json
import math
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np

from core.evaluate.standard_error import standard_error
from core.recipe import Recipe
from core.run.files import TRIALS

# From a fitted head fewer steps of warm-up let the loss rise before it falls: Adam's first steps go
# as far as any (`tests/benchmarks/README.md`).
_LEAST_WARMUP: Final = 30
# Standard errors beyond which a search takes a difference for more than chance.
CLEARLY: Final = 1.0


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
        share: How far from where it started to where it ended the classifier is taken.
        way: Shares and the losses there, where they were compared.
    """

    loss: float
    score: float
    share: float = 1.0
    way: tuple[tuple[float, float], ...] = ()

    @property
    def least(self) -> float:
        """The least loss, at any share."""
        return min([self.loss, *(loss for _, loss in self.way)])


def is_clear(differences: np.ndarray) -> bool:
    """Whether (N,) paired differences are above zero by more than `CLEARLY` standard errors."""
    return float(differences.mean()) > CLEARLY * standard_error(differences)


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


def name_of(trial: Trial) -> str:
    """In names of files and folders."""
    return f"{trial.lr:g}-{trial.steps}" + ("-pairs" if trial.on_pairs else "")


def trial_values(trial: Trial, found: TrialOutcome) -> dict[str, Any]:
    """For JSON, which has no infinity."""
    values = {**asdict(trial), "loss": _finite(found.loss), "score": found.score}
    values["share"] = found.share
    if found.way:
        values["way"] = [{"share": share, "loss": _finite(loss)} for share, loss in found.way]
    return values


def _finite(loss: float) -> float | None:
    return loss if math.isfinite(loss) else None


def _read(loss: float | None) -> float:
    return math.inf if loss is None else loss


def stored_trials(folder: Path) -> dict[Trial, TrialOutcome]:
    """The trials that an earlier process finished."""
    try:
        values = json.loads((folder / TRIALS).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    return {
        Trial(each["lr"], each["steps"], each.get("on_pairs", False)): TrialOutcome(
            _read(each["loss"]),
            # What older versions called it.
            each.get("score", each.get("accuracy", 0.0)),
            each["share"],
            tuple((on["share"], _read(on["loss"])) for on in each.get("way", ())),
        )
        for each in values
    }
