"""Fine-tunings that would only be done again: an arm whose encoder is the one that the base has.

Where nothing was better than the start of a stage, and the start was kept, the arm begins with the
weights of the base model, the same head and the same order of examples: its training would repeat
the base model's, number for number. So that one's result is taken, and it is said.
"""

import shutil
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from core.language import _
from core.recipe.arms import BASE, phrase_of
from core.run.events import Noticed
from core.run.files import CLAIM, SUMMARY
from core.run.plan import StagePlan
from core.stages.setup import RunSetup
from core.system.atomic import write_json


@dataclass(frozen=True)
class Twin:
    """What a stage would repeat: that stage, and whose encoder it was."""

    stage: StagePlan
    behind: StagePlan


def twin_of(setup: RunSetup, stage: StagePlan) -> Twin | None:
    """The finished stage of the base model that a search or fine-tuning would repeat, if any."""
    behind = setup.kept_start_behind(stage)
    if behind is None:
        return None
    wanted = (stage.kind, BASE, stage.seed_index)
    for other in setup.stages:
        if (other.kind, other.arm, other.seed_index) == wanted:
            return Twin(other, behind) if setup.summary_of(other) else None
    return None


def take_over(setup: RunSetup, stage: StagePlan, twin: Twin) -> dict[str, Any]:
    """Take the result of a twin as a stage's own; returns its summary."""
    summary = {**setup.summary_of(twin.stage), "arm": stage.arm, "same_as": twin.stage.name}
    text = _(
        "{name} is that of {base}: {earlier} kept the model it started from, so the "
        "training would be the same, and the result of {same} is taken."
    ).format(name=stage.name, base=phrase_of(BASE), earlier=twin.behind.name, same=twin.stage.name)
    if "words" in summary:
        summary["words"] = text
    setup.context.report(Noticed(id="same-as-base", text=text))
    source, folder = setup.run.stage(twin.stage.name), setup.run.stage(stage.name)
    setup.context.write(partial(_copy, source, folder, summary), "the classifier")
    return summary


def _copy(source: Path, folder: Path, summary: dict[str, Any]) -> None:
    for file in sorted(source.iterdir()):
        is_own = file.name in {SUMMARY, CLAIM} or file.name.startswith("checkpoint-")
        if file.is_file() and not is_own:
            shutil.copyfile(file, folder / file.name)
    write_json(folder / SUMMARY, summary)
