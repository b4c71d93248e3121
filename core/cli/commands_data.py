"""Commands that look: at a folder, at the models on offer, at this machine."""

import errno
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.table import Table

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
    LeaveOut,
    LeaveOutCopies,
    Settings,
)
from core.cli.options_to_recipe import recipe_from_options
from core.cli.part_progress import PartProgress
from core.cli.show_scan import scan_facts, show_scan
from core.cli.terminal import Console
from core.errors import RunError
from core.recipe import (
    AUTO,
    PRESETS,
    DataRecipe,
    dump_recipe,
    modalities,
    modality_named,
    preset_recipe,
)
from core.run.placing import refuse_given

if TYPE_CHECKING:
    from core.data.manifest import Manifest

_STATUS_STYLES = {"ok": "green", "warning": "yellow", "problem": "red"}


def register(app: typer.Typer) -> None:
    """Add these commands to the command line."""
    app.command("scan")(scan_command)
    app.command("models")(models)
    app.command("doctor")(doctor)
    app.command("recipe")(recipe_command)


def scan_command(
    folder: Annotated[Path, typer.Argument(help="A folder of images or texts, or a table.")],
    details: Annotated[
        bool, typer.Option("--details", help="List every quarantined and duplicate file.")
    ] = False,
    out: Annotated[Path | None, typer.Option(help="Also write the manifest (JSON lines).")] = None,
    path_column: ColumnOfPath = None,
    text_column: ColumnOfText = None,
    label_column: ColumnOfLabel = None,
    split_column: ColumnOfSplit = None,
    group_column: ColumnOfGroup = None,
    group_pattern: GroupPattern = None,
    leave_out_copies: LeaveOutCopies = None,
    encoding: Encoding = None,
    kind: Kind = None,
    leave_out: LeaveOut = None,
    corrections: Corrections = None,
    settings: Settings = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON object, of errors too.")
    ] = False,
) -> None:
    """Look at a folder as a run would: what is in it, what is wrong with it. Changes nothing."""
    if kind is not None and kind not in modalities():
        raise typer.BadParameter(f"--kind must be one of {', '.join(modalities())}.")
    tables = {
        "path_column": path_column,
        "text_column": text_column,
        "label_column": label_column,
        "split_column": split_column,
        "group_column": group_column,
        "group_pattern": group_pattern,
        "leave_out_copies": leave_out_copies,
        "encoding": encoding,
        "corrections": corrections,
    }
    console = Console()
    try:
        if out is not None:
            _refuse_unwritable(out, folder)
        asked = recipe_from_options(
            None,
            unlabeled=[],
            labeled=None,
            model=None,
            preset=None,
            settings=settings or [],
            kind=kind,
            tables=tables,
            left_out=leave_out or [],
        ).data
        with PartProgress(Console(stderr=True) if as_json else console) as progress:
            manifest = _scanned(folder, asked, progress)
    except RunError as error:
        if not as_json:
            raise
        typer.echo(json.dumps({"error": error.id, "message": f"{error.what} {error.action}"}))
        raise typer.Exit(2) from error
    if as_json:
        typer.echo(json.dumps(scan_facts(manifest), indent=2))
    else:
        show_scan(console, manifest, details=details)
    if out is not None:
        from core.data.manifest_file import write_manifest

        with _written(out):
            write_manifest(manifest, out)


def _refuse_unwritable(out: Path, data: Path) -> None:
    """Refuse before long work what would only be found out after it, or lie among the data."""
    refuse_given(out, [data])
    if out.is_dir():
        raise RunError("file-not-writable", path=out, reason=os.strerror(errno.EISDIR))
    if not out.absolute().parent.is_dir():
        raise RunError("file-not-writable", path=out, reason=os.strerror(errno.ENOENT))


@contextmanager
def _written(out: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise RunError("file-not-writable", path=out, reason=error.strerror) from error


def _scanned(folder: Path, data: DataRecipe, progress: "PartProgress") -> "Manifest":
    from core.data.modality import ScanRequest
    from core.data.opened import opened, scan_opened
    from core.modalities import data_of, modality_of_path

    found = opened(folder, data.path_column, report=progress.advance)
    folder = found.path
    part = data_of(modality_named(data.kind) if data.kind != AUTO else modality_of_path(folder))
    unlabeled, labeled = part.roles(folder, data)
    labeled = Path(data.labeled) if data.labeled else labeled
    unlabeled = [Path(path) for path in data.unlabeled] or unlabeled
    return found.told(
        scan_opened(
            part,
            ScanRequest(
                unlabeled=unlabeled, labeled=labeled, data=data, seed=0, report=progress.advance
            ),
        )
    )


def models(
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """List pretrained models to start from, and which are on this disk already."""
    from core.hub.catalog import catalog_rows

    rows = catalog_rows()
    console = Console()
    if as_json:
        console.print_json(json.dumps(rows))
        return
    kind = None
    for row in rows:
        if row["kind"] != kind:
            kind = row["kind"]
            console.print(f"[bold underline]For {kind}[/]")
        here = "[green]on this disk[/]" if row["on_disk"] else "to download"
        console.print(f"[bold]{row['name']}[/]  {here}", highlight=False)
        console.print(f"  {_model_facts(row)}", markup=False, highlight=False)
    console.print(
        "Any other timm Vision Transformer works by its timm name, any ViT-MAE repository by its "
        "hub name, and any folder or .safetensors file with either. For text, any masked language "
        "model of transformers with safetensors weights and a fast tokenizer (tokenizer.json)."
    )


def _model_facts(row: dict[str, Any]) -> str:
    size = f"up to {row['max_length']:,} tokens" if row["max_length"] else f"{row['input_size']} px"
    return (
        f"{row['what']}: {row['parameters'] / 1e6:.1f} M parameters, {row['size_mb']:,.0f} MB, "
        f"{size}. {row['origin']}. Licence: {row['licence']}."
    )


def doctor(
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Check this machine: device, memory, versions, disk, cache, and why a GPU is not used."""
    from core.doctor import examine
    from core.training.compute_facts import compute_facts

    findings = examine(compute_facts())
    console = Console()
    if as_json:
        console.print_json(json.dumps([finding.to_dict() for finding in findings]))
        return
    table = Table(show_header=False, box=None)
    for finding in findings:
        style = _STATUS_STYLES[finding.status]
        mark = {"ok": "ok", "warning": "note", "problem": "PROBLEM"}[finding.status]
        advice = f"\n{finding.advice}" if finding.advice else ""
        table.add_row(f"[{style}]{mark}[/]", finding.name, f"{finding.value}{advice}")
    console.print(table)


def recipe_command(
    preset: Annotated[str, typer.Option(help=f"One of {', '.join(PRESETS)}.")] = "paper",
    kind: Annotated[str, typer.Option(help="What the examples are: images or text.")] = "images",
    out: Annotated[Path | None, typer.Option(help="Write it to this file.")] = None,
) -> None:
    """Print a complete recipe, to be edited and given to `redistill run`."""
    if preset not in PRESETS:
        raise RunError("preset-unknown", name=preset, presets=", ".join(PRESETS))
    if kind not in modalities():
        raise typer.BadParameter(f"--kind must be one of {', '.join(modalities())}.")
    # A recipe for images says `auto`: it is the default, and folders tell.
    text = dump_recipe(preset_recipe(preset, AUTO if kind == modality_named(AUTO).name else kind))
    if out is None:
        typer.echo(text, nl=False)
        return
    from core.system.atomic import write_text

    with _written(out):
        write_text(out, text)
