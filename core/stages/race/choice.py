"""Who is out, and who has won."""

from collections.abc import Collection, Mapping

import numpy as np

from core.evaluate.standard_error import standard_error
from core.stages.race.judged import Look

# Standard errors by which an encoder is worse than, or better than, the model as it came.
CLEARLY = 2.0


def is_clearly_worse(look: Look, start: Look) -> bool:
    """Whether an encoder has fallen below the model as it came, beyond noise."""
    gain, error = look.gain_over(start)
    return gain < -CLEARLY * error


def is_clearly_better(look: Look, start: Look) -> bool:
    """Whether an encoder knows more than the model as it came, beyond noise."""
    gain, error = look.gain_over(start)
    return gain > CLEARLY * error


def simplest_within_noise(losses: Mapping[str, np.ndarray], supported: Collection[str] = ()) -> str:
    """The winner: of all that are within one standard error of the best one, the simplest.

    Args:
        losses: (N,) of each example, by name, the simplest first.
        supported: Those that know more than the base model before any fine-tuning, beyond noise,
            too. If the best one is among them, only those are taken in its place: what two looks
            at it say is no chance.
    """
    best = min(losses, key=lambda name: float(losses[name].mean()))
    for name, found in losses.items():
        if name == best:
            break
        if best in supported and name not in supported:
            continue
        if not np.isfinite(found).all():
            continue
        behind = found - losses[best]
        if float(behind.mean()) <= standard_error(behind):
            return name
    return best
