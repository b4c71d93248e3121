"""Options that several commands share: what to train on, with what, how."""

from pathlib import Path
from typing import Annotated

import typer

RecipeFile = Annotated[Path | None, typer.Argument(metavar="RECIPE", help="A recipe file (TOML).")]
Unlabeled = Annotated[
    list[Path] | None,
    typer.Option(help="Folder of unlabeled images or texts; may be given again."),
]
Labeled = Annotated[
    Path | None,
    typer.Option(help="Folder of class folders or splits, or a table with a column of labels."),
]
Model = Annotated[
    str | None,
    typer.Option(
        help="starter, starter-text, a hub name, a timm name, a folder or a .safetensors file; "
        "`redistill models` lists some."
    ),
]
Preset = Annotated[
    str | None, typer.Option(help="best, quick, balanced, strong or paper (the default).")
]
Minutes = Annotated[
    float | None,
    typer.Option(help="Time that the run has: ways to adapt the model race (--preset best)."),
]
Settings = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="KEY=VALUE", help="Any recipe key: --set pretrain.lr=1e-4."),
]
Log = Annotated[
    list[str] | None,
    typer.Option(
        "--log",
        help="Write what the plots show for tensorboard, mlflow or wandb-offline, too, into the "
        "run folder; may be given again. Needs that library (`pip install redistill\\[mlflow]`); "
        "nothing goes over a network.",
    ),
]
Kind = Annotated[
    str | None,
    typer.Option(help="What the examples are: images or text; told by the files if unset."),
]
ColumnOfPath = Annotated[
    str | None, typer.Option(help="Of a table: the column that names the image.")
]
ColumnOfText = Annotated[str | None, typer.Option(help="Of a table: the column with the text.")]
ColumnOfLabel = Annotated[str | None, typer.Option(help="Of a table: the column with the label.")]
ColumnOfSplit = Annotated[
    str | None, typer.Option(help="Of a table: the column that says train, val or test.")
]
LeaveOut = Annotated[
    list[str] | None,
    typer.Option(
        help="Name of an example that is not used, as the scan shows it (of a row in a table with "
        "its line: train.csv:12); may be given again."
    ),
]
ColumnOfGroup = Annotated[
    str | None,
    typer.Option(help="Of a table: the column that says what belongs together (patient, video)."),
]
GroupPattern = Annotated[
    str | None,
    typer.Option(help=r"The same from names: a regular expression such as '(patient\d+)_'."),
]
LeaveOutCopies = Annotated[
    str | None,
    typer.Option(
        help="Copies that are not trained on: near (the default: exact and near ones of test and "
        "validation examples), exact, all or none."
    ),
]
Encoding = Annotated[
    str | None, typer.Option(help="Of tables and texts: cp1252, gb18030 …; found if not given.")
]
Corrections = Annotated[
    Path | None,
    typer.Option(help="Table of corrected labels, as `redistill labels` writes it."),
]
