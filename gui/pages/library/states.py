"""The state of a run as words, colour and icon."""

import time
from dataclasses import dataclass

from core.language import _
from core.readers.lead import Lead
from core.readers.summary import RunSummary
from core.recipe.shares import number_of
from core.recipe.tasks import SINGLE, TASKS
from core.run.folder import RunState
from gui.words.numbers import (
    arm_title,
    bytes_in_words,
    clock_time,
    date_and_time,
    duration,
    percent,
)
from gui.words.sentences import in_sentence

CAN_CONTINUE = {RunState.PAUSED, RunState.STOPPED, RunState.INTERRUPTED, RunState.FAILED}


@dataclass(frozen=True)
class Look:
    """How a state is shown: its word, the role of a label, an icon in a colour."""

    word: str
    role: str
    icon: str
    colour: str


_LOOKS = {
    RunState.NEW: Look(_("Not started yet"), "muted", "clock", "muted"),
    RunState.RUNNING: Look(_("Training"), "", "train", "accent"),
    RunState.PAUSED: Look(_("Paused"), "warn", "pause", "warn"),
    RunState.STOPPED: Look(_("Stopped"), "muted", "stop", "muted"),
    RunState.FAILED: Look(_("Failed"), "bad", "attention", "bad"),
    RunState.FINISHED: Look(_("Finished"), "ok", "tick", "ok"),
    RunState.INTERRUPTED: Look(_("Interrupted"), "warn", "attention", "warn"),
}
_VERDICTS = {
    Lead.GAIN: _("A gain over fine-tuning alone"),
    Lead.GAIN_NOT_NEEDED: _("A gain, but what is simpler may do as well"),
    Lead.PERHAPS: _("Perhaps a gain over fine-tuning alone"),
    Lead.NO_DIFFERENCE: _("No sure difference from fine-tuning alone"),
    Lead.LOSS: _("A loss against fine-tuning alone"),
    Lead.NO_GAIN: _("No gain over fine-tuning alone"),
    Lead.NOT_JUDGED: _("Too few trainings to judge"),
}
_BROKEN = Look(_("Can't be opened"), "bad", "attention", "bad")


def look_of(summary: RunSummary) -> Look:
    """How the state of a run is shown."""
    return _LOOKS[summary.state] if summary.state is not None else _BROKEN


def state_words(summary: RunSummary) -> str:
    """`Paused at 61 %`, `Training: 34 %, about 16:40`."""
    word = look_of(summary).word
    if summary.state is RunState.RUNNING:
        return f"{word}: {progress_words(summary)}"
    if summary.state in CAN_CONTINUE and summary.share is not None:
        return _("{word} at {share}").format(word=word, share=percent(summary.share, 0))
    return word


def progress_words(summary: RunSummary) -> str:
    """`34 %, about 16:40`."""
    words = percent(summary.share or 0.0, 0)
    # What should be over by now is no time to tell anybody.
    if summary.ends_at is not None and (left := summary.ends_at - time.time()) > 0:
        words += _(", about {time}").format(time=clock_time(left))
    return words


def score_words(summary: RunSummary) -> str:
    """The accuracy that counts with its interval; empty when there is none."""
    best = summary.best
    if best is None:
        return ""
    interval = _("{low} to {high}").format(low=number_of(best.low), high=number_of(best.high))
    what = best.metric.words if best.metric != TASKS[SINGLE].metric else _("correct")
    return f"{percent(best.value)} {what} ({interval}), {in_sentence(arm_title(best.arm))}"


def verdict_words(summary: RunSummary) -> str:
    """The answer in a few words; empty while there is none."""
    return _VERDICTS.get(summary.lead, "") if summary.lead is not None else ""


def facts_words(summary: RunSummary) -> str:
    """How long it took, size and date."""
    if summary.is_missing:
        return str(summary.path.parent)
    seconds = summary.story.seconds
    took = [_("took {time}").format(time=duration(seconds))] if seconds else []
    return ", ".join((*took, bytes_in_words(summary.num_bytes), date_and_time(summary.changed)))
