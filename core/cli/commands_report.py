"""`redistill report`, `figures` and `log`: what a run found, to read, to print, for other tools."""

from pathlib import Path
from typing import Annotated

import typer

from core.cli.terminal import Console
from core.data.own_places import refuse_data_of
from core.errors import RunError
from core.recipe import read_recipe
from core.run.folder import RunFolder, RunState
from core.run.placing import given_in, refuse_given
from core.tracking.follow import follow
from core.tracking.trackers import TRACKERS, refuse_missing

_REPORT = "report.html"


def register(app: typer.Typer) -> None:
    """Add these commands to the command line."""
    app.command("report")(report)
    app.command("figures")(figures)
    app.command("log")(log)


def report(
    runs: Annotated[list[Path], typer.Argument(metavar="RUN...", help="One or more run folders.")],
    out: Annotated[Path, typer.Option(help="The HTML file to write.")] = Path(_REPORT),
) -> None:
    """Write one HTML file with everything about a run: it needs no network and prints well."""
    from core.report.report import write_report

    write_report(runs, out)
    Console().print(f"Written: {out}", markup=False, highlight=False, soft_wrap=True)


def log(
    runs: Annotated[list[Path], typer.Argument(metavar="RUN...", help="One or more run folders.")],
    to: Annotated[
        list[str],
        typer.Option("--to", help="tensorboard, mlflow, wandb-offline; again for more."),
    ],
) -> None:
    """Write what the plots of a run show for another tool; `--log` does it while it trains.

    What was written before is not written again. Nothing goes over a network.
    """
    refuse_missing(to)
    for run in map(RunFolder.open, runs):
        for name in to:
            folder = follow(run, name, wait=False)
            how = TRACKERS[name].how_to_open(folder)
            Console().print(
                f"Written: {folder}. To look at it: {how}",
                markup=False,
                highlight=False,
                soft_wrap=True,
            )


def figures(
    paths: Annotated[
        list[Path] | None,
        typer.Argument(metavar="RUN|RECIPE", help="Run folders; with --sweep a recipe file."),
    ] = None,
    out: Annotated[Path, typer.Option(help="The folder for the figures (and a sweep's runs).")] = (
        Path("figures")
    ),
    formats: Annotated[str, typer.Option("--format", help="png, svg or both.")] = "png,svg",
    sweep: Annotated[
        str | None,
        typer.Option(
            metavar="SETTING=VALUES",
            help="Make the runs first: further-steps=0,100,1000 or rounds=0,1,2 or labels=1,5,all "
            "(labels per class). The same command goes on where it was interrupted.",
        ),
    ] = None,
) -> None:
    """Draw the paper's figures on your data, with a CSV of each, and write the report with them."""
    from core.figures.figure import write_figures
    from core.figures.paper import figures_of
    from core.report.report import write_report

    chosen = [each.strip() for each in formats.split(",") if each.strip()]
    runs = list(paths or [])
    for path in runs:
        if sweep is None:
            refuse_data_of(RunFolder.open(path), out)
        else:
            refuse_given(out, given_in(read_recipe(path).data))
    write_figures([], out, chosen)  # A mistake is said before a sweep of hours, not after it.
    if sweep is not None:
        runs = _sweep(sweep, runs, out)
    if not runs:
        raise RunError("figures-no-runs")
    written = write_figures(figures_of(runs), out, chosen)
    write_report(runs, out / _REPORT)
    for file in [*written, out / _REPORT]:
        Console().print(f"Written: {file}", markup=False, highlight=False, soft_wrap=True)


def _sweep(sweep: str, paths: list[Path], out: Path) -> list[Path]:
    from core.cli.commands_run import train
    from core.figures.sweep import open_swept, plan_sweep, share_stages

    if len(paths) != 1:
        raise RunError("sweep-one-recipe", count=len(paths))
    console = Console()
    runs: list[RunFolder] = []
    for swept in plan_sweep(sweep, read_recipe(paths[0])):
        run = open_swept(out, swept)
        if run.status().state is not RunState.FINISHED:
            for earlier in runs:
                for name in share_stages(earlier, run):
                    console.print(f"{name} is taken from {earlier.path.name}.", markup=False)
            train(run, 1)
        if run.status().state is not RunState.FINISHED:
            console.print("The same command goes on with the sweep.")
            raise typer.Exit(1)
        runs.append(run)
    return [run.path for run in runs]
