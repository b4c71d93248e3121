"""Which objective a run has, and the module of it."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Final

from core.language import _
from core.models.masked_model import MaskedModel
from core.recipe import Recipe
from core.recipe.families import FAMILIES
from core.recipe.modality import AUTO
from core.recipe.objectives import (
    MASKED,
    Choice,
    doubt_about_objective,
    objective_named,
    objectives_of,
    suited,
)
from core.recipe.objectives import Objective as Described
from core.run.events import Noticed
from core.run.files import ENCODER, OBJECTIVE
from core.run.folder import RunFolder
from core.run.plan import StagePlan
from core.stages.flips import decided_view_flips
from core.stages.masked_job import seed_place
from core.stages.objectives.contrastive import ContrastiveObjective
from core.stages.objectives.features import FeaturesObjective
from core.stages.objectives.instance import InstanceObjective
from core.stages.objectives.masked import MaskedObjective
from core.stages.objectives.objective import Objective, freeze_decoder
from core.stages.objectives.sentence import SentenceObjective
from core.stages.setup import RunSetup
from core.stages.teacher import frozen_teacher
from core.system.atomic import write_json
from core.training.context import RunContext

Maker = Callable[[RunSetup, StagePlan, MaskedModel], Objective]


def _masked(setup: RunSetup, stage: StagePlan, model: MaskedModel) -> Objective:
    del setup, stage
    return MaskedObjective(model)


def _contrastive(setup: RunSetup, stage: StagePlan, model: MaskedModel) -> Objective:
    asked = setup.recipe.objectives
    return ContrastiveObjective(
        model,
        match=FAMILIES[model.family].reads,
        width=asked.contrastive_dim,
        temperature=asked.contrastive_temperature,
        place=seed_place(setup, stage),
    )


def _instance(setup: RunSetup, stage: StagePlan, model: MaskedModel) -> Objective:
    asked = setup.recipe.objectives
    return InstanceObjective(
        model,
        match=FAMILIES[model.family].reads,
        num_examples=len(setup.unlabeled),
        most_classes=asked.instance_classes,
        smoothing=asked.instance_smoothing,
        place=seed_place(setup, stage),
    )


def _features(setup: RunSetup, stage: StagePlan, model: MaskedModel) -> Objective:
    del stage
    teacher = frozen_teacher(setup, setup.run.model / ENCODER)
    return FeaturesObjective(model, teacher=teacher)


def _sentence(setup: RunSetup, stage: StagePlan, model: MaskedModel) -> Objective:
    del stage
    return SentenceObjective(model, temperature=setup.recipe.objectives.sentence_temperature)


# By the names of `core.recipe.objectives`.
MAKERS: Final[Mapping[str, Maker]] = {
    MASKED: _masked,
    "contrastive": _contrastive,
    "instance": _instance,
    "features": _features,
    "sentence": _sentence,
}


def objective_for(setup: RunSetup, stage: StagePlan, model: MaskedModel) -> Objective:
    """The recipe's objective for a model, whose decoder is frozen where it takes no part."""
    found = objective_named(setup.recipe.pretrain.objective)
    assert found is not None, "prepare has put the chosen objective into the recipe"
    objective = MAKERS[found.name](setup, stage, model)
    objective.own_rate = setup.recipe.objectives.head_rate
    if objective.num_views:
        objective.view_flips = decided_view_flips(setup)
    if not objective.uses_decoder:
        freeze_decoder(model)
    return objective


def with_objective(
    run: RunFolder, recipe: Recipe, model: MaskedModel, context: RunContext
) -> Recipe:
    """The recipe with `auto` replaced by what suits the model; told, and kept in the run folder.

    What a run began with it goes on with, also in a version that would choose otherwise.
    """
    file = run.path / OBJECTIVE
    asked = recipe.pretrain.objective
    if not recipe.pretrain.steps:
        return recipe
    if asked == AUTO and file.exists():
        known = run.read_json(OBJECTIVE)
        part, rate = str(known["part"]), float(known.get("rate", 1.0))
        return _with(recipe, str(known["objective"]), part, rate)
    choice = chosen_objective(recipe, model.family)
    if asked == AUTO:
        found = {"objective": choice.objective.name, "family": model.family, "why": choice.why}
        kept = {**found, "part": choice.objective.part, "rate": choice.objective.rate}
        context.write(partial(write_json, file, kept), "the objective")
        context.report(Noticed(id="objective-chosen", text=choice.why))
    elif recipe.pretrain.train == AUTO:
        context.report(Noticed(id="part-chosen", text=_part_in_words(recipe, choice.objective)))
    modality = recipe.modality.name
    doubt = doubt_about_objective(choice.objective, model.family, modality)
    if doubt:
        context.report(Noticed(id="objective-doubtful", text=doubt))
    return _with(recipe, choice.objective.name, choice.objective.part, choice.objective.rate)


def chosen_objective(recipe: Recipe, family: str) -> Choice:
    """What a recipe asks for, or what `auto` means for an encoder of a family, with the words."""
    asked = objective_named(recipe.pretrain.objective)
    if asked is not None:
        return Choice(asked, _("the recipe asks for it"))
    found = suited(family, recipe.modality.name)
    words = _("The objective is {name} ({title}): {why}.").format(
        name=found.objective.name, title=found.objective.title, why=found.why
    )
    others = ", ".join(name for name in objectives_of(recipe.modality.name) if name != AUTO)
    if recipe.pretrain.train == AUTO:
        words += f" {_part_in_words(recipe, found.objective)}"
    change = _("Set pretrain.objective to decide otherwise ({others}).").format(others=others)
    return Choice(found.objective, f"{words} {change}")


def _part_in_words(recipe: Recipe, objective: Described) -> str:
    """What of the encoder is trained where that is left open, and how fast."""
    part = _("Of the encoder, {part} is trained (pretrain.train)").format(part=objective.part)
    if objective.rate == 1:
        return f"{part}."
    rates = sorted({objective.rate * each.lr for each in (recipe.pretrain, recipe.distill)})
    at = " and ".join(f"{rate:.2g}" for rate in rates)
    return _(
        "{part}, at a learning rate of {at}: {rate:.2g} of pretrain.lr and "
        "distill.lr, as was measured. With pretrain.train={setting} they are taken "
        "whole."
    ).format(part=part, at=at, rate=objective.rate, setting=objective.part)


def _with(recipe: Recipe, objective: str, part: str, rate: float) -> Recipe:
    if recipe.pretrain.train != AUTO:
        pretrain = recipe.pretrain.model_copy(update={"objective": objective})
        return recipe.model_copy(update={"pretrain": pretrain})
    changed = {"objective": objective, "train": part, "lr": rate * recipe.pretrain.lr}
    sections = {
        "pretrain": recipe.pretrain.model_copy(update=changed),
        "distill": recipe.distill.model_copy(update={"lr": rate * recipe.distill.lr}),
    }
    return recipe.model_copy(update=sections)
