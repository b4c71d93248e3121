"""Says which features of an encoder fitted layers leave aside, and how that was guessed."""

from typing import Any, Final

import numpy as np

from core.language import _
from core.recipe.arm import Arm
from core.run.events import Noticed
from core.run.files import SUMMARY
from core.stages.setup import RunSetup

# Beside the answers of the row that is a layer on the encoder.
LEFT_ASIDE: Final = "left_aside"


def left_aside(setup: RunSetup, arm: Arm, features: np.ndarray) -> dict[str, Any] | None:
    """How many features of an encoder hardly vary, in numbers and words; None for none.

    Args:
        setup: The run.
        arm: A row of the encoder.
        features: (N, D) of the training examples.
    """
    # Late: scikit-learn takes seconds.
    from core.evaluate.scaling import LEAST_SPREAD, num_switched_off

    number, width = num_switched_off(features), features.shape[1]
    if not number:
        return None
    what = f"{len(features):,} training {setup.manifest.modality.examples}"
    vary = "1 varies" if number == 1 else f"{number:,} vary"
    words = _(
        "{title}: of its {width:,} features {vary} by less than {least_spread:g} of "
        "the usual spread (the median, over {what}). So they are taken for switched "
        "off, and every layer that is fitted on this encoder, the heads that "
        "fine-tuning starts from among them, leaves them aside."
    ).format(title=arm.title, width=width, vary=vary, least_spread=LEAST_SPREAD, what=what)
    return {"number": number, "width": width, "words": words[:1].upper() + words[1:]}


def say_left_aside(setup: RunSetup, arm: Arm, found: dict[str, Any] | None) -> None:
    """Say it once, and again only of an encoder that has other such features than the first one."""
    if found is None:
        return
    first = setup.run.frozen / "probe-base" / SUMMARY
    if arm.start and first.exists():
        known = setup.run.read_json(first.relative_to(setup.run.path).as_posix()).get(LEFT_ASIDE)
        if known is not None and known["number"] == found["number"]:
            return
    setup.context.report(Noticed(id="features-left-aside", text=found["words"]))
