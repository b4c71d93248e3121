"""Scores and differences of `results.json` as parts of sentences."""

from typing import Any

from core.readers.judgement import level_in_words
from core.recipe.arms import phrase_of
from core.recipe.shares import points, signed
from core.recipe.tasks import metric_of


def listing(arms: list[str]) -> str:
    """`RecAdam, MARS and R3F`."""
    phrases = [phrase_of(arm) for arm in arms]
    return phrases[0] if len(phrases) == 1 else f"{', '.join(phrases[:-1])} and {phrases[-1]}"


def points_of(difference: dict[str, Any]) -> str:
    """How large a difference is: `1.2 points`."""
    return f"{points(difference['value'])} points"


def span_of(difference: dict[str, Any]) -> str:
    """`95 % interval +0.2 to +2.1`."""
    low, high = signed(difference["low"]), signed(difference["high"])
    return f"{level_in_words(difference)} interval {low} to {high}"


def score_of(arm: str, summary: dict[str, Any]) -> str:
    """`fine-tuning alone: 81.3 % (95 % interval 67.7 to 90.0)`."""
    metric = metric_of(summary)
    interval = summary["intervals"][metric.key]
    low, high = (metric.number(interval[end]) for end in ("low", "high"))
    return f"{phrase_of(arm)}: {metric.shown(summary[metric.key])} (95 % interval {low} to {high})"


def capital(text: str) -> str:
    """As it begins a sentence."""
    return text[:1].upper() + text[1:]
