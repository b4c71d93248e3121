"""Who is out, and who has won."""

from collections.abc import Collection, Mapping

import numpy as np

from core.evaluate.standard_error import standard_error
from core.stages.race.judged import Look

# Standard errors by which an encoder is worse than, or better than, the model as it came.
CLEARLY = 2.0
# Of the difference to what was measured beforehand to be the likeliest, by which another is better.
_DEPARTS = 1.0


def is_clearly_worse(look: Look, start: Look) -> bool:
    """Whether an encoder has fallen below the model as it came, beyond noise."""
    gain, error = look.gain_over(start)
    return gain < -CLEARLY * error


def is_clearly_better(look: Look, start: Look) -> bool:
    """Whether an encoder knows more than the model as it came, beyond noise."""
    gain, error = look.gain_over(start)
    return gain > CLEARLY * error


def best_first(looks: Mapping[str, Look], likeliest: str) -> list[str]:
    """The ways to adapt a model from the best to the worst.

    The likeliest one, which was measured on other data, is the first of them unless the best one
    is better by more than one standard error: few examples judge many ways, and the best of many
    is easily the luckiest.

    Args:
        looks: At what each came to, the likelier ones first.
        likeliest: The one that other data speak for; need not be among them.
    """
    # Of equals the likelier one: sorting keeps their order.
    names = sorted(looks, key=lambda name: -looks[name].score)
    if likeliest in looks and is_within_chance(looks[likeliest], looks[names[0]]):
        names.remove(likeliest)
        names.insert(0, likeliest)
    return names


def is_within_chance(look: Look, best: Look) -> bool:
    """Whether an encoder is as good as the best one, as far as the examples tell."""
    gain, error = best.gain_over(look)
    return gain <= _DEPARTS * error


def is_supported(look: Look, start: Look, *, is_usual: bool) -> bool:
    """Whether what an encoder knows before any fine-tuning speaks for it.

    Beyond noise; of the way that is usually best for such a model, that it knows more at all. Ten
    examples, which is what five labels per class leave to compare fine-tunings by, tell nothing
    that other data had not told better.
    """
    gain, _error = look.gain_over(start)
    return is_clearly_better(look, start) or (is_usual and gain > 0)


def winner_of(losses: Mapping[str, np.ndarray], supported: Collection[str] = ()) -> str:
    """The winner: of all that are within one standard error of the best one, the simplest.

    Args:
        losses: (N,) of each example, by name, the simplest first.
        supported: Those that something beside these losses speaks for; see `is_supported`. Only
            those are taken if one of them is within one standard error of the best: the base model
            is trained beside the winner anyway, and it is the test that tells them apart.
    """
    best = min(losses, key=lambda name: float(losses[name].mean()))
    equals = [name for name in losses if _is_as_good(losses[name], losses[best])]
    known = [name for name in equals if name in supported]
    return (known or equals or [best])[0]


def _is_as_good(losses: np.ndarray, best: np.ndarray) -> bool:
    if not np.isfinite(losses).all():
        return False
    behind = losses - best
    return float(behind.mean()) <= standard_error(behind)
