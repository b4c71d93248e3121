"""Commands about labels: which ones to doubt, and what to label next."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table
from rich.text import Text

from core.cli.options import Corrections, Kind, Labeled, Model, Settings, Unlabeled
from core.cli.options_to_recipe import recipe_from_options
from core.cli.part_progress import PartProgress
from core.cli.terminal import Console
from core.data.csv_name import refuse_other_formats
from core.data.manifest import counted
from core.data.ways import WAYS
from core.errors.pasteable import as_argument
from core.modalities import data_of, stages_of
from core.recipe import Recipe
from core.run.files import SUSPECTS, TO_LABEL
from core.run.folder import RunFolder

if TYPE_CHECKING:
    from core.labeling.jobs import Source
    from core.labeling.suspects import Suspects

_SHOWN = 20
_LONGEST = 60


def register(app: typer.Typer) -> None:
    """Add these commands to the command line."""
    app.command("labels")(labels)
    app.command("next")(next_command)


def labels(
    run: Annotated[
        Path | None, typer.Argument(metavar="RUN", help="A run whose data were read.")
    ] = None,
    labeled: Labeled = None,
    model: Model = None,
    out: Annotated[
        Path | None,
        typer.Option(help=f"The table to write; {SUSPECTS} in the run, or here, by default."),
    ] = None,
    test: Annotated[
        bool,
        typer.Option("--test", help="Look at the labels of test examples, too."),
    ] = False,
    corrections: Corrections = None,
    kind: Kind = None,
    settings: Settings = None,
) -> None:
    """Find labels that are probably wrong, before anything is trained.

    The table that it writes is the one to decide in: write keep, correct or leave out into the
    column `decision`, and give the table to the next run with --corrections. Asked again, it keeps
    what was decided. The data themselves stay as they are.
    """
    if (run is None) == (labeled is None):
        raise typer.BadParameter("Name a run, or labeled data with --labeled.")
    if run is not None and (model or settings or corrections or kind):
        raise typer.BadParameter("A run has its own model, data and settings: give it alone.")
    refuse_other_formats(out)
    asked: RunFolder | Recipe
    if run is not None:
        asked = RunFolder.open(run)
        table = out or asked.path / SUSPECTS
    else:
        asked = recipe_from_options(
            None,
            unlabeled=[],
            labeled=labeled,
            model=model,
            preset=None,
            settings=settings or [],
            kind=kind,
            tables={"corrections": corrections},
        )
        table = out or Path(SUSPECTS)
    source = source_of(asked)
    from core.labeling.examples import Outside
    from core.labeling.jobs import suspects_into

    console = Console()
    with PartProgress(Console(stderr=True)) as progress:
        found = suspects_into(table, source, Outside(progress.advance), with_test=test)
    _show(console, found, table, source.recipe)


def next_command(
    run: Annotated[
        Path | None, typer.Argument(metavar="RUN", help="A run whose data were read.")
    ] = None,
    unlabeled: Unlabeled = None,
    labeled: Labeled = None,
    model: Model = None,
    count: Annotated[
        int, typer.Option(min=1, max=10_000, help="How many shall wait for a label in the table.")
    ] = 20,
    by: Annotated[
        str | None,
        typer.Option(help=f"How to choose: {', '.join(WAYS)}; as suits the labels by default."),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(help=f"The table to write; {TO_LABEL} in the run, or here, by default."),
    ] = None,
    kind: Kind = None,
    settings: Settings = None,
) -> None:
    """Choose what to label next, of unlabeled examples; it works with no labels at all.

    The table that it writes is the one to label in: write classes into the column `label`, and ask
    again for more, or give the table to the next run with --labeled. Labels in it stay, and count.
    """
    if (run is None) == (not unlabeled):
        raise typer.BadParameter("Name a run, or unlabeled data with --unlabeled.")
    if run is not None and (labeled or model or settings or kind):
        raise typer.BadParameter("A run has its own model, data and settings: give it alone.")
    if by is not None and by not in WAYS:
        raise typer.BadParameter(f"--by is one of {', '.join(WAYS)}.")
    refuse_other_formats(out)
    asked: RunFolder | Recipe
    if run is not None:
        asked = RunFolder.open(run)
        table = out or asked.path / TO_LABEL
    else:
        asked = recipe_from_options(
            None,
            unlabeled=unlabeled or [],
            labeled=labeled,
            model=model,
            preset=None,
            settings=settings or [],
            kind=kind,
        )
        table = out or Path(TO_LABEL)
    from core.labeling.examples import Outside
    from core.labeling.jobs import Wish, next_into

    with PartProgress(Console(stderr=True)) as progress:
        wish = Wish(count, by)
        found = next_into(table, source_of(asked), Outside(progress.advance), wish)
    modality = (asked.recipe() if isinstance(asked, RunFolder) else asked).modality
    console = Console()
    number = counted(len(found.rows), modality.example, modality.examples)
    _print(
        console,
        f"{number} of {found.num_unlabeled:,} to label next, chosen as {found.way}, with "
        f"{counted(found.num_labeled, 'label')} known.",
    )
    _print(
        console,
        f"Write classes into {table} (column label), then ask again, or start a run with "
        f"--labeled {as_argument(table)}",
    )


def _print(console: Console, line: str) -> None:
    console.print(line, markup=False, highlight=False, soft_wrap=True)


def source_of(asked: RunFolder | Recipe) -> "Source":
    """A run or a recipe, to be looked at."""
    from core.labeling.jobs import Source

    modality = (asked.recipe() if isinstance(asked, RunFolder) else asked).modality
    return Source(asked, stages_of(modality), data_of(modality))


def _show(console: Console, found: "Suspects", table: Path, recipe: Recipe) -> None:
    shown = Table()
    for name in ("Example", "Label", "Suggested"):
        shown.add_column(name, overflow="fold")
    shown.add_column("Probability", justify="right")
    for each in found.found[:_SHOWN]:
        words = each.name
        if each.text:
            words += f": {' '.join(each.text.split())[:_LONGEST]}"
        cells = map(Text, (words, each.given, each.suggested, f"{each.probability:.0%}"))
        shown.add_row(*cells)
    if found.found:
        console.print(shown)
    modality = recipe.modality
    number = counted(len(found.found), "label")
    first = (
        f"{number} of {counted(found.num_judged, modality.example)} to doubt, the most suspect "
        f"first; a probe of the frozen encoder agrees with {found.accuracy:.1%} of them."
    )
    lines = [first]
    if found.found and found.is_weak:
        lines.append(
            "With so little agreement most of these are mistakes of the probe: trust the first "
            "ones more than the others, or look with a model that suits the data better (--model)."
        )
    if found.num_untold:
        others = counted(found.num_untold, f"other {modality.example}")
        lines.append(f"{others} could not be judged: too few others have their class.")
    lines.append(
        f"Decide in {table} (column decision: keep, correct or leave out), then give it to the "
        f"next run: --corrections {as_argument(table)}"
    )
    for line in lines:
        _print(console, line)
