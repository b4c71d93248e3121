"""What was asked, as a recipe."""

from pathlib import Path
from typing import Any

import pytest

from core.api.asking import recipe_of
from core.errors import RunError
from core.recipe import Recipe


def asked(preset: str | None, file: Path | None = None, **settings: Any) -> Recipe:
    named = {name.replace("__", "."): value for name, value in settings.items()}
    return recipe_of(
        file,
        unlabeled=[],
        labeled=None,
        model=None,
        preset=preset,
        settings=named,
        report=lambda *_: None,
    )


@pytest.mark.parametrize(
    ("preset", "steps", "warmup"),
    # quick warms up for 30 of 300 steps, balanced for 250 of 2,500.
    [("quick", 20, 2), ("quick", 30, 3), ("quick", 31, 30), ("best", 100, 10), ("quick", 5, 0)],
)
def test_that_few_steps_shorten_a_warmup_that_would_not_end(
    preset: str, steps: int, warmup: int
) -> None:
    found = asked(preset, finetune__steps=steps).finetune
    assert (found.steps, found.warmup_steps) == (steps, warmup)
    # Sections are the same as names with dots.
    assert asked(preset, finetune={"steps": steps}).finetune == found


def test_that_a_warmup_that_is_asked_for_stays(tmp_path: Path) -> None:
    with pytest.raises(RunError, match="warmup_steps 30 must be below steps 20"):
        asked("quick", finetune__steps=20, finetune__warmup_steps=30)
    file = tmp_path / "recipe.toml"
    file.write_text("[pretrain]\nsteps = 1000\nwarmup_steps = 100\n")
    assert asked(None, file, pretrain__steps=50).pretrain.warmup_steps == 5
    assert asked(None, file, pretrain__steps=500).pretrain.warmup_steps == 100
