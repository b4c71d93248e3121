"""`redistill export`: a trained model for other programs."""

import getpass
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.status import Status

from core.api.runs import Run
from core.cli.terminal import Console
from core.errors import RunError
from core.modalities import formats_of
from core.readers.recommendation import which_one
from core.recipe import modalities
from core.recipe.arms import SIMPLEST_FIRST
from core.recipe.modality import noun_for
from core.run.folder import RunFolder

if TYPE_CHECKING:
    from core.export.push import Hub

_NAMES = "; ".join(
    f"of a run on {modality.examples} {', '.join(known.name for known in formats_of(modality))}"
    for modality in modalities().values()
)


def register(app: typer.Typer) -> None:
    """Add this command to the command line."""
    app.command("export")(export_command)


def export_command(
    run: Annotated[Path, typer.Argument(metavar="RUN", help="The run folder.")],
    format_name: Annotated[str, typer.Option("--format", help=f"One of these: {_NAMES}.")],
    out: Annotated[
        Path | None,
        typer.Option(help="The folder to make; RUN/exports/<format> by default."),
    ] = None,
    arm: Annotated[
        str | None,
        typer.Option(help=f"{', '.join(SIMPLEST_FIRST)}; the recommended one by default."),
    ] = None,
    precision: Annotated[
        str | None, typer.Option(help="fp32, fp16 or int8; the last two for onnx only.")
    ] = None,
    push: Annotated[
        str | None,
        typer.Option(
            metavar="OWNER/NAME",
            help="Then push it to this repository on the hub, with the token in HF_TOKEN or "
            "--token-file, or typed when asked; it is not kept.",
        ),
    ] = None,
    private: Annotated[
        bool, typer.Option("--private", help="Make the repository private, if it is new.")
    ] = False,
    force: Annotated[
        bool, typer.Option("--force", help="Push into a repository that has files already.")
    ] = False,
    token_file: Annotated[
        Path | None, typer.Option(help="A file that holds the hub's token and nothing else.")
    ] = None,
) -> None:
    """Write the trained model for another program, checked on your own images or texts."""
    console = Console()
    opened = RunFolder.open(run)
    with console.status("Opening the model") as status:

        def report(what: str, done: int, total: int) -> None:
            status.update(f"{what}: {done} of {total}" if total else what)

        hub = _hub(push, token_file, status, force=force) if push else None
        exported = Run(opened).export(format_name, out, arm=arm, precision=precision, report=report)
        _say(console, _checked(exported.parity))
        if exported.needs_classifier:
            _say(console, which_one(opened, exported.parity["arm"]))
        _say(console, f"Written: {exported.folder}")
        if hub is not None:
            address = hub.push(exported.folder, private=private, report=report)
            _say(console, f"Pushed: {address}")


def _checked(parity: dict[str, Any]) -> str:
    labels = parity.get("labels_agreement")
    same = parity["top1_agreement"] if labels is None else labels
    answer = "class" if labels is None else "labels"
    said = (
        f"Checked on {parity['num_examples']} {parity['examples']} {noun_for(parity['noun'])}: "
        f"largest difference of any {parity['quantity']} {parity['max_abs_difference']:.2g}"
    )
    return said + ("." if same is None else f", the same {answer} for {same:.1%}.")


def _hub(repo: str, token_file: Path | None, status: Status, *, force: bool) -> "Hub":
    """The repository, asked before anything is exported: what can't be pushed is said at once."""
    from core.export.push import Hub

    status.stop()
    hub = Hub(repo, _token(repo, token_file))
    status.start()
    status.update(f"Asking for {repo}")
    hub.check(force=force)
    return hub


def _token(repo: str, file: Path | None) -> str:
    """From the file, the environment, or the keyboard without echo; never from the command."""
    if file is not None:
        try:
            return file.read_text(encoding="utf-8").strip()
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or "it is no text"
            raise RunError("push-token-file", path=file, reason=reason) from error
    if token := os.environ.get("HF_TOKEN", "").strip():
        return token
    return getpass.getpass(f"Token for {repo}: ") if sys.stdin.isatty() else ""


def _say(console: Console, words: str) -> None:
    console.print(words, markup=False, highlight=False, soft_wrap=True)
