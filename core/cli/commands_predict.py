"""`redistill predict`: classes of images and texts from a run."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.progress import Progress
from rich.table import Table
from rich.text import Text

from core.data.manifest import counted
from core.modalities import predict_of
from core.readers.recommendation import chosen_classifier, which_one
from core.recipe import RuntimeRecipe
from core.recipe.arms import SIMPLEST_FIRST
from core.run.folder import RunFolder

if TYPE_CHECKING:
    from core.predict.prediction import Prediction

_SHOWN = 3


def register(app: typer.Typer) -> None:
    """Add this command to the command line."""
    app.command("predict")(predict_command)


def predict_command(
    run: Annotated[Path, typer.Argument(metavar="RUN", help="The run folder.")],
    files: Annotated[
        list[Path] | None,
        typer.Argument(metavar="FILE...", help="Image or text files, and folders of images."),
    ] = None,
    text: Annotated[
        list[str] | None, typer.Option(help="A text to classify; may be given again.")
    ] = None,
    arm: Annotated[
        str | None,
        typer.Option(help=f"{', '.join(SIMPLEST_FIRST)}; the recommended one by default."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON line per example.")] = False,
    out: Annotated[
        Path | None, typer.Option(help="Write path, label and probability to this CSV file.")
    ] = None,
    embeddings: Annotated[
        Path | None, typer.Option(help="Write the same with embeddings to this Parquet file.")
    ] = None,
    device: Annotated[
        str | None,
        typer.Option(help="auto, cpu, cuda, cuda:N, mps or xpu; the recipe's by default."),
    ] = None,
    unknown: Annotated[
        float | None,
        typer.Option(
            metavar="LEVEL",
            help="Say `unknown` where several classes, or none, remain when the true one is to "
            "remain this often, such as 0.9; needs a run with validation examples.",
        ),
    ] = None,
) -> None:
    """Say which class each image or text is, with probabilities.

    With --out or --embeddings it writes files, piece by piece: the same command goes on where a
    killed one ended.
    """
    if not files and not text:
        raise typer.BadParameter("Name a file, or give --text.")
    if device is not None and not _is_device(device):
        raise typer.BadParameter("--device is auto, cpu, cuda, cuda:N, mps or xpu.")
    if unknown is not None and not 0 < unknown < 1:
        raise typer.BadParameter("--unknown is above 0 and below 1, such as 0.9.")
    if out is not None or embeddings is not None:
        _write_files(RunFolder.open(run), files or [], arm, out, embeddings, device, unknown)
        return
    from core.predict.predict import predict

    opened = RunFolder.open(run)
    _say_which(opened, arm)
    modality = predict_of(opened.recipe().modality)
    predictions = predict(
        opened,
        files or [],
        modality,
        arm,
        texts=text or [],
        device=device,
        unknown=unknown,
        # Beside the answers, which may go into another program.
        tell=lambda where: _say(Console(stderr=True), where),
    )
    if as_json:
        _print_lines(predictions)
    elif _print_table(predictions):
        raise typer.Exit(1)


def _print_lines(predictions: "Iterator[Prediction]") -> None:
    for prediction in predictions:
        line: dict[str, Any] = {
            "path": prediction.name,
            "probabilities": dict(prediction.probabilities),
            "problem": prediction.problem or None,
        }
        if prediction.candidates is not None:
            line |= {"unknown": prediction.is_unknown, "candidates": prediction.candidates}
        typer.echo(json.dumps(line, ensure_ascii=False))


def _print_table(predictions: "Iterator[Prediction]") -> int:
    """Show them; returns how many can't be read."""
    table = Table()
    table.add_column("Example", overflow="fold")
    table.add_column("Class")
    table.add_column("Probability", justify="right")
    table.add_column("Then")
    num_unreadable = 0
    for prediction in predictions:
        if prediction.problem:
            num_unreadable += 1
            problem = Text(f"can't be read: {prediction.problem}", style="red")
            table.add_row(Text(prediction.name), problem)
            continue
        (label, probability), *rest = prediction.probabilities
        others = ", ".join(f"{name} {value:.1%}" for name, value in rest[: _SHOWN - 1])
        if prediction.is_unknown:
            best, shown = Text("unknown", style="yellow"), ""
            others = " or ".join(prediction.candidates or ()) or "no class fits"
        else:
            best, shown = Text(label), f"{probability:.1%}"
        table.add_row(Text(prediction.name), best, shown, Text(others))
    Console().print(table)
    return num_unreadable


def _say_which(run: RunFolder, arm: str | None) -> None:
    """Whose classifier answers, beside the answers."""
    found = chosen_classifier(run, arm)
    if found is not None:
        text = which_one(run, found[0])
        Console(stderr=True).print(text, style="dim", markup=False, highlight=False, soft_wrap=True)


def _is_device(name: str) -> bool:
    try:
        RuntimeRecipe(device=name)
    except ValueError:
        return False
    return True


def _say(console: Console, where: str) -> None:
    if where:
        text = f"Computed on {where}."
        console.print(text, style="dim", markup=False, highlight=False, soft_wrap=True)


def _write_files(
    run: RunFolder,
    files: list[Path],
    arm: str | None,
    out: Path | None,
    embeddings: Path | None,
    device: str | None,
    unknown: float | None,
) -> None:
    from core.predict.files import predict_files

    console = Console()
    _say_which(run, arm)
    modality = run.recipe().modality
    with Progress(console=console, disable=not console.is_terminal) as bar:
        task = bar.add_task("Predicting", total=None)

        def report(done: int, total: int) -> None:
            bar.update(task, completed=done, total=total)

        written = predict_files(
            run,
            files,
            modality=predict_of(modality),
            arm=arm,
            table=out,
            embeddings=embeddings,
            report=report,
            device=device,
            unknown=unknown,
        )
    names = " and ".join(str(path) for path in (out, embeddings) if path is not None)
    text = f"{counted(written.num_images, modality.example)} in {names}."
    if written.num_unreadable:
        text += f" {written.num_unreadable:,} of them can't be read; the files say why."
    console.print(text, markup=False, highlight=False, soft_wrap=True)
    _say(console, written.where)
