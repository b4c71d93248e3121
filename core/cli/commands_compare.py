"""`redistill compare`: arms side by side over seeds, as a run that can be paused and resumed."""

from pathlib import Path
from typing import Annotated

import typer

from core.api.asking import free_name
from core.cli.commands_run import show_results, train
from core.cli.options import (
    ColumnOfGroup,
    ColumnOfLabel,
    ColumnOfPath,
    ColumnOfSplit,
    ColumnOfText,
    Corrections,
    Encoding,
    GroupPattern,
    Kind,
    Labeled,
    LeaveOut,
    LeaveOutCopies,
    Log,
    Model,
    Preset,
    RecipeFile,
    Settings,
    Unlabeled,
)
from core.cli.options_to_recipe import recipe_from_options
from core.cli.terminal import Console
from core.errors import RunError
from core.planning.comparison import (
    MOST_SEEDS,
    compared_recipe,
    differences,
    with_more_seeds,
)
from core.planning.misfit import refuse_misfit
from core.recipe import Recipe
from core.recipe.arms import ARMS, BASE, interpolates_one_arm
from core.run.files import RECIPE
from core.run.folder import RunFolder, RunState


def register(app: typer.Typer) -> None:
    """Add this command to the command line."""
    app.command("compare")(compare)


def compare(
    recipe: RecipeFile = None,
    arms: Annotated[
        str, typer.Option(help=f"Which to compare, with commas: {', '.join(ARMS)}.")
    ] = "base,further,distilled",
    seeds: Annotated[int, typer.Option(min=1, max=MOST_SEEDS, help="Fine-tunings per arm.")] = 5,
    pretrain_seeds: Annotated[
        int | None,
        typer.Option(
            min=1,
            max=MOST_SEEDS,
            help="Do pre-training this often, so that chance between pre-trainings is in the "
            "intervals, too; once by default. The fine-tunings take turns on them.",
        ),
    ] = None,
    devices: Annotated[
        str | None,
        typer.Option(help="Spread the fine-tunings over these, such as cuda:0,cuda:1."),
    ] = None,
    unlabeled: Unlabeled = None,
    labeled: Labeled = None,
    model: Model = None,
    preset: Preset = None,
    out: Annotated[
        Path | None, typer.Option(help="The run folder to make, or one to go on with.")
    ] = None,
    kind: Kind = None,
    path_column: ColumnOfPath = None,
    text_column: ColumnOfText = None,
    label_column: ColumnOfLabel = None,
    split_column: ColumnOfSplit = None,
    group_column: ColumnOfGroup = None,
    group_pattern: GroupPattern = None,
    leave_out_copies: LeaveOutCopies = None,
    encoding: Encoding = None,
    leave_out: LeaveOut = None,
    corrections: Corrections = None,
    settings: Settings = None,
    log: Log = None,
) -> None:
    """Compare ways to fine-tune: same labeled examples, same budget, paired seeds.

    Pre-training is shared between the arms. Interim results show after each fine-tuning; stopping
    early keeps them. Given the folder of a comparison, it goes on, also with more seeds.
    """
    base = recipe_from_options(
        recipe,
        unlabeled=unlabeled or [],
        labeled=labeled,
        model=model,
        preset=preset,
        tables={
            "path_column": path_column,
            "text_column": text_column,
            "label_column": label_column,
            "split_column": split_column,
            "group_column": group_column,
            "group_pattern": group_pattern,
            "leave_out_copies": leave_out_copies,
            "encoding": encoding,
            "corrections": corrections,
        },
        settings=settings or [],
        log=log,
        kind=kind,
        left_out=leave_out or [],
    )
    named = named_arms(arms)
    refuse_misfit(base)
    asked = compared_recipe(base, named, seeds, _named_devices(devices), pretrain_seeds)
    if interpolates_one_arm(named) and base.finetune.interpolate:
        words = "The other arms are not interpolated: wise-ft shows what that does to base."
        Console().print(words, markup=False)
    if out is not None and (out / RECIPE).is_file():
        run = RunFolder.open(out)
        if not run.has_nothing_to_lose():
            _go_on(run, asked)
            return
    train(RunFolder.create(out or free_name(Path("redistill-comparison")), asked), 1)


def named_arms(text: str) -> list[str]:
    """The arms of a list with commas.

    Raises:
        RunError: One is unknown or named twice, `base` is missing, or it is alone.
    """
    arms = [part.strip() for part in text.split(",") if part.strip()]
    unknown = [arm for arm in arms if arm not in ARMS]
    reason = ""
    if unknown:
        reason = f"there is no arm {', '.join(unknown)}"
    elif len(set(arms)) < len(arms):
        reason = "one is named twice"
    elif BASE not in arms or len(arms) < 2:
        reason = f"`{BASE}` and at least one other are needed"
    if reason:
        raise RunError("compare-arms", reason=reason, known=", ".join(ARMS))
    return arms


def _go_on(run: RunFolder, asked: Recipe) -> None:
    """Resume a comparison, on other devices or with more seeds if they are asked for."""
    different = differences(run.recipe(), asked)
    if different:
        raise RunError("compare-other", path=run.path, differences=", ".join(different))
    has_all = asked.finetune.num_seeds <= run.recipe().finetune.num_seeds
    if has_all and run.status().state is RunState.FINISHED:
        Console().print(f"{run.path} is finished already; its results:", markup=False)
        show_results(run, Console())
        return
    with_more_seeds(run, asked.finetune.num_seeds, asked.runtime.devices)
    train(run, 1)


def _named_devices(text: str | None) -> list[str] | None:
    if text is None:
        return None
    return [part.strip() for part in text.split(",") if part.strip()]
