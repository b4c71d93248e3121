"""What a race chose: a file in the run folder, written once, that the rest of the run goes by."""

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from core.errors import RunError
from core.recipe import Recipe
from core.recipe.files import validated_recipe
from core.run.files import RACE

# What a race decides of a recipe.
_SECTIONS = ("pretrain", "distill", "finetune", "probe")


@dataclass(frozen=True)
class Raced:
    """The end of a race.

    Attributes:
        winner: `frozen`, `base`, or the arm that is trained beside the base model.
        title: The winner in words.
        words: What was chosen, among how many and by what, for the verdict.
        num_ways: Among how many ways.
        num_validation: By how many validation examples.
        seconds: What the race took.
        sections: Of the recipe, as the rest of the run has them.
        entries: Every way that was tried, as `core.run.events.RaceMoved` has them.
    """

    winner: str
    title: str
    words: str
    num_ways: int
    num_validation: int
    seconds: float
    sections: dict[str, dict[str, Any]] = field(default_factory=dict)
    entries: list[dict[str, Any]] = field(default_factory=list)

    def to_json(self) -> dict[str, Any]:
        """For the file."""
        return asdict(self)


def raced(
    winner: str,
    recipe: Recipe,
    **facts: Any,
) -> Raced:
    """The end of a race whose rest of the run has this recipe; `facts` as of `Raced`."""
    values = recipe.model_dump(mode="json")
    return Raced(winner=winner, sections={name: values[name] for name in _SECTIONS}, **facts)


def read_raced(folder: Path) -> Raced | None:
    """What the race of a run chose; None before, and without one.

    Raises:
        RunError: `run-damaged`.
    """
    try:
        text = (folder / RACE).read_text(encoding="utf-8")
    except FileNotFoundError:
        return None
    except OSError as error:
        raise RunError("run-damaged", file=RACE, path=folder, reason=error) from error
    try:
        return Raced(**json.loads(text))
    except (ValueError, TypeError) as error:
        raise RunError("run-damaged", file=RACE, path=folder, reason=error) from error


def with_race(recipe: Recipe, found: Raced) -> Recipe:
    """The recipe with what the race chose."""
    values = recipe.model_dump(mode="json", exclude_none=True)
    return validated_recipe({**values, **found.sections})
