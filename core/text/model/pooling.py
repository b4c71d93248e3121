"""How the tokens of a text become one vector: the model's own way, told by its files or guessed.

Sentence encoders are trained with one way of pooling, which the layout of sentence-transformers
keeps beside the weights (`modules.json`, `1_Pooling/config.json`). Read in another way they know
far less.
"""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal

import torch
from torch import Tensor

from core.errors import RunError
from core.language import _
from core.recipe.families import MASKED_LANGUAGE, SENTENCE
from core.recipe.modality import AUTO

# `head` leaves it to the classification head of the architecture, which reads the first token.
Pooling = Literal["first", "mean", "max", "head"]
MODULES: Final = "modules.json"
# Architectures whose classifier reads a pooler, which masked language models don't have.
_WITH_POOLER: Final = frozenset(
    {"albert", "bert", "big_bird", "ernie", "nystromformer", "roc_bert"}
)
_MODES: Final[dict[str, Pooling]] = {
    "pooling_mode_cls_token": "first",
    "pooling_mode_mean_tokens": "mean",
    "pooling_mode_max_tokens": "max",
}
_NAMES: Final[dict[str, Pooling]] = {"cls": "first", "mean": "mean", "max": "max"}
WORDS: Final[dict[Pooling, str]] = {
    "first": _("the first token"),
    "mean": _("the mean of all tokens"),
    "max": _("the largest values over all tokens"),
    "head": _("the classification head of the architecture, on the first token"),
}


@dataclass(frozen=True)
class Chosen:
    """A way of pooling, and why it was taken, to complete "because …"."""

    pooling: Pooling
    why: str

    @property
    def words(self) -> str:
        """A sentence that says both."""
        why = f", because {self.why}" if self.why else ""
        return _("Texts are read by {words}{why}.").format(words=WORDS[self.pooling], why=why)


def pooled(hidden: Tensor, mask: Tensor, pooling: Pooling) -> Tensor:
    """(B, D) of (B, T, D) last hidden states under a (B, T) attention mask, padding aside."""
    if pooling in {"first", "head"}:
        return hidden[:, 0]
    real = mask.unsqueeze(-1)
    if pooling == "max":
        return hidden.masked_fill(real == 0, torch.finfo(hidden.dtype).min).amax(dim=1)
    real = real.to(hidden.dtype)
    return (hidden * real).sum(dim=1) / real.sum(dim=1)


def chosen_pooling(
    asked: str,
    *,
    name: str,
    config: dict[str, Any],
    has_head: bool,
    file: Callable[[str], Path | None],
) -> Chosen:
    """What a recipe asks for; with `auto` what the model's files say, or what suits it.

    Args:
        asked: `model.pooling` of a recipe.
        name: Of the model, for errors.
        config: Its `config.json`.
        has_head: Whether its files have a masked-language-model head.
        file: Finds a file of the model by its path there; None where there is none.

    Raises:
        RunError: Its files name a way that is not offered.
    """
    if asked != AUTO:
        assert asked in WORDS
        return Chosen(asked, _("the recipe asks for it"))
    path = pooling_file(file(MODULES))
    found = file(path) if path else None
    if found is not None:
        return Chosen(_told(name, path, found), _("{path} of the model says so").format(path=path))
    if not has_head:
        # Without a head it was trained further for something else, mostly sentences and by mean.
        why = _("a model without a masked-language-model head is mostly trained so for sentences")
        return Chosen("mean", why)
    return without_files(config)


def without_files(config: dict[str, Any]) -> Chosen:
    """What suits a masked language model that says nothing about it."""
    if config.get("model_type") in _WITH_POOLER:
        why = _("a masked language model has no trained pooler for its architecture's head")
        return Chosen("first", why)
    return Chosen("head", _("that is how its authors fine-tune this architecture"))


def files_in(folder: Path) -> Callable[[str], Path | None]:
    """Finds files of a model that is a folder here."""
    return lambda path: folder / path if (folder / path).is_file() else None


def text_family(*, has_head: bool, file: Callable[[str], Path | None]) -> str:
    """How an encoder was pretrained, of `core.recipe.families`, as its files tell."""
    is_of_sentences = bool(pooling_file(file(MODULES))) or not has_head
    return SENTENCE if is_of_sentences else MASKED_LANGUAGE


def pooling_file(modules: Path | None) -> str:
    """Path of the pooling's description in a model's folder; empty where it names none."""
    values = _read(modules)
    for each in values if isinstance(values, list) else []:
        if isinstance(each, dict) and str(each.get("type", "")).endswith("Pooling"):
            folder = str(each.get("path", ""))
            # Nothing that leads elsewhere.
            return f"{folder}/config.json" if re.fullmatch(r"\w+", folder) else ""
    return ""


def _told(name: str, path: str, file: Path) -> Pooling:
    values = _read(file)
    values = values if isinstance(values, dict) else {}
    modes = [key for key, is_on in values.items() if key.startswith("pooling_mode_") and is_on]
    if not modes and isinstance(values.get("pooling_mode"), str):
        modes = [values["pooling_mode"]]
    known = [_MODES.get(mode) or _NAMES.get(mode) for mode in modes]
    if len(known) == 1 and known[0] is not None:
        return known[0]
    found = " and ".join(mode.removeprefix("pooling_mode_") for mode in modes) or _("nothing known")
    raise RunError("model-pooling-unknown", path=name, file=path, found=found[:100])


def _read(file: Path | None) -> Any:
    try:
        return None if file is None else json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
