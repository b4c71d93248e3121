"""`redistill predict`: classes of images and texts from a run."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.table import Table
from rich.text import Text
from typer.core import TyperCommand

from core.api.runs import Run
from core.cli.terminal import Console
from core.errors import RunError
from core.readers.recommendation import chosen_classifier, which_one
from core.recipe import RuntimeRecipe
from core.recipe.arms import SIMPLEST_FIRST
from core.run.decision import read_decision
from core.run.folder import RunFolder

if TYPE_CHECKING:
    from core.predict.prediction import Prediction

_SHOWN = 3
_UNKNOWN, _USUAL_LEVEL = "--unknown", "0.9"


class _WithUsualLevel(TyperCommand):
    """Lets `--unknown` stand alone: typer has no options whose value may be left out."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        asked: list[str] = []
        for place, arg in enumerate(args):
            asked.append(arg)
            if arg == "--":
                asked += args[place + 1 :]
                break
            if arg == _UNKNOWN and not _is_number(args[place + 1 : place + 2]):
                asked.append(_USUAL_LEVEL)
        return super().parse_args(ctx, asked)


def _is_number(words: list[str]) -> bool:
    try:
        float(words[0])
    except (IndexError, ValueError):
        return False
    return True


def register(app: typer.Typer) -> None:
    """Add this command to the command line."""
    app.command("predict", cls=_WithUsualLevel)(predict_command)


def predict_command(
    run: Annotated[Path, typer.Argument(metavar="RUN", help="The run folder.")],
    files: Annotated[
        list[Path] | None,
        typer.Argument(metavar="FILE...", help="Image or text files, tables, and folders of them."),
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
        Path | None,
        typer.Option(
            help="Write path, label and probability (of numbers path and prediction) to this CSV "
            "file, as they are found."
        ),
    ] = None,
    embeddings: Annotated[
        Path | None,
        typer.Option(
            help="Write the same with embeddings to this .parquet file; or to an .npy file the "
            "embeddings alone, a row for each of the table."
        ),
    ] = None,
    sort_into: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR",
            help="Copy each file into a folder of its class in DIR; of tables of texts, write a "
            "table for each class. Nothing is moved.",
        ),
    ] = None,
    watch: Annotated[
        bool,
        typer.Option(
            "--watch", help="Go on with new files as they come, until Ctrl-C; needs --out."
        ),
    ] = False,
    device: Annotated[
        str | None,
        typer.Option(help="auto, cpu, cuda, cuda:N, mps or xpu; the recipe's by default."),
    ] = None,
    unknown: Annotated[
        float | None,
        typer.Option(
            _UNKNOWN,
            metavar="[LEVEL]",
            help="Say `unknown` where several classes, or none, remain when the true one is to "
            f"remain this often; {_USUAL_LEVEL} when no number is given.",
        ),
    ] = None,
) -> None:
    """Say which class each image or text is, with probabilities.

    With --out, --embeddings or --sort-into it writes files, piece by piece: the same command goes
    on where a killed one ended.
    """
    if not files and not text:
        raise typer.BadParameter("Name a file, or give --text.")
    if device is not None and not _is_device(device):
        raise typer.BadParameter("--device is auto, cpu, cuda, cuda:N, mps or xpu.")
    if unknown is not None and not 0 < unknown < 1:
        raise typer.BadParameter("--unknown is above 0 and below 1, such as 0.9.")
    if any(path is not None for path in (out, embeddings, sort_into)):
        if text or not files:
            raise typer.BadParameter("Files are written of files and folders, not of --text.")
        _write(run, files, arm, out, embeddings, sort_into, unknown, device, watch)
        return
    if watch:
        raise typer.BadParameter("--watch needs a file to write: --out labels.csv.")
    opened = RunFolder.open(run)
    if not text:
        _refuse_nowhere(files or [])
    _say_which(opened, arm, unknown)
    predictions = Run(opened).predictions(
        files or [],
        text or [],
        arm=arm,
        device=device,
        unknown=unknown,
        # Beside the answers, which may go into another program.
        tell=lambda where: _say(Console(stderr=True), where),
    )
    predictions = _one_at_least(predictions, opened, files or [])
    if as_json:
        chosen = chosen_classifier(opened, arm)
        has_numbers = chosen is not None and read_decision(chosen[1]).task.is_number
        _print_lines(predictions, has_numbers=has_numbers)
    elif _print_table(predictions):
        raise typer.Exit(1)


