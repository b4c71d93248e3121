"""Ready-made recipes: the paper's, one for a coffee break on a CPU, one between."""

from typing import Any

from core.recipe.tree import Recipe

PRESETS: dict[str, dict[str, Any]] = {
    # Minutes on a CPU with the starter model.
    "quick": {
        "model": {"decoder_depth": 4, "decoder_dim": 256, "decoder_warmup_steps": 100},
        "pretrain": {"steps": 300},
        "distill": {"steps": 300},
        "finetune": {"steps": 300, "warmup_steps": 30},
        "probe": {"every": 100},
    },
    # An hour or so on a desktop GPU.
    "balanced": {
        "model": {"decoder_warmup_steps": 500},
        "pretrain": {"steps": 5_000},
        "distill": {"steps": 5_000},
        "finetune": {"steps": 2_500, "warmup_steps": 125, "num_seeds": 3},
        "probe": {"every": 500},
    },
    # What the authors ran (METHOD.md section 2).
    "paper": {"finetune": {"num_seeds": 5}},
}


def preset_recipe(name: str) -> Recipe:
    """The complete recipe of a preset; `KeyError` for an unknown name."""
    return Recipe.model_validate(PRESETS[name])
