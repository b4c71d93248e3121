"""From a run folder with only a recipe to one that any stage can start from.

Everything made here stays in the run folder, so that a resumed run finds the same files, the
same model and the same pixels, with no network and no second scan.
"""

import os
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

from core.data.manifest import Manifest, displayed
from core.data.manifest_file import read_manifest, write_manifest
from core.data.manifest_words import describe
from core.data.opened import opened_request
from core.errors import RunError
from core.language import _
from core.models.masked_model import MaskedModel
from core.models.trained_part import require_part
from core.recipe import Recipe
from core.recipe.doubts import doubts_about, too_few_to_race
from core.recipe.trained import trained_part
from core.run.events import Noticed, Working
from core.run.files import MODEL, SOURCE
from core.run.folder import RunFolder
from core.run.plan import Costs, plan_stages
from core.run.raced import read_raced
from core.stages.choosing import with_chosen
from core.stages.labels import few_labels, fewer_than_asked, limit_per_class, why_no_classifier
from core.stages.matching import with_match
from core.stages.modality import STAGE, LabeledExamples, Preparation, StageModality
from core.stages.objectives.choose import chosen_objective, with_objective
from core.stages.setup import RunSetup
from core.stages.tasks.choose import refuse_what_it_lacks
from core.system.atomic import write_json
from core.system.stopping import Stopped
from core.training.context import RunContext
from core.training.device import Hardware
from core.training.ranks import Ranks
from core.training.rows import bytes_of_row


def prepare(
    run: RunFolder,
    recipe: Recipe,
    hardware: Hardware,
    context: RunContext,
    modality: StageModality,
) -> RunSetup:
    """Scan, load the model, read the examples, plan the stages; what is there already is reused.

    Args:
        run: The folder to work in.
        recipe: What was asked.
        hardware: Device, precision, processes.
        context: The outside.
        modality: Of the recipe's examples.

    Raises:
        RunError: The data, the model or the folder can't be used; it says which and why.
        Interrupted: Asked to pause or stop on the way.
    """
    making = Preparation(run, recipe, hardware, context)
    try:
        return _prepared(making, modality)
    except Stopped:
        context.raise_if_requested()
        raise


def _prepared(making: Preparation, modality: StageModality) -> RunSetup:
    run, recipe, hardware, context = making.run, making.recipe, making.hardware, making.context
    # The model first: a mistyped name should not cost a scan.
    _on_main_first(making, run.model / SOURCE, partial(_load_model, making, modality))
    _on_main_first(making, run.manifest_file, partial(_scan, making, modality))
    manifest = _usable_manifest(making)
    no_classifier = why_no_classifier(manifest, recipe)
    if no_classifier:
        context.report(Noticed(id="no-classifier", text=no_classifier))
    elif few := few_labels(manifest):
        context.report(Noticed(id="few-labels", text=few))
    if not no_classifier and (few := fewer_than_asked(manifest, recipe.data.labels_per_class)):
        context.report(Noticed(id="few-labels", text=few))
    num_unlabeled = manifest.num_pretraining(include_test=recipe.data.pretrain_on_test)
    is_raced = not recipe.race.minutes or read_raced(run.path) is not None
    num_chosen = round(recipe.data.choose_unlabeled * num_unlabeled)
    context.report(Working(stage=STAGE, what=_("loading the model")))
    model = modality.open_model(run.model)
    if is_raced:
        num_train = len(manifest.used_split("train"))
        for doubt in doubts_about(recipe, num_chosen, num_train, manifest.task):
            context.report(Noticed(id="plan-doubtful", text=doubt))
        recipe = with_objective(run, recipe, model, context)
    else:
        _require_a_race(recipe, manifest, no_classifier)
    recipe = with_match(run, recipe, model, context)
    prepared = modality.examples(making, manifest, model)
    size = modality.example_size(model)
    setup = RunSetup(
        run=run,
        recipe=recipe,
        hardware=hardware,
        context=context,
        modality=modality,
        manifest=manifest,
        source=prepared.source,
        unlabeled=prepared.unlabeled,
        lengths=prepared.lengths,
        missing=prepared.missing,
        train=_limited(prepared.labeled["train"], recipe),
        val=prepared.labeled["val"],
        test=prepared.labeled["test"],
        stages=[],
        row_bytes=bytes_of_row(size.tokens, model.feature_dim, size.num_bytes),
        no_classifier=no_classifier,
    )
    return with_chosen(planned(setup, model, is_raced=is_raced))


def _usable_manifest(making: Preparation) -> Manifest:
    """What was scanned, if a run can be made of it."""
    run, recipe = making.run, making.recipe
    manifest = read_manifest(run.manifest_file)
    if not all(map(os.path.exists, manifest.roots)):
        # What was unpacked from an archive may have been cleared from the cache.
        opened_request(making.scan_request())
    if foreign := manifest.foreign():
        raise RunError("manifest-foreign", path=run.path, count=len(foreign), first=foreign[0].path)
    if not manifest.num_pretraining(include_test=recipe.data.pretrain_on_test):
        raise RunError("no-images", folders=", ".join(manifest.roots) or "(none)")
    refuse_what_it_lacks(recipe, manifest.task)
    return manifest


