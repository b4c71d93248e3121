"""`redistill map`: every example as a point, near to those that an encoder finds alike."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from core.cli.options import Corrections, Kind, Labeled, Model, Settings, Unlabeled
from core.cli.options_to_recipe import recipe_from_options
from core.cli.part_progress import PartProgress
from core.cli.terminal import Console
from core.data.manifest import counted
from core.errors import RunError
from core.readers.atlas import MOST_POINTS
from core.readers.recommendation import recommended_arm
from core.recipe import Recipe
from core.run.classifiers import classifiers_of
from core.run.folder import RunFolder

if TYPE_CHECKING:
    from core.readers.atlas import Atlas
    from core.readers.atlas_facts import Said

_MAP = "map.html"


def register(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command("map")(map_command)


def map_command(
    run: Annotated[
        Path | None, typer.Argument(metavar="RUN", help="A run whose data were read.")
    ] = None,
    unlabeled: Unlabeled = None,
    labeled: Labeled = None,
    model: Model = None,
    out: Annotated[
        Path,
        typer.Option(
            help="The file to write: .html to look at, .parquet or .csv with places and facts."
        ),
    ] = Path(_MAP),
    arm: Annotated[
        str | None,
        typer.Option(help="Whose answers are shown; of the recommended classifier by default."),
    ] = None,
    points: Annotated[
        int, typer.Option(min=1, max=MOST_POINTS, help="Of more examples so many are drawn.")
    ] = MOST_POINTS,
    corrections: Corrections = None,
    kind: Kind = None,
    settings: Settings = None,
) -> None:
    """Lay out a map of examples: of a run by the initial encoder and by what became of it.

    Of data that no run has read (--unlabeled, --labeled) it is laid out by the pretrained model as
    it is (--model), with labels to doubt. Alike examples lie close together. A page shows them
    coloured by class, split, answer and what else is known; its slider goes from encoder to
    encoder. Features and layouts are kept: the next time the same map is there at once, and an
    interrupted one goes on.
    """
    has_data = bool(unlabeled or labeled)
    if (run is None) != has_data:
        raise typer.BadParameter("Name a run, or data with --unlabeled or --labeled.")
    if run is not None and (model or settings or corrections or kind):
        raise typer.BadParameter("A run has its own model, data and settings: give it alone.")
    if has_data and arm:
        raise typer.BadParameter("--arm is a classifier of a run: give the run alone.")
    asked: RunFolder | Recipe
    if run is not None:
        asked = RunFolder.open(run)
    else:
        asked = recipe_from_options(
            None,
            unlabeled=unlabeled or [],
            labeled=labeled,
            model=model,
            preset=None,
            settings=settings or [],
            kind=kind,
            tables={"corrections": corrections},
        )
    from core.atlas.asking import atlas_of
    from core.atlas.exports import map_title, require_form, write_map
    from core.atlas.wanted import Wanted

    recipe = asked.recipe() if isinstance(asked, RunFolder) else asked
    require_form(out, asked)
    modality = recipe.modality
    with PartProgress(Console(stderr=True)) as progress:
        atlas = atlas_of(Wanted(asked, points, progress.advance))
    said, whose = None, f", {recipe.model.name} as it is"
    if isinstance(asked, RunFolder):
        said, whose = _said(atlas, asked, arm)
    write_map(out, atlas, said, map_title(asked))
    console = Console()
    number = counted(len(atlas), modality.example, modality.examples)
    lines = [f"{number} by {counted(len(atlas.encoders), 'encoder')}{whose}."]
    if number_to_doubt := int((atlas.suggested >= 0).sum()):
        lines.append(f"{counted(number_to_doubt, 'label')} to doubt.")
    if atlas.num_left_out:
        lines.append(f"{atlas.num_left_out:,} are not shown: there are too many, or they are gone.")
    for line in (*lines, f"Written: {out}"):
        console.print(line, markup=False, highlight=False, soft_wrap=True)


def _said(atlas: "Atlas", run: RunFolder, arm: str | None) -> tuple["Said | None", str]:
    """What a classifier said, and in words which one; nothing where there is none."""
    from core.readers.atlas_facts import said_of

    known = {name for name, _ in classifiers_of(run)}
    if arm is not None and arm not in known:
        raise RunError("arm-unknown", name=arm, arms=", ".join(sorted(known)) or "none yet")
    chosen = arm or recommended_arm(run)
    if chosen is None:
        return None, ""
    return said_of(atlas, run, chosen, 0), f", with the answers of {chosen}"
