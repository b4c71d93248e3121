"""Families of encoders: how one was pretrained, which decides what suits it later.

An encoder that was trained to fill in what is hidden keeps much of the detail; one that was trained
to give all views of an image the same answer has thrown detail away, and is harmed by an objective
that wants it back. Told by names, because weights don't say it.
"""

import re
from dataclasses import dataclass
from pathlib import PurePath
from typing import Final, Literal

from core.language import _

MAE: Final = "mae"
DINO: Final = "dino"
CLIP: Final = "clip"
MASKED_FEATURES: Final = "masked-features"
SUPERVISED: Final = "supervised"
MASKED_LANGUAGE: Final = "masked-language"
SENTENCE: Final = "sentence"
UNKNOWN: Final = "unknown"


@dataclass(frozen=True, kw_only=True)
class Family:
    """How an encoder was pretrained.

    Attributes:
        name: In files.
        learned: What it was pretrained for, to complete "It was pretrained …".
        reads: The representation that its own authors use, as `MaskedModel.represent` names it.
        tuned_faster: In how many times `finetune.lr` it is fine-tuned as a rule, where a search
            says nothing else. Of MAE the starter alone was measured
            (`tests/benchmarks/README.md`).
    """

    name: str
    learned: str
    reads: Literal["class_token", "patch_mean"] = "class_token"
    tuned_faster: float = 1.0


_TABLE: Final = (
    # Its class token is attended to by nobody (Przewięźlikowski et al. 2024, arXiv 2412.03215).
    Family(
        name=MAE,
        learned=_("to fill in hidden patches (MAE)"),
        reads="patch_mean",
        tuned_faster=10 / 3,
    ),
    Family(name=DINO, learned=_("to see views of an image as the same (DINO, iBOT)")),
    Family(name=CLIP, learned=_("to match images and captions (CLIP, SigLIP)")),
    Family(
        name=MASKED_FEATURES,
        learned=_("to fill in what another model sees in hidden patches (EVA)"),
        reads="patch_mean",
    ),
    Family(name=SUPERVISED, learned=_("on labels")),
    Family(name=MASKED_LANGUAGE, learned=_("to fill in hidden words")),
    Family(name=SENTENCE, learned=_("to compare sentences"), reads="patch_mean"),
    Family(name=UNKNOWN, learned=_("in a way that its name does not tell")),
)
FAMILIES: Final = {family.name: family for family in _TABLE}

# In this order: a name may have several. What is behind the first dot of timm's names counts, too.
_IMAGE_MARKS: Final = (
    (UNKNOWN, r"i?jepa|random"),
    (DINO, r"dino|ibot|moco|simclr"),
    (CLIP, r"clip|siglip|openai|laion|webli|datacomp|dfn\d|metaclip|pe_(core|lang|spatial)"),
    # Unless it was fine-tuned on labels afterwards.
    (MASKED_FEATURES, r"\bmim_(?!.*_ft_)"),
    (MAE, r"mae|starter"),
    (SUPERVISED, r"augreg|deit|in1k|in21k|in22k|in12k|sam\b"),
)


def image_family(*names: str) -> str:
    """The family of an image encoder, by the first of some names that tells it.

    Args:
        *names: Of its architecture, of where it is from; of a path only its last folder counts.
    """
    for name in map(_bare, names):
        for family, marks in _IMAGE_MARKS:
            if re.search(marks, name):
                return family
    return UNKNOWN


def _bare(name: str) -> str:
    path = PurePath(name)
    if path.suffix == ".safetensors":
        path = path.parent
    is_path = path.is_absolute() or len(path.parts) > 2
    return (path.name if is_path else name).lower()


# What was tuned to compare sentences says so in its name, or is known for it.
_SENTENCE_MARKS: Final = r"sentence|minilm|simcse|sbert|mpnet|^(bge|gte|e5)\b"


def text_family(*names: str) -> str:
    """The family of a text encoder, before it is opened, by its names alone."""
    is_of_sentences = any(re.search(_SENTENCE_MARKS, _bare(name)) for name in names)
    return SENTENCE if is_of_sentences else MASKED_LANGUAGE
