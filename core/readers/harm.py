"""What stages of pre-training did to the representation, where that is not what one hopes for."""

import json
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from core.run.event_log import last_events
from core.run.events import ProbeDone
from core.run.files import SUMMARY
from core.run.folder import RunFolder

# Some thousand steps, among which a probe is looked for.
_RECENT_BYTES = 1 << 20
_TITLES = {"further-pretrain": "Further pre-training", "self-distill": "Self-distillation"}
_SECTIONS = {"further-pretrain": "pretrain", "self-distill": "distill"}


def keeps_start(summary: Mapping[str, Any]) -> bool:
    """Whether what a finished stage hands on is the encoder that it started from."""
    best, start = summary.get("best_probe"), summary.get("start_probe")
    if summary.get("keep") != "best" or not best or not start:
        return False
    return start["linear"] is not None and best["step"] == 0


def harm_in_words(summaries: Mapping[str, Mapping[str, Any]]) -> str:
    """Sentences on stages that made nothing better, were ended early, or did harm; else empty.

    Args:
        summaries: Of stages, by their names; those of other kinds, or of older versions, say
            nothing.
    """
    said = (_of_stage(name, summary) for name, summary in summaries.items())
    return " ".join(sentence for sentence in said if sentence)


def harm_so_far(run: RunFolder) -> str:
    """The same of a run on the way, and whether the stage that trains now is below its start."""
    summaries = {}
    for folder in sorted(run.stages.glob("*")):
        with suppress(OSError, ValueError):
            summaries[folder.name] = json.loads((folder / SUMMARY).read_text(encoding="utf-8"))
    said = harm_in_words(summaries)
    recent = last_events(run.events_file, _RECENT_BYTES)
    probes = [event for event in recent if isinstance(event, ProbeDone)]
    if probes and probes[-1].has_fallen and probes[-1].stage not in summaries:
        now = f"{_title(probes[-1].stage)} is below its start by more than noise"
        linear = probes[-1].linear
        score = "" if linear is None else f" (linear probe {100 * linear:.1f} %)"
        said = f"{said} {now} after {probes[-1].step:,} steps{score}.".strip()
    return said


def _of_stage(name: str, summary: Mapping[str, Any]) -> str:
    start, last = summary.get("start_probe"), summary.get("last_probe")
    if not start or not last or start["linear"] is None:
        return ""
    title = _title(name)
    steps, planned = int(summary["steps"]), int(summary["planned_steps"])
    end = f"after {steps:,} steps"
    if summary["stopped_early"]:
        end = f"when it was ended early, after {steps:,} of {planned:,} steps"
    scores = f"linear probe {_percent(start)} at its start, {_percent(last)} {end}"
    if keeps_start(summary):
        return (
            f"{title}: the adapted model is the model you started from, since training made it no "
            f"better ({scores})."
        )
    if summary["keep"] == "last" and summary["ends_below_start"]:
        section = next(each for kind, each in _SECTIONS.items() if kind in name)
        return (
            f"{title} made the model worse, and it is used all the same, since {section}.keep is "
            f"last ({scores})."
        )
    if summary["stopped_early"] or summary["ends_below_start"]:
        best = int(summary["best_probe"]["step"])
        return f"{title} ends below its start; the encoder of step {best:,} is kept ({scores})."
    return ""


def _title(name: str) -> str:
    """`02-self-distill-round-1` as `Self-distillation round 1`."""
    plain = name.partition("-")[2]
    for kind, title in _TITLES.items():
        if plain.startswith(kind):
            return f"{title} {plain.removeprefix(kind).strip('-').replace('-', ' ')}".strip()
    return plain


def _percent(probe: Mapping[str, Any]) -> str:
    value = probe["linear"]
    return "without a number" if value is None else f"{100 * value:.1f} %"
