"""What a run is doing right now, in words: at a step, between two stages, or beside them."""

from core.language import _
from core.language.again import again
from core.run.events import Progress, StageResumed, StageStarted, StepDone, Working
from gui.running.left import until
from gui.words.numbers import stage_title

PlaceEvent = StepDone | Progress | Working | StageStarted | StageResumed
# What has no steps of a stage behind it.
_BESIDE = {"prepare", "frozen", "results"}


def place_words(last: PlaceEvent, *, is_running: bool) -> tuple[str, float | None]:
    """What was told last as a line, and how much of that part is done; None: nobody knows.

    Args:
        last: What was told.
        is_running: Whether a trainer is at work; else no time is left.
    """
    match last:
        case StepDone() if is_running and last.step >= last.num_steps:
            return _("{stage}: all {num_steps:,} steps done, saving …").format(
                stage=stage_title(last.stage), num_steps=last.num_steps
            ), None
        case StepDone():
            left = until(last.time, last.stage_left_s) if is_running else ""
            return _at_step(last.stage, last.step, last.num_steps, left)
        case StageStarted():
            return _at_step(last.stage, 0, last.num_steps)
        case StageResumed():
            return _at_step(last.stage, last.step, last.num_steps)
        case Progress():
            of = _(" of {total:,}").format(total=last.total) if last.total else ""
            left = until(last.time, last.left_s) if is_running else ""
            share = last.done / last.total if last.total else None
            return f"{_capital(again(last.what))}: {last.done:,}{of}{left}", share
        case Working():
            what = again(last.what)
            words = what if last.stage in _BESIDE else f"{stage_title(last.stage)}: {what}"
            return f"{_capital(words)} …", None


def _at_step(stage: str, done: int, total: int, left: str = "") -> tuple[str, float]:
    return _("{stage}: step {done:,} of {total:,}{left}").format(
        stage=stage_title(stage), done=done, total=total, left=left
    ), done / max(1, total)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