def _refuse_nowhere(files: list[Path]) -> None:
    from core.predict.files import refuse_nowhere

    refuse_nowhere(files)


def _one_at_least(
    predictions: "Iterator[Prediction]", run: RunFolder, files: list[Path]
) -> "Iterator[Prediction]":
    """The same; folders and tables with nothing to classify are refused."""
    is_any = False
    for prediction in predictions:
        is_any = True
        yield prediction
    if not is_any:
        shown = ", ".join(map(str, files))
        examples = run.recipe().modality.examples
        raise RunError("predict-nothing-found", path=shown, examples=examples)


def _print_lines(predictions: "Iterator[Prediction]", *, has_numbers: bool) -> None:
    for prediction in predictions:
        line: dict[str, Any] = {
            "path": prediction.name,
            "probabilities": dict(prediction.probabilities),
            "problem": prediction.problem or None,
        }
        if prediction.said is not None:
            line["labels"] = prediction.said
        if has_numbers:
            # What can't be read has the keys of the others, too.
            number = prediction.number
            del line["probabilities"]
            line["prediction"] = None if number is None else number.value
            line["margin"] = None if number is None else number.margin
        if prediction.candidates is not None:
            line |= {"unknown": prediction.is_unknown, "candidates": prediction.candidates}
        typer.echo(json.dumps(line, ensure_ascii=False))


def _print_table(predictions: "Iterator[Prediction]") -> int:
    """Show them; returns how many can't be read."""
    table = Table()
    table.add_column("Example", overflow="fold")
    table.add_column("Class, labels or number")
    table.add_column("Probability", justify="right")
    table.add_column("Then")
    num_unreadable = 0
    for prediction in predictions:
        if prediction.problem:
            num_unreadable += 1
            problem = Text(f"can't be read: {prediction.problem}", style="red")
            table.add_row(Text(prediction.name), problem)
            continue
        if prediction.said is not None:
            table.add_row(Text(prediction.name), *_several(prediction))
            continue
        if prediction.number is not None:
            table.add_row(Text(prediction.name), Text(prediction.number.words))
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


def _several(prediction: "Prediction") -> tuple[Text, str, Text]:
    """The labels that are said, their probabilities, and those that come next."""
    said = prediction.said or ()
    shares = dict(prediction.probabilities)
    rest = [(name, share) for name, share in prediction.probabilities if name not in said]
    others = ", ".join(f"{name} {share:.1%}" for name, share in rest[: _SHOWN - 1])
    return (
        Text(", ".join(said)) if said else Text("none of them", style="yellow"),
        ", ".join(f"{shares[name]:.1%}" for name in said),
        Text(others),
    )


def _say_which(run: RunFolder, arm: str | None, level: float | None) -> None:
    """Whose classifier answers, and how often it keeps the true class, beside the answers."""
    found = chosen_classifier(run, arm)
    if found is None:
        return
    texts = [which_one(run, found[0])]
    if level is not None:
        from core.predict.unknown import level_in_words

        texts.append(level_in_words(found[1], level))
    for text in filter(None, texts):
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


def _write(
    path: Path,
    files: list[Path],
    arm: str | None,
    out: Path | None,
    embeddings: Path | None,
    sort_into: Path | None,
    unknown: float | None,
    device: str | None,
    watch: bool,
) -> None:
    from core.cli.predict_files import write_predictions
    from core.predict.wanted import Wanted

    run = RunFolder.open(path)
    _say_which(run, arm, unknown)
    wanted = Wanted(out, embeddings, sort_into, unknown, device, watch)
    write_predictions(run, files, arm, wanted)
