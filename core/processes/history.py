"""Reads the history of a run from its events and saves it as arrays, which a window loads at once.

python -m core.processes.history RUN OUT.npz
"""

import multiprocessing
import sys
from pathlib import Path
from typing import Any

from core.errors import RunError
from core.language import _
from core.readers.history import History
from core.run.event_log import EventTail
from core.run.files import EVENTS
from core.system.json_lines import MessageWriter, run_helper

_PIECE = 1 << 22


def read_history(events_file: Path, writer: MessageWriter) -> tuple[History, int]:
    """The history in a log, and the offset in bytes up to which it was read."""
    history, tail = History(), EventTail(events_file)
    total = events_file.stat().st_size if events_file.exists() else 0
    while not writer.stopped():
        before = tail.offset
        events = tail.read(_PIECE)
        history.extend(events)
        writer.progress(_("Reading the history"), min(tail.offset, total), total)
        if tail.offset == before:
            break
    return history, tail.whole_offset


def main(writer: MessageWriter) -> dict[str, Any]:
    """What `done` carries."""
    run, out = Path(sys.argv[1]), Path(sys.argv[2])
    history, offset = read_history(run / EVENTS, writer)
    try:
        history.save(out)
    except OSError as error:
        reason = error.strerror or str(error)
        raise RunError("file-not-writable", path=out, reason=reason) from error
    return {"out": str(out), "offset": offset}


if __name__ == "__main__":
    multiprocessing.freeze_support()
    sys.exit(run_helper(main))
