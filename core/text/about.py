"""Texts as a modality, in words and settings."""

from typing import Any

from core.language import _
from core.recipe.families import text_family
from core.recipe.modality import NO_HARM, SCALE_FREE, SUITED, Modality, ModelWords, Sections

# What text wants instead of the images' defaults (METHOD.md section 2's paragraph on text). Of
# fine-tuning: ten epochs of some 3,000 texts, 6 % of them warm-up (Gururangan et al. 2020, whose
# sets the paper's are). A head is warmed up only where the model came without one: its own layers
# are few, and their table of tokens is the encoder's.
_DEFAULTS: Sections = {
    "model": {"name": "starter-text", "decoder_warmup_steps": 500},
    "pretrain": {"lr": 1e-4, "mask_ratio": 0.15},
    "distill": {"lr": 1e-4, "mask_ratio": 0.15},
    "finetune": {
        "steps": 2_000,
        "batch_size": 16,
        "warmup_steps": 120,
        "lr": 2e-5,
        "flips": False,
        # As BERT's and RoBERTa's authors fine-tune: the paper's code is for images alone.
        "decay_norms": False,
    },
}

# Fine-tuning with what is known of it beyond the paper (`resources/help/evidence.md`); the search
# departs from `lr` where another rate is clearly better.
_STRONG: dict[str, Any] = {
    "lr": 2e-4,
    "decay_norms": False,
    "layer_decay": 0.85,
    "own_dropout": True,
    "averaging": 0.1,
    "head": "regularised-probe",
    "search": True,
    "interpolate": True,
    "search_rates": (2e-5, 6e-5, 2e-4, 6e-4),
    "pairs": True,
}

# With this weight both terms pull at the encoder about alike when self-distillation begins, with
# starter-text and with MiniLM.
_SCALE_FREE: dict[str, Any] = {**SCALE_FREE, "weight": 4.0}

# In `paper` all is a default of text; `paper` and `balanced` want a model that was pre-trained at
# length, such as roberta-base.
_PRESETS: dict[str, Sections] = {
    # Short enough for a CPU with the text starter.
    "quick": {
        "model": {"decoder_warmup_steps": 100},
        "pretrain": {**NO_HARM, **SUITED, "steps": 300, "lr": 3e-4},
        "distill": {**NO_HARM, **_SCALE_FREE, "steps": 300, "lr": 3e-4},
        "finetune": {
            **_STRONG,
            "steps": 300,
            "warmup_steps": 30,
            "batch_size": 32,
            "num_seeds": 3,
        },
        "probe": {"every": 100},
    },
    "balanced": {
        "model": {"decoder_warmup_steps": 300},
        "pretrain": {**NO_HARM, **SUITED, "steps": 5_000},
        "distill": {**NO_HARM, **_SCALE_FREE, "steps": 5_000},
        "finetune": {**_STRONG, "steps": 1_000, "warmup_steps": 100, "num_seeds": 3},
        "probe": {"every": 500},
    },
    "paper": {"finetune": {"num_seeds": 5}},
}

MODALITY = Modality(
    name="text",
    package="core.text",
    example=_("text"),
    examples=_("texts"),
    piece=_("token"),
    pieces=_("tokens"),
    copied="text",
    file_name="text",
    result_name="text",
    shown_as="text",
    starter="starter-text",
    learned=_("learned to fill in hidden words of other texts"),
    defaults=_DEFAULTS,
    presets=_PRESETS,
    strong=_STRONG,
    own_settings=frozenset(
        {
            *("model.max_length", "model.whole_word_masking", "model.decoder_warmup_steps"),
            *("model.pooling", "objectives.sentence_left_out", "objectives.sentence_temperature"),
        }
    ),
    has_equal_lengths=False,
    accuracy=_("Accuracy (= micro-F1)"),
    icon="text",
    family_of=text_family,
    invitation=_("As many as you have: files, folders, tables."),
    labeled_invitation=_(
        "Few are enough: tables with a label column, train/dev/test files, or class folders."
    ),
    welcome=_("Choose files or tables of texts. A pretrained language model is fitted to them."),
    sample=_("&Texts"),
    sample_about=_(
        "paragraphs of the documentation of Python packages, to be told apart by package"
    ),
    unusable=_("empty, or not to be read"),
    # Long texts are cut into several sequences.
    trained_on=_("sequences of tokens"),
    models=ModelWords(
        title=_("Any masked language &model"),
        placeholder=_("owner/name or address on the hub: BERT, RoBERTa …"),
        name=_("Name of a masked language model on the hub"),
        invitation=_("Or drop a model's folder here, as transformers saves it."),
    ),
    suffixes=(".txt", ".md"),
)
