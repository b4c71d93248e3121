"""How the answer of a run begins, so that it agrees with the classifier that the run recommends.

It is about the recommended classifier where adaptation has a part in that one, else about the most
fitted arm. A difference that may be chance is "no gain" only where the adapted model is not what
to use.
"""

from collections.abc import Collection, Mapping
from enum import Enum, auto
from typing import Any

from core.language import _
from core.readers.judgement import Judgement, judge
from core.recipe.arms import ARM_PREFERENCE, BASE, EVERY


class Lead(Enum):
    """The answer in a word or two."""

    GAIN = auto()
    # What is recommended does without adaptation all the same.
    GAIN_NOT_NEEDED = auto()
    # The difference may be chance, and an adapted model is recommended: it is ahead, or is not.
    PERHAPS = auto()
    NO_DIFFERENCE = auto()
    NO_GAIN = auto()
    LOSS = auto()
    NOT_JUDGED = auto()
    NOT_COMPARED = auto()


# A gain is said by the numbers that follow.
_WORDS = {
    Lead.GAIN_NOT_NEEDED: _("A gain here, but what is simpler may do as well"),
    Lead.PERHAPS: _("Perhaps a gain"),
    Lead.NO_DIFFERENCE: _("No sure difference"),
    Lead.NO_GAIN: _("No gain here"),
    Lead.LOSS: _("A loss here"),
}


# As they stand in `results.json`, in whatever language it is shown.
_ENGLISH = {
    Lead.PERHAPS: "Perhaps a gain",
    Lead.NO_DIFFERENCE: "No sure difference",
    Lead.NO_GAIN: "No gain here",
}


def in_words(lead: Lead) -> str:
    """How the answer begins, without what ends a sentence; empty where the numbers begin it."""
    return _WORDS.get(lead, "")


def is_adapted(arm: str) -> bool:
    """Whether the encoder of a classifier was pre-trained further, or distilled."""
    return arm in EVERY and bool(EVERY[arm].start or EVERY[arm].is_taught)


def subject_of(
    arms: Collection[str], rows: Mapping[str, Judgement], recommended: str | None
) -> str | None:
    """Whom the answer is about; None without anything but the base.

    Args:
        arms: What was fine-tuned and tested, in the order in which it is shown.
        rows: All that was tested, without fine-tuning as well: how it compares with the base.
        recommended: The classifier to start from; None while there is none.
    """
    if recommended is not None and recommended in rows and is_adapted(recommended):
        # A frozen model that few validation examples chose, and the test speaks against, says
        # nothing of what adaptation does.
        speaks_against = recommended not in arms and rows[recommended] is Judgement.LOSS
        if not speaks_against:
            return recommended
    fitted = next((arm for arm in ARM_PREFERENCE if arm in arms and arm != BASE), None)
    return fitted or next((arm for arm in reversed(list(arms)) if arm != BASE), None)


def judgements_of(rows: Mapping[str, Mapping[str, Any]]) -> dict[str, Judgement]:
    """How each row of `results.json` compares with the base."""
    return {name: judge(row.get("against", {}).get(BASE)) for name, row in rows.items()}


def verdict_of(values: Mapping[str, Any]) -> str:
    """The verdict of `results.json`; what an older version began with "no gain" in words of today.

    Those did not look at whom they recommend in the end.
    """
    text = str(values.get("verdict", ""))
    recommended = (values.get("recommended") or {}).get("arm")
    arms = values.get("arms", {})
    rows = {**arms, **values.get("frozen", {})}
    about = subject_of(arms, judgements_of(rows), recommended)
    # It was about what was fine-tuned.
    if about is None or about not in arms:
        return text
    lead = lead_of(rows[about].get("against", {}).get(BASE), recommended)
    before = _ENGLISH[Lead.NO_GAIN]
    if lead in {Lead.PERHAPS, Lead.NO_DIFFERENCE} and text.startswith(before):
        return _ENGLISH[lead] + text.removeprefix(before)
    return text


def lead_of(difference: Mapping[str, Any] | None, recommended: str | None) -> Lead:
    """The answer for a difference from fine-tuning alone as it stands in `results.json`.

    Args:
        difference: Of whom `subject_of` names; None: it was not compared.
        recommended: The classifier to start from; None while there is none.
    """
    value = 0.0 if difference is None else float(difference["value"])
    return lead_for(judge(difference), value, recommended)


def lead_for(judgement: Judgement, value: float, recommended: str | None) -> Lead:
    """The same for a difference that is judged already.

    Args:
        judgement: Of the difference.
        value: The difference.
        recommended: The classifier to start from; None while there is none.
    """
    is_wanted = recommended is not None and is_adapted(recommended)
    if judgement is Judgement.GAIN:
        return Lead.GAIN if is_wanted or recommended is None else Lead.GAIN_NOT_NEEDED
    if judgement is Judgement.NO_GAIN and is_wanted:
        return Lead.PERHAPS if value > 0 else Lead.NO_DIFFERENCE
    return Lead[judgement.name]
