"""The encoders of a run that a map shows: as it was loaded, further pre-trained, self-distilled."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from core.recipe.arms import DISTILLED, FURTHER
from core.run.encoder_files import ROUND, kept_encoder
from core.run.files import SUMMARY
from core.run.folder import RunFolder

INITIAL: Final = "initial"
# Of stages that every run has, not those of an ablation or a repetition.
_FURTHER: Final = re.compile(r"\d+-further-pretrain")


@dataclass(frozen=True)
class Encoder:
    """One encoder.

    Attributes:
        name: `initial`, `further` or `distilled`.
        file: Its weights; None for the model as it was loaded.
    """

    name: str
    file: Path | None = None


def encoders_of(run: RunFolder) -> list[Encoder]:
    """Those that are there, in the order in which they were made.

    Of repeated pre-trainings it is the first, of several rounds the last that is complete.

    Raises:
        RunError: The recipe is damaged.
    """
    recipe, found = run.recipe(), [Encoder(INITIAL)]
    done = sorted(file.parent for file in run.stages.glob(f"*/{SUMMARY}"))
    found += [
        Encoder(FURTHER, kept_encoder(folder, recipe.pretrain.keep))
        for folder in done
        if _FURTHER.fullmatch(folder.name)
    ]
    rounds = {int(match[1]): each for each in done if (match := ROUND.fullmatch(each.name))}
    if rounds:
        folder = rounds[max(rounds)]
        found.append(Encoder(DISTILLED, kept_encoder(folder, recipe.distill.keep)))
    return found
