"""What is said beside the curves of a stage that makes the representation worse."""

import numpy as np

from core.language import _
from core.readers.history import StageHistory
from gui.words.numbers import percent, stage_title


def harm_of_stage(name: str, stage: StageHistory) -> str:
    """A sentence while the last probe of a stage that trains is below its start; else empty."""
    probes = stage.probes
    if not len(probes) or probes.column("below_start")[-1] != 1 or probes.steps[0] != 0:
        return ""
    start, now = (float(probes.column("linear")[at]) for at in (0, -1))
    score = _("without a number") if np.isnan(now) else _("at {share}").format(share=percent(now))
    return _(
        "{stage} makes the representation worse: after {steps:,} "
        "steps the linear probe is {score}, below its start of {share} by more than "
        "noise."
    ).format(
        stage=stage_title(name), steps=int(probes.steps[-1]), score=score, share=percent(start)
    )
