"""Where a run folder may be."""

from pathlib import Path

from core.errors import RunError
from core.recipe import Recipe


def refuse_inside_data(run: Path, recipe: Recipe) -> None:
    """Keep a run out of the folders that its data are in.

    Raises:
        RunError: `run-inside-data`.
    """
    labeled = [recipe.data.labeled] if recipe.data.labeled else []
    for folder in [*recipe.data.unlabeled, *labeled]:
        data = Path(folder).absolute()
        if data.is_dir() and run.resolve().is_relative_to(data.resolve()):
            raise RunError("run-inside-data", path=run, data=data)
