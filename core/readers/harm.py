"""What stages did where that is not what one hopes for: harm, nothing better, no fine-tuning."""

import json
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from core.language import _
from core.recipe.arms import title_of
from core.recipe.shares import percent
from core.run.event_log import last_events
from core.run.events import ProbeDone
from core.run.files import SUMMARY
from core.run.folder import RunFolder
from core.run.plan import SEARCH

# Some thousand steps, among which a probe is looked for.
_RECENT_BYTES = 1 << 20
_TITLES = {
    "further-pretrain": _("Further pre-training"),
    "self-distill": _("Self-distillation"),
}
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
    said = [_of_stage(name, summary) for name, summary in summaries.items()]
    said.append(_untuned_in_words(summaries))
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
        linear = probes[-1].linear
        words = (
            _("{title} is below its start by more than noise after {steps:,} steps.")
            if linear is None
            else _(
                "{title} is below its start by more than noise after {steps:,} steps "
                "(linear probe {score})."
            )
        )
        title = _title(probes[-1].stage)
        now = words.format(title=title, steps=probes[-1].step, score=percent(linear or 0.0))
        said = f"{said} {now}".strip()
    return said


def _of_stage(name: str, summary: Mapping[str, Any]) -> str:
    start, last = summary.get("start_probe"), summary.get("last_probe")
    if not start or not last or start["linear"] is None:
        return ""
    title = _title(name)
    steps, planned = int(summary["steps"]), int(summary["planned_steps"])
    words = _("linear probe {start} at its start, {last} after {steps:,} steps")
    if summary["stopped_early"]:
        words = _(
            "linear probe {start} at its start, {last} when it was ended early, after {steps:,} of "
            "{planned:,} steps"
        )
    scores = words.format(start=_percent(start), last=_percent(last), steps=steps, planned=planned)
    if keeps_start(summary):
        return _(
            "{title}: the adapted model is the model you started from, since training made it no "
            "better ({scores})."
        ).format(title=title, scores=scores)
    if summary["keep"] == "last" and summary["ends_below_start"]:
        section = next(each for kind, each in _SECTIONS.items() if kind in name)
        return _(
            "{title} made the model worse, and it is used all the same, since {section}.keep is "
            "last ({scores})."
        ).format(title=title, section=section, scores=scores)
    if summary["stopped_early"] or summary["ends_below_start"]:
        best = int(summary["best_probe"]["step"])
        return _(
            "{title} ends below its start; the encoder of step {best:,} is kept ({scores})."
        ).format(title=title, best=best, scores=scores)
    return ""


def _untuned_in_words(summaries: Mapping[str, Mapping[str, Any]]) -> str:
    """Which arms their searches left as they were before any step; empty for none."""
    arms = [
        title_of(str(summary["arm"]))
        for name, summary in summaries.items()
        if f"-{SEARCH}-" in name and summary.get("share") == 0
    ]
    if not arms:
        return ""
    return _(
        "{arms}: searched, but not fine-tuned. On validation examples no learning rate was better "
        "than a linear layer on the frozen encoder, and that layer is what was tested."
    ).format(arms=", ".join(arms))


def _title(name: str) -> str:
    """`02-self-distill-round-1` as `Self-distillation round 1`."""
    plain = name.partition("-")[2]
    for kind, title in _TITLES.items():
        if plain.startswith(kind):
            return f"{title} {plain.removeprefix(kind).strip('-').replace('-', ' ')}".strip()
    return plain


def _percent(probe: Mapping[str, Any]) -> str:
    value = probe["linear"]
    return _("without a number") if value is None else percent(value)
