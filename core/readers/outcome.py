"""What a finished run found, read from its `results.json` for whoever shows it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.errors import RunError
from core.language import _
from core.readers.estimate import ScoreEstimate, read_estimate
from core.readers.judgement import Judgement, judge
from core.readers.lead import Lead, lead_for, subject_of, verdict_of
from core.readers.points import shown_difference
from core.readers.reasons import missing_or
from core.readers.recommendation import Recommendation, read_recommendation
from core.recipe.arms import ARM_PREFERENCE, ARMS, BASE, FROZEN, listed_place
from core.recipe.modality import Modality, modality_of_results
from core.recipe.tasks import SINGLE, TASKS, Task, task_named
from core.run.classifiers import classifiers_of
from core.run.files import RESULTS
from core.run.folder import RunFolder
from core.run.formats import RESULTS_FORMAT

# The order in which arms are shown; the last one is what the run is about.
_ORDER = ARM_PREFERENCE[::-1]


@dataclass(frozen=True)
class ClassScore:
    """One class on the test images; None where a number is not defined.

    `average_precision` and `threshold` are those of several labels per example, else None.
    """

    name: str
    num_images: int
    precision: float | None
    recall: float | None
    f1: float | None
    average_precision: float | None = None
    threshold: float | None = None


@dataclass(frozen=True, eq=False)
class SeedScore:
    """One classifier: an arm fine-tuned with one seed.

    Attributes:
        score: The first metric of the run's task on the test images: of one label the accuracy.
        per_class: In the order of the classes.
        matrix: (C, C) how many images of a class (row) were said to be of one (column), or None.
    """

    score: ScoreEstimate
    per_class: tuple[ClassScore, ...]
    matrix: NDArray[np.int64] | None


@dataclass(frozen=True, eq=False)
class ArmScore:
    """One way to the classifier, over all its seeds.

    Attributes:
        name: `base`, `further`, `distilled` or another one of the recipe's arms; or a row without
            fine-tuning, whose only seed is all there is.
        scores: The metrics of the run's task by their keys, means over the seeds.
        calibration_error: The expected one, mean over the seeds; None of numbers.
        against: By the name of another arm, the paired difference of the first metric; its value as
            it is shown beside them.
        seeds: Each seed's scores.
        spread: Standard deviation of the seeds' first metric; None for one seed.
        judgement: Whether it is better than the base model, the number of arms that were tested
            taken into account (Holm).
    """

    name: str
    scores: Mapping[str, ScoreEstimate]
    calibration_error: float | None
    against: Mapping[str, ScoreEstimate]
    seeds: tuple[SeedScore, ...]
    spread: float | None = None
    judgement: Judgement = Judgement.NOT_COMPARED

    @property
    def score(self) -> ScoreEstimate:
        """The first metric: of one label per example the accuracy."""
        return next(iter(self.scores.values()))


@dataclass(frozen=True, eq=False)
class RunOutcome:
    """What a run found.

    Attributes:
        run: The run folder.
        verdict: The answer in words, or why there is nothing to compare.
        arms: Arms that were tested; the base model first. Empty: nothing was compared.
        classes: Names of the classes.
        modality: What the examples are.
        num_pretraining: Images for pre-training.
        num_train: Labeled images for fine-tuning.
        num_test: Labeled images that no training has seen.
        no_classifier: Why nothing was fine-tuned; empty when it was.
        has_encoder: Whether a fitted encoder can be exported.
        classifiers: Names of the folders of classifiers, by arm and seed.
        interim: While fine-tunings are missing: how many are done, of how many.
        num_pretrainings: How often each pre-training was done; 0: older results don't say.
        frozen: What each encoder knows as it is: rows without fine-tuning.
        recommended: The classifier to start from; None while there is none.
        extended_from: How many seeds a comparison had each time that more were added.
        calibration: What sets how sure the classifiers are, in words; older results don't say.
        chosen: What a race of ways to adapt the model chose, in words; empty without one.
        harm: Of stages that made nothing better, were ended early or did harm, in words.
        task: What the classifiers were asked; its metrics are those of every row.
        constant: Of numbers, R² of always saying the training labels' mean, and that in words.
    """

    run: RunFolder
    verdict: str
    arms: tuple[ArmScore, ...]
    classes: tuple[str, ...]
    modality: Modality
    num_pretraining: int
    num_train: int
    num_test: int
    no_classifier: str
    has_encoder: bool
    classifiers: Mapping[tuple[str, int], str]
    interim: tuple[int, int] | None = None
    num_pretrainings: int = 0
    frozen: tuple[ArmScore, ...] = ()
    recommended: Recommendation | None = None
    calibration: str = ""
    chosen: str = ""
    extended_from: tuple[int, ...] = ()
    harm: str = ""
    task: Task = TASKS[SINGLE]
    constant: tuple[float, str] | None = None

    @property
    def rows(self) -> tuple[ArmScore, ...]:
        """All that was tested: the arms, then what was not fine-tuned."""
        return (*self.arms, *self.frozen)

    @property
    def subject(self) -> ArmScore | None:
        """Whom the answer is about: the recommended classifier if adapted, or the most fitted."""
        recommended = self.recommended.arm if self.recommended is not None else None
        rows = {row.name: row.judgement for row in self.rows}
        about = subject_of([arm.name for arm in self.arms], rows, recommended)
        return self.arm(about) if about is not None else None

    @property
    def difference(self) -> ScoreEstimate | None:
        """By how much the subject is better than the base model."""
        return self.subject.against.get(BASE) if self.subject is not None else None

    @property
    def judgement(self) -> Judgement:
        """Whether it helped."""
        return self.subject.judgement if self.subject is not None else Judgement.NOT_COMPARED

    @property
    def lead(self) -> Lead:
        """How the answer begins."""
        recommended = self.recommended.arm if self.recommended is not None else None
        value = self.difference.value if self.difference is not None else 0.0
        return lead_for(self.judgement, value, recommended)

    @property
    def is_pretrained_once(self) -> bool:
        """Whether pre-training has a part in what was tested and was not repeated."""
        return self.num_pretrainings == 1 and bool(self._pretrained)

    @property
    def is_frozen_of_first(self) -> bool:
        """Whether rows without fine-tuning are of one pre-training, while others are of several."""
        return self.num_pretrainings > 1 and bool(self._pretrained & FROZEN.keys())

    @property
    def _pretrained(self) -> set[str]:
        known = {**ARMS, **FROZEN}
        return {row.name for row in self.rows if row.name in known and known[row.name].start}

    def arm(self, name: str) -> ArmScore:
        """An arm or a row without fine-tuning by its name."""
        return next(arm for arm in self.rows if arm.name == name)


def read_outcome(run: RunFolder) -> RunOutcome:
    """Read what a finished run found.

    Raises:
        RunError: `run-gone`, `run-damaged`, `results-newer`.
    """
    if not run.path.exists():
        raise RunError("run-gone", path=run.path)
    values = run.read_json(RESULTS)
    found = values.get("format")
    if isinstance(found, int) and found > RESULTS_FORMAT:
        raise RunError("results-newer", path=run.path, found=found, known=RESULTS_FORMAT)
    try:
        return _outcome(run, values)
    except (KeyError, TypeError, ValueError, AttributeError, IndexError) as error:
        reason = missing_or(error)
        raise RunError("run-damaged", file=RESULTS, path=run.path, reason=reason) from error


def _outcome(run: RunFolder, values: dict[str, Any]) -> RunOutcome:
    data, interim = values["data"], values.get("interim")
    named: dict[str, Any] = values["arms"]
    base, task = named.get(BASE), task_named(values.get("task"))
    arms = [_arm(name, named[name], base, task) for name in sorted(named, key=_place)]
    return RunOutcome(
        run=run,
        task=task,
        constant=_constant(found, task) if (found := values.get("constant")) else None,
        verdict=verdict_of(values),
        arms=tuple(arms),
        classes=tuple(str(name) for name in data["classes"]),
        num_pretraining=int(data["pretraining_images"]),
        num_train=int(data["train_images"]),
        num_test=int(data["test_images"]),
        no_classifier=str(values.get("no_classifier") or ""),
        has_encoder=bool(values.get("encoder")),
        classifiers={key: folder.name for key, folder in classifiers_of(run).items()},
        # Before there were texts, results did not say.
        modality=modality_of_results(data.get("what", "image")),
        interim=(int(interim["done"]), int(interim["of"])) if interim else None,
        num_pretrainings=int(values.get("num_pretrainings", 0)),
        recommended=read_recommendation(values),
        extended_from=tuple(int(number) for number in values.get("extended_from", ())),
        harm=str(values.get("harm", "")),
        calibration=str(values.get("calibration", {}).get("words", "")),
        chosen=str((values.get("race") or {}).get("words", "")),
        frozen=tuple(
            _arm(name, each, base, task)
            for name, each in sorted(
                values.get("frozen", {}).items(), key=lambda row: listed_place(row[0])
            )
        ),
    )


def _constant(values: dict[str, Any], task: Task) -> tuple[float, str]:
    return float(values["mean"][task.metric.key]), str(values["words"])


def _place(arm: str) -> int:
    return _ORDER.index(arm) if arm in _ORDER else len(_ORDER)


def _arm(name: str, values: dict[str, Any], base: dict[str, Any] | None, task: Task) -> ArmScore:
    intervals, first = values["intervals"], task.metric.key
    against = {other: read_estimate(found) for other, found in values["against"].items()}
    if base is not None and BASE in against:
        scores = (float(each["intervals"][first]["value"]) for each in (values, base))
        shown = shown_difference(against[BASE].value, *scores)
        against[BASE] = replace(against[BASE], value=shown)
    spread = values.get("std", {}).get(first)
    return ArmScore(
        name=name,
        scores={metric.key: read_estimate(intervals[metric.key]) for metric in task.metrics},
        calibration_error=None if task.is_number else float(values["calibration_error"]),
        against=against,
        seeds=tuple(_seed(seed, task) for seed in values["seeds"]),
        spread=None if spread is None else float(spread),
        judgement=judge(values["against"].get(BASE)),
    )


def _seed(values: dict[str, Any], task: Task) -> SeedScore:
    if task.is_number:
        return SeedScore(read_estimate(values[task.metric.key]), (), None)
    rows = tuple(
        ClassScore(
            *(row["class"], int(row["support"]), row["precision"], row["recall"], row["f1"]),
            average_precision=row.get("average_precision"),
            threshold=row.get("threshold"),
        )
        for row in values["per_class"]
    )
    score = read_estimate(values[task.metric.key])
    if task.is_multi:
        return SeedScore(score, rows, None)
    matrix = np.asarray(values["confusion_matrix"], dtype=np.int64)
    if matrix.shape != (len(rows), len(rows)):
        raise ValueError(_("the confusion matrix does not fit the classes"))
    return SeedScore(score, rows, matrix)
