"""Fine-tunings that one run has done and another would do in just the same way."""

from core.recipe import Recipe
from core.recipe.arms import ARMS
from core.run.files import SUMMARY
from core.run.folder import RunFolder
from core.run.plan import SEARCH, USUAL_COSTS, StagePlan, plan_stages

# Of a comparison: which fine-tunings there are and in which order, but not what one is.
_FREE = {"arms", "num_seeds", "order"}


def shareable_tunings(earlier: RunFolder, recipe: Recipe, theirs: Recipe) -> dict[str, str]:
    """By the name that a stage would have, the name of the finished one that is the same.

    Searches for learning rates belong to them. Random numbers follow from seed, arm and number of
    the training, never from the name of a stage, which says where in its run it stands.

    Args:
        earlier: The run that was done before.
        recipe: What is asked now.
        theirs: What `earlier` was asked.
    """
    # Whether a decoder is trained first, which every later name counts, is known of theirs.
    ours, other = recipe.pretrain, theirs.pretrain
    if ours.steps and (not other.steps or ours.objective != other.objective):
        return {}
    is_fresh = any("-decoder-warmup" in folder.name for folder in earlier.stages.glob("*"))
    plans = [
        plan_stages(each, USUAL_COSTS, decoder_is_fresh=is_fresh, can_finetune=True)
        for each in (recipe, theirs)
    ]
    known = {_identity(stage): stage.name for stage in plans[1] if _is_tuning(stage)}
    found = {}
    for stage in filter(_is_tuning, plans[0]):
        name = known.get(_identity(stage), "")
        is_done = bool(name) and (earlier.stage(name) / SUMMARY).is_file()
        if is_done and _is_same(stage.arm, recipe, theirs):
            found[stage.name] = name
    return found


def _is_tuning(stage: StagePlan) -> bool:
    return stage.kind in ("finetune", SEARCH)


def _identity(stage: StagePlan) -> tuple[str, str, int]:
    return stage.kind, stage.arm, stage.seed_index


def _is_same(name: str, mine: Recipe, theirs: Recipe) -> bool:
    """Whether an arm is fine-tuned alike in both: from the same encoder, on the same examples."""
    arm = ARMS[name]
    if not arm.is_trained_alone or arm.has_own_stages:
        return False
    parts = ["seed", "data", "model", "probe"]
    parts += ["baselines"] if arm.settings else []
    parts += ["pretrain", "objectives"] if arm.start else []
    parts += ["distill"] if arm.is_distilled else []
    tunings = [each.finetune.model_dump(exclude=_FREE) for each in (mine, theirs)]
    return tunings[0] == tunings[1] and all(
        getattr(mine, part) == getattr(theirs, part) for part in parts
    )
