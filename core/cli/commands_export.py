"""`redistill export`: a trained model for other programs."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from core.export.formats import FORMATS, TEXT_FORMATS
from core.run_folder import RunFolder

_NAMES = ", ".join(known.name for known in FORMATS)
_TEXT_NAMES = ", ".join(known.name for known in TEXT_FORMATS)


def register(app: typer.Typer) -> None:
    """Add this command to the command line."""
    app.command("export")(export_command)


def export_command(
    run: Annotated[Path, typer.Argument(metavar="RUN", help="The run folder.")],
    format_name: Annotated[
        str, typer.Option("--format", help=f"One of {_NAMES}; of a run on text {_TEXT_NAMES}.")
    ],
    out: Annotated[
        Path | None,
        typer.Option(help="The folder to make; RUN/exports/<format> by default."),
    ] = None,
    arm: Annotated[
        str | None, typer.Option(help="base, further or distilled; the most fitted by default.")
    ] = None,
    precision: Annotated[
        str | None, typer.Option(help="fp32, fp16 or int8; the last two for onnx only.")
    ] = None,
) -> None:
    """Write the trained model for another program, checked on your own images or texts."""
    from core.export.export import export

    console = Console()
    with console.status("Opening the model") as status:
        exported = export(
            RunFolder.open(run),
            format_name,
            out=out,
            arm=arm,
            precision=precision,
            report=lambda what, done, total: status.update(
                f"{what}: {done} of {total}" if total else what
            ),
        )
    parity = exported.parity
    same = parity["top1_agreement"]
    said = (
        f"Checked on {parity['num_examples']} {parity['examples']} {parity['noun']}s: largest "
        f"difference of any {parity['quantity']} {parity['max_abs_difference']:.2g}"
    )
    said += "." if same is None else f", the same class for {same:.1%}."
    console.print(said, markup=False, highlight=False, soft_wrap=True)
    written = f"Written: {exported.folder}"
    console.print(written, markup=False, highlight=False, soft_wrap=True)
