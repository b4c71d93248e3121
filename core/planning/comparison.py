"""A comparison: arms side by side over seeds, as an ordinary run folder. Torch-free.

What makes a run a comparison is the order of its fine-tunings: seed by seed over the arms, so that
what there is so far is paired.
"""

from collections.abc import Container, Sequence
from dataclasses import replace
from typing import Any

from core.errors import RunError
from core.language import _, ngettext
from core.planning.estimate import RunEstimate, StageEstimate
from core.recipe import Recipe, write_recipe
from core.recipe.arms import ARMS, interpolates_one_arm
from core.recipe.files import validated_recipe
from core.run.extensions import extended_from
from core.run.files import EXTENSIONS
from core.run.folder import RunFolder
from core.run.possible import missing_for, needs_distilling
from core.system.atomic import write_json

MOST_SEEDS = 100
# May differ from what a run was begun with: no part of what is learned.
_FREE = "runtime"


def is_comparison(recipe: Recipe) -> bool:
    """Whether a run with this recipe compares arms seed by seed."""
    return recipe.finetune.order == "seeds" and len(recipe.finetune.arms) > 1


def compared_recipe(
    recipe: Recipe,
    arms: Sequence[str],
    seeds: int,
    devices: Sequence[str] | None = None,
    pretrain_seeds: int | None = None,
) -> Recipe:
    """The recipe of a comparison; pre-training that no arm needs is left out.

    Args:
        recipe: Data, model, budget and settings.
        arms: What is compared, `base` among them. With `wise-ft` the others are not interpolated.
        seeds: Fine-tunings per arm.
        devices: Over which the fine-tunings are spread; None leaves the recipe's.
        pretrain_seeds: How often pre-training is done; None leaves the recipe's.

    Raises:
        RunError: It has no labels, makes not all of the arms, or has fewer fine-tunings of each
            than pre-trainings.
    """
    if recipe.data.labeled is None:
        raise RunError("compare-no-labels")
    lacking = {arm: missing for arm in arms if (missing := missing_for(arm, recipe))}
    if lacking:
        reason = _("{missing}, needed by {arms}").format(
            missing=next(iter(lacking.values())), arms=", ".join(sorted(lacking))
        )
        raise RunError("compare-arms", reason=reason, known=", ".join(ARMS))
    values: dict[str, Any] = recipe.model_dump(mode="json", exclude_none=True)
    values["finetune"] |= {"arms": list(arms), "num_seeds": seeds, "order": "seeds"}
    if interpolates_one_arm(arms):
        values["finetune"]["interpolate"] = False
    if pretrain_seeds is not None:
        values["pretrain"]["num_seeds"] = pretrain_seeds
    if values["pretrain"]["num_seeds"] > seeds:
        number = values["pretrain"]["num_seeds"]
        reason = _(
            "{number} pre-trainings need as many fine-tunings of each (--seeds {number})"
        ).format(number=number)
        raise RunError("compare-arms", reason=reason, known=", ".join(ARMS))
    if not any(needs_distilling(arm) for arm in arms):
        values["distill"]["rounds"] = 0
        if not any(ARMS[arm].start for arm in arms):
            values["pretrain"] |= {"steps": 0, "warmup_steps": 0}
    if devices is not None:
        values["runtime"]["devices"] = list(devices)
    return validated_recipe(values)


def with_more_seeds(run: RunFolder, seeds: int, devices: Sequence[str] | None = None) -> None:
    """Ask a comparison that does not train for so many seeds; fewer than it has change nothing.

    Args:
        run: The comparison.
        seeds: Fine-tunings per arm, those there are included.
        devices: Over which they are spread from now on; None leaves it.

    Raises:
        RunError: A trainer works on it, it is damaged or can't be written.
    """
    with run.lock():
        before = run.asked()
        # Later seeds come last, so the stages there are keep their names.
        number = max(seeds, before.finetune.num_seeds)
        taught = [arm for arm in before.finetune.arms if ARMS[arm].is_taught]
        if taught and number > before.finetune.num_seeds:
            reason = _("{taught} learned from all seeds there are: start a new comparison").format(
                taught=taught[0]
            )
            raise RunError("compare-arms", reason=reason, known=", ".join(ARMS))
        _note_extension(run, before.finetune.num_seeds, number)
        finetune = before.finetune.model_copy(update={"num_seeds": number})
        runtime = before.runtime
        if devices is not None:
            runtime = runtime.model_copy(update={"devices": tuple(devices)})
        changed = before.model_copy(update={"finetune": finetune, "runtime": runtime})
        try:
            write_recipe(run.recipe_file, changed)
        except OSError as error:
            reason = error.strerror or str(error)
            raise RunError("run-not-writable", path=run.path, reason=reason) from error


def _note_extension(run: RunFolder, before: int, after: int) -> None:
    """Keep that seeds are added to a comparison whose numbers somebody may have looked at."""
    if after == before or not run.results_file.exists():
        return
    try:
        write_json(run.path / EXTENSIONS, {"from_seeds": [*extended_from(run), before]})
    except OSError as error:
        reason = error.strerror or str(error)
        raise RunError("run-not-writable", path=run.path, reason=reason) from error


def differences(before: Recipe, asked: Recipe) -> list[str]:
    """Settings in which two comparisons differ; number of seeds and machine may be others."""
    found = []
    ours, theirs = before.model_dump(mode="json"), asked.model_dump(mode="json")
    for section, value in ours.items():
        if section == _FREE:
            continue
        if not isinstance(value, dict):
            if value != theirs[section]:
                found.append(section)
            continue
        found += [
            f"{section}.{key}"
            for key, inner in value.items()
            if inner != theirs[section][key] and (section, key) != ("finetune", "num_seeds")
        ]
    return found


def collapse_finetunings(
    estimate: RunEstimate, num_devices: int = 1, *, without: Container[str] = ()
) -> RunEstimate:
    """An estimate with all fine-tunings as one stage.

    Args:
        estimate: Of a comparison.
        num_devices: Over which the fine-tunings are spread.
        without: Names of stages that are there already.
    """
    there_s = sum(stage.seconds for stage in estimate.stages if stage.name in without)
    stages = tuple(stage for stage in estimate.stages if stage.name not in without)
    estimate = replace(estimate, stages=stages, seconds=estimate.seconds - there_s)
    tuned = [stage for stage in estimate.stages if stage.kind == "finetune"]
    if not tuned:
        return estimate
    alone_s = sum(stage.seconds for stage in tuned)
    at_once = max(1, min(num_devices, len(tuned)))
    num_trained = sum(1 for stage in tuned if stage.num_steps)
    times = ngettext("once", "{number} times", num_trained).format(number=num_trained)
    together = StageEstimate(
        name=f"00-finetune-{times}",
        kind="finetune",
        num_steps=sum(stage.num_steps for stage in tuned),
        seconds=alone_s / at_once,
        memory_gib=max(stage.memory_gib for stage in tuned),
        disk_gib=max(stage.disk_gib for stage in tuned) * at_once,
    )
    others = [stage for stage in estimate.stages if stage.kind != "finetune"]
    more_gib = max(0.0, together.disk_gib - max(stage.disk_gib for stage in estimate.stages))
    return replace(
        estimate,
        stages=(*others, together),
        seconds=estimate.seconds - alone_s + together.seconds,
        disk_gib=estimate.disk_gib + more_gib,
    )
