"""What is said beside the curves of a stage that makes the representation worse."""

import numpy as np

from core.readers.history import StageHistory
from gui.words.numbers import percent, stage_title


def harm_of_stage(name: str, stage: StageHistory) -> str:
    """A sentence while the last probe of a stage that trains is below its start; else empty."""
    probes = stage.probes
    if not len(probes) or probes.column("below_start")[-1] != 1 or probes.steps[0] != 0:
        return ""
    start, now = (float(probes.column("linear")[at]) for at in (0, -1))
    score = "without a number" if np.isnan(now) else f"at {percent(now)}"
    return (
        f"{stage_title(name)} makes the representation worse: after {int(probes.steps[-1]):,} "
        f"steps the linear probe is {score}, below its start of {percent(start)} by more than "
        "noise."
    )
