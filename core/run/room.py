"""Whether a run waits for room on its disk, which nothing else shows: it neither ends nor moves."""

from core.run.event_log import last_events
from core.run.events import Noticed
from core.run.folder import RunFolder, RunState

_FULL, _HAS_ROOM = "disk-full", "disk-has-room"


def waits_for_room(run: RunFolder) -> str:
    """What it waits to write, in the trainer's words; empty while it works or does not run."""
    if run.status().state is not RunState.RUNNING:
        return ""
    told = [
        event
        for event in last_events(run.events_file)
        # Others may come while it waits; whatever else comes shows that it works again.
        if not isinstance(event, Noticed) or event.id in {_FULL, _HAS_ROOM}
    ]
    last = told[-1] if told else None
    return last.text if isinstance(last, Noticed) and last.id == _FULL else ""
