"""What the packaged program starts with; unpackaged, `python -m gui` does the same.

redistill [RUN]                the window, on a run folder
redistill --selftest [FOLDER]  tries every part of the program and says what works
redistill COMMAND …            a command of the command line
redistill -m MODULE …          one of our own processes, as Python itself would run it
"""

import multiprocessing
import runpy
import sys
from pathlib import Path

from gui.program.streams import never_without_streams

SELFTEST = "--selftest"


def main(arguments: list[str]) -> int:
    """Start what was asked for; returns the exit code."""
    never_without_streams()
    # torch's launcher starts its processes with Python's own options.
    if arguments[:1] == ["-u"]:
        arguments = arguments[1:]
    if arguments[:1] == ["-m"] and len(arguments) > 1:
        return _run_module(arguments[1], arguments[2:])
    if arguments[:1] == [SELFTEST]:
        from gui.program.selftest import main as selftest

        return selftest(arguments[1:])
    if arguments and not _is_for_the_window(arguments[0]):
        from core.cli.main import run

        run()
        return 0
    from gui.program.app import main as window

    return window(arguments)


def _run_module(name: str, arguments: list[str]) -> int:
    sys.argv = [name, *arguments]
    runpy.run_module(name, run_name="__main__", alter_sys=True)
    return 0


def _is_for_the_window(argument: str) -> bool:
    """A run folder, which file managers hand over; everything else is a command."""
    return Path(argument).exists() or argument.startswith("-psn_")


if __name__ == "__main__":
    multiprocessing.freeze_support()
    sys.exit(main(sys.argv[1:]))