def planned(setup: RunSetup, model: MaskedModel, *, is_raced: bool = True) -> RunSetup:
    """A run with its stages, whose folders are there.

    Args:
        setup: The run, its recipe as it is carried out.
        model: The pretrained one.
        is_raced: See `plan_stages`.
    """
    stages = plan_stages(
        setup.recipe,
        costs_of(model),
        decoder_is_fresh=decoder_is_fresh(setup.run),
        can_finetune=not setup.no_classifier,
        is_raced=is_raced,
        on_pairs=setup.tries_pairs,
    )
    if setup.context.is_main:
        for stage in stages:
            setup.run.stage(stage.name).mkdir(parents=True, exist_ok=True)
    Ranks(setup.hardware).wait(setup.context)
    return replace(setup, stages=stages)


def _require_a_race(recipe: Recipe, manifest: Manifest, no_classifier: str) -> None:
    """Refuse a race in which there is nothing to try, or that nothing could judge."""
    if not recipe.pretrain.steps:
        raise RunError(
            "race-impossible", reason=_("pretrain.steps is 0, so there is nothing to try")
        )
    if no_classifier:
        raise RunError("race-impossible", reason=no_classifier.partition(". ")[0])
    number = len(manifest.used_split("train")) + len(manifest.used_split("val"))
    if reason := too_few_to_race(number, manifest.modality):
        raise RunError("race-impossible", reason=reason)


def costs_of(model: MaskedModel) -> Costs:
    """Arithmetic of the parts of a model, in passes of its encoder over all tokens.

    Parameters times tokens, which is what matters at these sizes (METHOD.md section 6).
    """
    encoder = sum(value.numel() for value in model.encoder_state().values())
    decoder = sum(parameter.numel() for parameter in model.decoder.parameters())
    return Costs(visible=model.visible_share, decoder=decoder / encoder)


def _scan(making: Preparation, modality: StageModality) -> None:
    manifest = modality.scan(making)
    making.context.raise_if_requested()
    for line in describe(manifest):
        making.context.report(Noticed(id="data", text=line))
    for guess in manifest.guesses:
        making.context.report(Noticed(id="data", text=displayed(guess.words)))
    labeled = making.recipe.data.labeled
    if labeled is not None and not manifest.labeled:
        # Who says that there are labels waits for a classifier: no hours without one.
        words = manifest.modality
        raise RunError(
            "no-labels-found",
            path=labeled,
            example=f"{words.article} {words.example}",
            examples=words.examples,
        )
    _fit(making, modality, manifest)
    making.context.write(
        partial(write_manifest, manifest, making.run.manifest_file), "the manifest"
    )


def _fit(making: Preparation, modality: StageModality, manifest: Manifest) -> None:
    """Fit the run's model to the size of the examples; until it is written whole, there is none."""
    run = making.run
    model, words = modality.fitted(modality.open_model(run.model), manifest, making.recipe)
    if not words:
        return
    source = run.read_json(f"{MODEL}/{SOURCE}")

    def write() -> None:
        (run.model / SOURCE).unlink(missing_ok=True)
        modality.save_model(run.model, model)
        write_json(run.model / SOURCE, source)

    making.context.write(write, "the initial model")
    making.context.report(Noticed(id="model-fitted", text=words))


def _load_model(making: Preparation, modality: StageModality) -> None:
    model, decoder_is_fresh = modality.load_model(making.recipe, making.progress)
    chosen = chosen_objective(making.recipe, model.family).objective
    trains_it = chosen.has_decoder and not chosen.has_own_decoder
    if decoder_is_fresh and making.recipe.pretrain.steps and trains_it:
        text = _about_fresh_decoder(model, making.recipe.model.decoder_warmup_steps)
        making.context.report(Noticed(id="decoder-fresh", text=text))
    if making.recipe.pretrain.steps:
        require_part(model, trained_part(making.recipe.pretrain.train))
    folder = making.run.model

    def write() -> None:
        folder.mkdir(exist_ok=True)
        modality.save_model(folder, model)
        source = {
            "decoder_is_fresh": decoder_is_fresh,
            "family": model.family,
            **model.source,
        }
        write_json(folder / SOURCE, source)

    making.context.write(write, "the initial model")


def _about_fresh_decoder(model: MaskedModel, steps: int) -> str:
    came = _("The model came without a {decoder}: it gets a fresh one").format(
        decoder=model.decoder_in_words
    )
    if not steps:
        return _(
            "{came}, which is not trained first, since model.decoder_warmup_steps is 0."
        ).format(came=came)
    return _("{came}, trained first for {steps:,} steps with the encoder frozen.").format(
        came=came, steps=steps
    )


def _limited(train: LabeledExamples, recipe: Recipe) -> LabeledExamples:
    most = recipe.data.labels_per_class
    if most is None:
        return train
    chosen = limit_per_class(train.targets, most, recipe.seed)
    return LabeledExamples(train.examples[chosen], train.targets[chosen])


def decoder_is_fresh(run: RunFolder) -> bool:
    """Whether the run's model came without a decoder."""
    return bool(run.read_json(f"{MODEL}/{SOURCE}")["decoder_is_fresh"])


def _on_main_first(making: Preparation, file: Path, make: Callable[[], None]) -> None:
    """Make a file on rank 0 unless it is there; the others wait for it."""
    if making.hardware.rank == 0 and not file.exists():
        make()
    Ranks(making.hardware).wait(making.context)
