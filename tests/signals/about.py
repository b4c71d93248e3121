"""Signals as a modality, in words and settings."""

from core.recipe.modality import Modality

_FEW = {"steps": 4, "batch_size": 8, "lr": 1e-3}

MODALITY = Modality(
    name="signals",
    package="tests.signals",
    example="signal",
    examples="signals",
    piece="window",
    pieces="windows",
    copied="file",
    file_name="signal",
    result_name="signal",
    shown_as="name",
    learned="learned to see what is missing in other signals",
    defaults={"model": {"name": "tiny-signals", "decoder_warmup_steps": 0}},
    presets={
        "quick": {
            "pretrain": _FEW,
            "distill": _FEW,
            "finetune": {**_FEW, "warmup_steps": 1, "flips": False},
            "probe": {"every": 0, "neighbours": 3},
        },
        "balanced": {},
        "paper": {},
    },
    suffixes=(".npy",),
)
