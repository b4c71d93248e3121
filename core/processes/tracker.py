"""Writes what a run tells for a tracker, while a trainer is at work.

    python -m core.processes.tracker RUN NAME

The trainer starts it and forgets it: whatever goes wrong with somebody else's library, training
goes on. What it has to say goes to standard error, which is a file in the run folder.
"""

import sys
from pathlib import Path

from core.errors import RunError
from core.run.folder import RunFolder
from core.tracking.follow import follow


def main(arguments: list[str] | None = None) -> int:
    """Follow the run until its trainer ends; returns the exit code."""
    path, name = sys.argv[1:] if arguments is None else arguments
    try:
        follow(RunFolder.open(Path(path)), name, wait=True)
    except (RunError, OSError) as error:
        print(error, file=sys.stderr)  # noqa: T201  (a file in the run folder)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
