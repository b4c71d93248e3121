"""What figures and reports need of a run: its recipe and the numbers of its finished stages."""

import json
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.data.manifest_file import read_manifest
from core.errors import RunError
from core.recipe import Recipe
from core.recipe.arms import BASE, DISTILLED, FURTHER, phrase_of
from core.recipe.tasks import SINGLE, TASKS, Metric, metric_of
from core.run.encoder_files import ROUND
from core.run.files import SUMMARY
from core.run.folder import RunFolder


@dataclass(frozen=True)
class Tuned:
    """One fine-tuning: an arm with a seed.

    Attributes:
        arm: Its name.
        seed_index: Of the seed.
        train: The first metric of the task on the training examples; None where there were none.
        test: On the test examples, likewise.
        metric: Which that is.
    """

    arm: str
    seed_index: int
    train: float | None
    test: float | None
    metric: Metric = TASKS[SINGLE].metric


@dataclass(frozen=True)
class Fitted:
    """One pre-training stage: the L2 distance of its encoder's weights from the initial ones.

    Attributes:
        name: In words.
        arm: The arm whose encoder it makes; empty for a round that is not the last.
        order: 0 for further pre-training, else the round.
        distance: Over all weights, and by part of the encoder.
    """

    name: str
    arm: str
    order: int
    distance: dict[str, float]


@dataclass(frozen=True)
class RunNumbers:
    """A run, as far as it is finished.

    Attributes:
        run: Its folder.
        recipe: What was asked.
        summaries: By stage, its summary.
        tuned: Its fine-tunings.
        fitted: Its pre-training stages.
        num_labels: Labeled training examples.
    """

    run: RunFolder
    recipe: Recipe
    summaries: dict[str, dict[str, Any]]
    tuned: tuple[Tuned, ...]
    fitted: tuple[Fitted, ...]
    num_labels: int | None

    @property
    def metric(self) -> Metric:
        """What its fine-tunings are compared by."""
        return next((each.metric for each in self.tuned), TASKS[SINGLE].metric)

    @property
    def noun(self) -> str:
        """What one of its examples is called."""
        return self.recipe.modality.example


def read_run_numbers(path: Path) -> RunNumbers:
    """Read a run; stages that are not finished are left out.

    Raises:
        RunError: It is no run, or damaged.
    """
    run = RunFolder.open(path)
    recipe = run.recipe()
    summaries = _summaries(run)
    return RunNumbers(
        run=run,
        recipe=recipe,
        summaries=summaries,
        tuned=tuple(_tuned(each) for each in summaries.values() if "arm" in each),
        fitted=tuple(_fitted(recipe, summaries)),
        num_labels=_num_labels(run, recipe),
    )


def arm_in_words(arm: str) -> str:
    """What a reader knows the arm by."""
    return f"base ({phrase_of(BASE)})" if arm == BASE else phrase_of(arm)


def _summaries(run: RunFolder) -> dict[str, dict[str, Any]]:
    found = {}
    for file in sorted(run.stages.glob(f"*/{SUMMARY}")):
        name = file.relative_to(run.path).as_posix()
        try:
            summary = json.loads(file.read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise RunError("run-damaged", file=name, path=run.path, reason=error) from error
        if not isinstance(summary, dict):
            raise RunError("run-damaged", file=name, path=run.path, reason="not a JSON object")
        found[file.parent.name] = summary
    return found


def _tuned(summary: dict[str, Any]) -> Tuned:
    test = summary.get("test")
    metric = metric_of(test) if test else TASKS[SINGLE].metric
    return Tuned(
        arm=str(summary["arm"]),
        seed_index=int(summary.get("seed_index", 0)),
        train=summary.get(f"train_{metric.key}"),
        test=test[metric.key]["value"] if test else None,
        metric=metric,
    )


def _fitted(recipe: Recipe, summaries: dict[str, dict[str, Any]]) -> list[Fitted]:
    found = []
    for name, summary in summaries.items():
        distance = summary.get("distance_from_initial")
        if not distance:
            continue
        match = ROUND.fullmatch(name)
        if match is not None:
            number = int(match[1])
            arm = DISTILLED if number == recipe.distill.rounds else ""
            found.append(Fitted(f"round {number}", arm, number, distance))
        elif name.endswith("-further-pretrain"):
            found.append(Fitted(phrase_of(FURTHER), FURTHER, 0, distance))
    return found


def _num_labels(run: RunFolder, recipe: Recipe) -> int | None:
    """How many labels were trained on; None when that can't be read."""
    try:
        train = read_manifest(run.manifest_file).used_split("train")
    except RunError:
        return None
    most = recipe.data.labels_per_class
    if most is None:
        return len(train)
    return sum(min(most, count) for count in Counter(image.label for image in train).values())
