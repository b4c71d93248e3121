"""The state of a run as words, colour and icon."""

import time
from dataclasses import dataclass

from core.readers.judgement import Judgement
from core.readers.summary import RunSummary
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

CAN_CONTINUE = {RunState.PAUSED, RunState.STOPPED, RunState.INTERRUPTED, RunState.FAILED}


@dataclass(frozen=True)
class Look:
    """How a state is shown: its word, the role of a label, an icon in a colour."""

    word: str
    role: str
    icon: str
    colour: str


_LOOKS = {
    RunState.NEW: Look("Not started yet", "muted", "clock", "muted"),
    RunState.RUNNING: Look("Training", "", "train", "accent"),
    RunState.PAUSED: Look("Paused", "warn", "pause", "warn"),
    RunState.STOPPED: Look("Stopped", "muted", "stop", "muted"),
    RunState.FAILED: Look("Failed", "bad", "attention", "bad"),
    RunState.FINISHED: Look("Finished", "ok", "tick", "ok"),
    RunState.INTERRUPTED: Look("Interrupted", "warn", "attention", "warn"),
}
_VERDICTS = {
    Judgement.GAIN: "A gain over fine-tuning alone",
    Judgement.LOSS: "A loss against fine-tuning alone",
    Judgement.NO_GAIN: "No gain over fine-tuning alone",
    Judgement.NOT_JUDGED: "Too few trainings to judge",
}
_BROKEN = Look("Can't be opened", "bad", "attention", "bad")


def look_of(summary: RunSummary) -> Look:
    """How the state of a run is shown."""
    return _LOOKS[summary.state] if summary.state is not None else _BROKEN


def state_words(summary: RunSummary) -> str:
    """`Paused at 61 %`, `Training: 34 %, about 16:40`."""
    word = look_of(summary).word
    if summary.state is RunState.RUNNING:
        return f"{word}: {progress_words(summary)}"
    if summary.state in CAN_CONTINUE and summary.share is not None:
        return f"{word} at {percent(summary.share, 0)}"
    return word


def progress_words(summary: RunSummary) -> str:
    """`34 %, about 16:40`."""
    words = percent(summary.share or 0.0, 0)
    # What should be over by now is no time to tell anybody.
    if summary.ends_at is not None and (left := summary.ends_at - time.time()) > 0:
        words += f", about {clock_time(left)}"
    return words


def score_words(summary: RunSummary) -> str:
    """The best accuracy with its interval; empty when there is none."""
    best = summary.best
    if best is None:
        return ""
    interval = f"{100 * best.low:.1f} to {100 * best.high:.1f}"
    what = best.metric.words if best.metric != TASKS[SINGLE].metric else "correct"
    return f"{percent(best.value)} {what} ({interval}), {arm_title(best.arm).lower()}"


def verdict_words(summary: RunSummary) -> str:
    """The answer in three words; empty while there is none."""
    return _VERDICTS.get(summary.judgement, "") if summary.judgement is not None else ""


def facts_words(summary: RunSummary) -> str:
    """How long it took, size and date."""
    if summary.is_missing:
        return str(summary.path.parent)
    seconds = summary.story.seconds
    took = [f"took {duration(seconds)}"] if seconds else []
    return ", ".join((*took, bytes_in_words(summary.num_bytes), date_and_time(summary.changed)))
