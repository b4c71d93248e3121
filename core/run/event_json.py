"""Events as lines of JSON: written by trainers, read by whoever watches."""

import json
from dataclasses import asdict, fields
from typing import Any, get_origin, get_type_hints

from core.run.events import KINDS, Event, Outcome, RunEnded, StepDone


def to_json(event: Event) -> str:
    """One line of JSON, without the line end; numbers that JSON lacks become null."""
    return json.dumps(_finite({"kind": event.kind, **asdict(event)}), ensure_ascii=False)


def from_json(line: str) -> Event | None:
    """The event of a line; None for a line that is torn or damaged, or a newer version's kind."""
    try:
        values = json.loads(line)
        cls = KINDS[values.pop("kind")]
        if cls is RunEnded:
            values["outcome"] = Outcome(values["outcome"])
        event = cls(**values)
    except (ValueError, TypeError, KeyError, AttributeError):
        return None
    return event if _is_sound(event) else None


_NUMBER = (int, float, type(None))  # `to_json` writes null for what is not finite


def _allowed(cls: type[Event]) -> list[tuple[str, tuple[type, ...]]]:
    hints = get_type_hints(cls)
    found: list[tuple[str, tuple[type, ...]]] = []
    for each in fields(cls):
        hint = hints[each.name]
        types: tuple[type, ...] = (get_origin(hint) or hint,)
        if hint in (float, float | None):
            types = (int, float) if each.name == "time" else _NUMBER
        elif hint == str | None:
            types = (str, type(None))
        found.append((each.name, types))
    return found


_ALLOWED = {cls: _allowed(cls) for cls in KINDS.values()}


def _is_sound(event: Event) -> bool:
    """Whether all values are of their types: readers need not expect anything else."""
    values = vars(event)
    if not all(isinstance(values[name], types) for name, types in _ALLOWED[type(event)]):
        return False
    return not isinstance(event, StepDone) or all(
        isinstance(loss, _NUMBER) for loss in event.losses.values()
    )


def _finite(value: Any) -> Any:
    if isinstance(value, float) and not (-float("inf") < value < float("inf")):
        return None
    if isinstance(value, dict):
        return {key: _finite(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(item) for item in value]
    return value
