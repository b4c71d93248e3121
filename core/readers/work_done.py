"""How much of a run's work is done: one arithmetic for everyone who says a percentage."""

from collections.abc import Container, Mapping
from contextlib import suppress

from core.errors import RunError
from core.recipe import Recipe
from core.run.files import SUMMARY
from core.run.folder import RunFolder
from core.run.plan import USUAL_COSTS, plan_stages


def stage_works(recipe: Recipe, names: list[str]) -> dict[str, float]:
    """How much work each stage is; the same for all where the recipe tells of others.

    Args:
        recipe: What was asked.
        names: Of all stages, as the trainer told them.
    """
    plan = plan_stages(
        recipe,
        # Of a ViT with a light decoder and 75 % hidden; only the share done is made of it.
        USUAL_COSTS,
        decoder_is_fresh=any("decoder-warmup" in name for name in names),
        can_finetune=any("finetune" in name for name in names),
        is_raced=len(names) > 1,
    )
    works = {stage.name: stage.work for stage in plan}
    if not set(names) <= set(works):
        return dict.fromkeys(names, 1.0)
    return {name: works[name] for name in names}


def works_of(run: RunFolder, names: list[str]) -> dict[str, float]:
    """The same of a run; equal parts where its recipe can't be read."""
    with suppress(RunError):
        return stage_works(run.recipe(), names)
    return dict.fromkeys(names, 1.0)


def done_on_disk(run: RunFolder, names: list[str]) -> set[str]:
    """Stages that are complete, whether this run trained them or took them from another one."""
    return {name for name in names if (run.stage(name) / SUMMARY).is_file()}


def share_done(
    works: Mapping[str, float], done: Container[str], shares: Mapping[str, float]
) -> float:
    """From 0 to 1.

    Args:
        works: Of all stages.
        done: Names of the complete ones.
        shares: Of their steps, what those that have begun have done.
    """
    finished = sum(
        work * (1.0 if name in done else min(1.0, shares.get(name, 0.0)))
        for name, work in works.items()
    )
    total = sum(works.values())
    if not total:
        return sum(1 for name in works if name in done) / max(1, len(works))
    return min(1.0, finished / total)
