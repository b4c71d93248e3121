"""Where what is written may lie: never among the user's data, nor in place of one of them."""

from collections.abc import Iterable
from pathlib import Path

from core.errors import RunError
from core.recipe import DataRecipe, Recipe


def given_in(data: DataRecipe) -> list[str]:
    """The folders and files that were given, as they are named."""
    return [*data.unlabeled, *filter(None, [data.labeled, data.corrections])]


def given_at(place: Path, given: Iterable[str | Path]) -> Path | None:
    """Which of these folders and files of the user `place` lies in, or is; None for none of them.

    Args:
        place: Where something shall be written.
        given: Folders, and files: tables, archives, corpora.
    """
    own = place.expanduser().absolute().resolve()
    for each in given:
        data = Path(each).expanduser().absolute()
        real = data.resolve()
        if own == real or (real.is_dir() and own.is_relative_to(real)):
            return data
    return None


def refuse_inside_data(run: Path, recipe: Recipe) -> None:
    """Keep a run out of the folders that its data are in.

    Raises:
        RunError: `run-inside-data`.
    """
    data = given_at(run, given_in(recipe.data))
    if data is not None and data.is_dir():
        raise RunError("run-inside-data", path=run, data=data)


def refuse_given(place: Path, given: Iterable[str | Path]) -> None:
    """Refuse to write into folders of the user, or over one of their files.

    Raises:
        RunError: `report-inside-data`, `out-is-data`.
    """
    data = given_at(place, given)
    if data is not None:
        refuse_at(place, data)


def refuse_at(place: Path, data: Path) -> None:
    """Say that `place` is the user's own, because it is or lies in `data`.

    Raises:
        RunError: `report-inside-data`, `out-is-data`.
    """
    if data.is_dir():
        raise RunError("report-inside-data", path=place, data=data)
    raise RunError("out-is-data", path=place)
