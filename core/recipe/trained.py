"""Which part of an encoder is trained while the representation is: a setting, read."""

import re
from dataclasses import dataclass
from typing import Literal

from core.language import _
from core.recipe.modality import AUTO

# `auto` is what the objective was measured with (`core.recipe.objectives`).
_FORM = re.compile(rf"(all|{AUTO})|(last|lora):(\d{{1,6}})")
_FORMS = "all, auto, last:N (the last N blocks) or lora:R (low-rank adapters of rank R)"


@dataclass(frozen=True)
class TrainedPart:
    """A part of an encoder.

    Attributes:
        kind: `all`; `last`, the last blocks and the norm behind them; `lora`, low-rank adapters
            beside the frozen weights of all blocks but the last, which is free, as all norms are.
        number: Of blocks, or the adapters' rank; 0 for `all`.
    """

    kind: Literal["all", "last", "lora"]
    number: int = 0


ALL = TrainedPart("all")


def trained_part(text: str) -> TrainedPart:
    """The part that a setting names; `ValueError` in words for what names none.

    `auto` counts as all of it, the most that it can mean.
    """
    match = _FORM.fullmatch(text)
    if match is None:
        raise ValueError(_("must be {forms}").format(forms=_FORMS))
    if match[1]:
        return ALL
    kind: Literal["last", "lora"] = "last" if match[2] == "last" else "lora"
    number = int(match[3])
    if number < 1:
        what = _("one block") if kind == "last" else _("rank 1")
        words = _("needs at least {what}: {kind}:1; for the whole encoder write all")
        raise ValueError(words.format(what=what, kind=kind))
    return TrainedPart(kind, number)


def why_not(part: TrainedPart, *, blocks: int, width: int) -> str:
    """Why a part can't be trained of an encoder, and what to do; empty when it can.

    Args:
        part: What is asked.
        blocks: Of the encoder.
        width: Of its representation.
    """
    if part.kind == "last" and part.number > blocks:
        return _(
            "has {blocks}, so pretrain.train last:{asked} is more than there is: set it to "
            "last:{number} or less, or to all."
        ).format(blocks=_blocks(blocks), asked=part.number, number=blocks)
    if part.kind == "lora" and blocks < 2:
        return _(
            "has {blocks}, and the last one has no adapters: set pretrain.train to all or last:1."
        ).format(blocks=_blocks(blocks))
    if part.kind == "lora" and part.number >= width:
        return _(
            "is {width} wide, so adapters of rank {rank} (pretrain.train) save nothing: set a rank "
            "far below that, such as lora:8, or all."
        ).format(width=width, rank=part.number)
    return ""


def _blocks(number: int) -> str:
    return f"{number} block" if number == 1 else f"{number} blocks"
