"""Runs that differ in one setting, for the figures that need more than one run.

Each is an ordinary run folder beside the others, which can be resumed, shown and exported alone.
What one has pre-trained and another would pre-train in just the same way is copied, not trained
again.
"""

import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.errors import RunError
from core.figures.shared_tunings import shareable_tunings
from core.recipe import DistillRecipe, PretrainRecipe, Recipe
from core.recipe.arms import BASE, DISTILLED, FURTHER
from core.recipe.files import validated_recipe
from core.run.files import RECIPE, SUMMARY
from core.run.folder import RunFolder

KINDS = ("further-steps", "rounds", "labels")
_ALL = "all"


@dataclass(frozen=True)
class SweptRun:
    """One run of a sweep: the name of its folder, and its recipe."""

    name: str
    recipe: Recipe


def plan_sweep(sweep: str, recipe: Recipe) -> list[SweptRun]:
    """The runs of a sweep like `rounds=0,1,2`, in an order in which later ones profit most.

    Args:
        sweep: `further-steps=…`, `rounds=…` or `labels=…` (per class; `all` for all of them).
        recipe: What they have in common.

    Raises:
        RunError: `sweep-unreadable`, `recipe-invalid`.
    """
    kind, sign, text = sweep.partition("=")
    if not sign or kind not in KINDS:
        raise RunError("sweep-unreadable", sweep=sweep, reason=f"it starts with none of {KINDS}")
    numbers = sorted({_number(sweep, kind, word.strip()) for word in text.split(",")})
    runs = []
    for number in numbers:
        name = _ALL if number == float("inf") else str(int(number))
        runs.append(SweptRun(f"{kind}-{name}", _changed(recipe, kind, number)))
    return runs


def open_swept(folder: Path, swept: SweptRun) -> RunFolder:
    """The folder of a run of the sweep, made unless it is there.

    Raises:
        RunError: `sweep-changed`, or as `RunFolder.create` and `open`.
    """
    path = folder / swept.name
    if not (path / RECIPE).exists():
        return RunFolder.create(path, swept.recipe)
    run = RunFolder.open(path)
    if _method(run.recipe()) != _method(swept.recipe):
        raise RunError("sweep-changed", path=path)
    return run


def share_stages(earlier: RunFolder, run: RunFolder) -> list[str]:
    """Copy what `run` would do in just the same way; returns the names of the copied stages.

    The list of files and the initial model are copied along, so that both saw the same.

    Raises:
        RunError: A recipe is damaged, or the folder can't be written.
    """
    found = _shareable(earlier, run.recipe())
    names = [name for name in found if not (run.stage(name) / SUMMARY).exists()]
    waiting = run.path / "copied.tmp"
    try:
        if names:
            if not run.manifest_file.exists():
                shutil.copyfile(earlier.manifest_file, run.manifest_file)
            if not run.model.exists():
                _copy(earlier.model, run.model, waiting)
        for name in names:
            _copy(earlier.stage(found[name]), run.stage(name), waiting)
    except OSError as error:
        reason = error.strerror or str(error)
        raise RunError("run-not-writable", path=run.path, reason=reason) from error
    return names


def shareable_stages(earlier: RunFolder, recipe: Recipe) -> list[str]:
    """Names of a recipe's stages that a run has done already, in just the same way.

    Raises:
        RunError: The recipe of the run is damaged.
    """
    return list(_shareable(earlier, recipe))


def _shareable(earlier: RunFolder, recipe: Recipe) -> dict[str, str]:
    """By the name that a stage has here, the name of the same one there, in order."""
    theirs = earlier.recipe()
    if recipe.race.minutes or theirs.race.minutes:
        return {}  # a race chose settings of its own
    found = {name: name for name in _finished(earlier) if _is_same(name, recipe, theirs)}
    return found | shareable_tunings(earlier, recipe, theirs)


def _number(sweep: str, kind: str, word: str) -> float:
    if kind == "labels" and word == _ALL:
        return float("inf")
    if not word.isdecimal():
        raise RunError("sweep-unreadable", sweep=sweep, reason=f"{word!r} is no whole number")
    return float(word)


def _changed(recipe: Recipe, kind: str, number: float) -> Recipe:
    values: dict[str, Any] = recipe.model_dump(mode="json", exclude_none=True)
    match kind:
        case "further-steps":
            values["pretrain"]["steps"] = int(number)
            values["distill"]["rounds"] = 0
            values["finetune"]["arms"] = [FURTHER if number else BASE]
        case "rounds":
            values["distill"]["rounds"] = int(number)
            values["finetune"]["arms"] = [DISTILLED if number else FURTHER]
        case _:
            values["data"].pop("labels_per_class", None)
            if number != float("inf"):
                values["data"]["labels_per_class"] = int(number)
    return validated_recipe(values)


def _finished(run: RunFolder) -> list[str]:
    return sorted(file.parent.name for file in run.stages.glob(f"*/{SUMMARY}"))


def _is_same(name: str, mine: Recipe, theirs: Recipe) -> bool:
    """Whether a stage of the one is a stage of the other, with the same outcome."""
    if _shared(mine) != _shared(theirs):
        return False
    if name.endswith("-decoder-warmup"):
        free = {"steps", "keep", "stop_early"}
        mine_pretrain, theirs_pretrain = (
            each.pretrain.model_dump(exclude=free) for each in (mine, theirs)
        )
        return bool(mine.pretrain.steps) and mine_pretrain == theirs_pretrain
    # The best by the probes, and an early end, depend on the probes and on the labels they had.
    same_labels = mine.data.labels_per_class == theirs.data.labels_per_class
    same_labels = same_labels and mine.probe == theirs.probe
    if mine.pretrain != theirs.pretrain or not (same_labels or not _is_by_probes(mine.pretrain)):
        return False
    if name.endswith("-further-pretrain"):
        return True
    number = name.rpartition("-self-distill-round-")[2]
    if not number.isdecimal() or int(number) > mine.distill.rounds:
        return False
    distills = [each.distill.model_dump(exclude={"rounds"}) for each in (mine, theirs)]
    return distills[0] == distills[1] and (same_labels or not _is_by_probes(mine.distill))


def _is_by_probes(section: PretrainRecipe | DistillRecipe) -> bool:
    return section.keep == "best" or section.stop_early


def _shared(recipe: Recipe) -> dict[str, Any]:
    dumped = recipe.model_dump(include={"seed", "data", "model", "objectives"})
    del dumped["data"]["labels_per_class"]
    return dumped


def _method(recipe: Recipe) -> Recipe:
    return recipe.model_copy(update={"runtime": Recipe().runtime})


def _copy(source: Path, target: Path, waiting: Path) -> None:
    """Copy a folder, whole or not at all."""
    shutil.rmtree(waiting, ignore_errors=True)
    shutil.copytree(source, waiting)
    shutil.rmtree(target, ignore_errors=True)
    target.parent.mkdir(parents=True, exist_ok=True)
    waiting.replace(target)
