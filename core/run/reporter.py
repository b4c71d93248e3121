"""What a trainer tells: to the log of its run and to whoever started it."""

import logging
import threading
from typing import TextIO

from core.run.event_json import to_json
from core.run.event_log import EventLog
from core.run.events import Event, PreviewSaved, Progress, StepDone
from core.run.folder import RunFolder

_log = logging.getLogger("redistill.trainer")


class Reporter:
    """Sends events to the log file and, while someone listens, to standard output."""

    def __init__(self, run: RunFolder, out: TextIO | None) -> None:
        self._log = EventLog(run.events_file)
        self._out = out
        self._lock = threading.Lock()

    def __call__(self, event: Event) -> None:
        """Report one event."""
        if not isinstance(event, StepDone | PreviewSaved | Progress):
            _log.info("%s", to_json(event))
        with self._lock:
            self._log.append(event)
            if self._out is None:
                return
            try:
                self._out.write(to_json(event) + "\n")
                self._out.flush()
            except (OSError, ValueError):
                # Whoever started us is gone: go on in the background.
                self._out = None
