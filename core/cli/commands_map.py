"""`redistill map`: every example of a run as a point, near to those that an encoder finds alike."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from core.cli.part_progress import PartProgress
from core.data.manifest import counted
from core.errors import RunError
from core.readers.atlas import MOST_POINTS
from core.readers.recommendation import recommended_arm
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
    run: Annotated[Path, typer.Argument(metavar="RUN", help="A run whose data were read.")],
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
) -> None:
    """Lay out a map of a run's examples: by the initial encoder, and by what became of it.

    Alike examples lie close together. A page shows them coloured by class, split, answer and what
    else is known; its slider goes from encoder to encoder. Features and layouts are kept: the next
    time the same map is there at once, and an interrupted one goes on.
    """
    folder = RunFolder.open(run)
    from core.atlas.asking import atlas_of
    from core.atlas.exports import require_form, write_map
    from core.atlas.wanted import Wanted

    require_form(out, folder)
    modality = folder.recipe().modality
    with PartProgress(Console(stderr=True)) as progress:
        atlas = atlas_of(Wanted(folder, points, progress.advance))
    said, whose = _said(atlas, folder, arm)
    write_map(out, atlas, said, folder.path.name)
    console = Console()
    number = counted(len(atlas), modality.example, modality.examples)
    lines = [f"{number} by {counted(len(atlas.encoders), 'encoder')}{whose}."]
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
