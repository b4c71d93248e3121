"""The demo's recipe: the whole method, small enough for a coffee break on two CPU cores."""

from pathlib import Path

from core.recipe import Recipe


def demo_recipe(digits: Path) -> Recipe:
    """The recipe of `redistill demo` for digits written to that folder."""
    return Recipe.model_validate(
        {
            "data": {"unlabeled": [str(digits / "unlabeled")], "labeled": str(digits / "labeled")},
            "model": {"name": "starter"},
            "pretrain": {"steps": 80, "batch_size": 64},
            "distill": {"steps": 30, "batch_size": 48},
            "finetune": {
                "steps": 80,
                "batch_size": 16,
                "warmup_steps": 8,
                "lr": 1e-3,
                "flips": False,
            },
            "probe": {"every": 80},
            "runtime": {"offline": True},
        }
    )
