"""Ready-made recipes: the paper's, one for a coffee break on a CPU, one between.

Each for images and for texts. What a preset leaves open is the default of that kind.
"""

from typing import Any

from core.recipe.tree import Recipe

PRESETS: dict[str, dict[str, Any]] = {
    # Minutes on a CPU with the starter model.
    "quick": {
        "model": {"decoder_depth": 4, "decoder_dim": 256, "decoder_warmup_steps": 100},
        "pretrain": {"steps": 300},
        "distill": {"steps": 300},
        # So few steps from a random head, at the paper's learning rate, hardly leave it: chosen on
        # validation images (`resources/help/evidence.md`).
        "finetune": {"steps": 300, "warmup_steps": 30, "lr": 1e-3, "head": "probe"},
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


# For texts. In `paper` all is a default of text; `paper` and `balanced` want a model that was
# pre-trained at length, such as roberta-base.
TEXT_PRESETS: dict[str, dict[str, Any]] = {
    # Minutes on a CPU with the text starter.
    "quick": {
        "pretrain": {"steps": 300, "lr": 3e-4},
        "distill": {"steps": 300, "lr": 3e-4},
        "finetune": {
            "steps": 300,
            "warmup_steps": 30,
            "batch_size": 32,
            "lr": 3e-4,
            "head": "probe",
        },
        "probe": {"every": 100},
    },
    "balanced": {
        "pretrain": {"steps": 5_000},
        "distill": {"steps": 5_000},
        "finetune": {"steps": 1_000, "warmup_steps": 60, "num_seeds": 3},
        "probe": {"every": 500},
    },
    "paper": {"finetune": {"num_seeds": 5}},
}


def preset_values(name: str, kind: str) -> dict[str, dict[str, Any]]:
    """What a preset asks for examples of a kind, as of `DataRecipe`; the caller's to change.

    Raises:
        KeyError: There is no such preset.
    """
    sections = (TEXT_PRESETS if kind == "text" else PRESETS)[name]
    return {section: dict(values) for section, values in sections.items()}


def preset_recipe(name: str, kind: str = "auto") -> Recipe:
    """The complete recipe of a preset; `KeyError` for an unknown name."""
    return Recipe.model_validate({"data": {"kind": kind}, **preset_values(name, kind)})
