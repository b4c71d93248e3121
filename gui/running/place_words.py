"""What a run is doing right now, in words: at a step, between two stages, or beside them."""

from core.run.events import Progress, StageResumed, StageStarted, StepDone, Working
from gui.running.left import until
from gui.words.numbers import stage_title

Place = StepDone | Progress | Working | StageStarted | StageResumed
# What has no steps of a stage behind it.
_BESIDE = {"prepare", "frozen", "results"}


def place_words(last: Place, *, is_running: bool) -> tuple[str, float | None]:
    """What was told last as a line, and how much of that part is done; None: nobody knows.

    Args:
        last: What was told.
        is_running: Whether a trainer is at work; else no time is left.
    """
    match last:
        case StepDone() if is_running and last.step >= last.num_steps:
            return f"{stage_title(last.stage)}: all {last.num_steps:,} steps done, saving …", None
        case StepDone():
            left = until(last.time, last.stage_left_s) if is_running else ""
            return _at_step(last.stage, last.step, last.num_steps, left)
        case StageStarted():
            return _at_step(last.stage, 0, last.num_steps)
        case StageResumed():
            return _at_step(last.stage, last.step, last.num_steps)
        case Progress():
            of = f" of {last.total:,}" if last.total else ""
            left = until(last.time, last.left_s) if is_running else ""
            share = last.done / last.total if last.total else None
            return f"{_capital(last.what)}: {last.done:,}{of}{left}", share
        case Working():
            words = (
                last.what if last.stage in _BESIDE else f"{stage_title(last.stage)}: {last.what}"
            )
            return f"{_capital(words)} …", None


def _at_step(stage: str, done: int, total: int, left: str = "") -> tuple[str, float]:
    return f"{stage_title(stage)}: step {done:,} of {total:,}{left}", done / max(1, total)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
