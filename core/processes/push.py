"""Pushes a finished export to the hub, for a window: a helper process.

    python -m core.processes.push FOLDER OWNER/NAME [--private] [--force]

The first line of standard input is the user's token, because other programs can read command
lines; if it is empty, the variable HF_TOKEN is.
"""

import argparse
import multiprocessing
import os
import sys
from pathlib import Path
from typing import Any

from core.language import _
from core.system.json_lines import MessageWriter, run_helper
from core.system.stopping import Stopped


def push(asked: argparse.Namespace, token: str, writer: MessageWriter) -> dict[str, Any]:
    """Ask the hub whether it may be, then push."""

    def report(what: str, done: int, total: int) -> None:
        if writer.stopped():
            raise Stopped
        writer.progress(what, done, total)

    report(_("Asking for {repo}").format(repo=asked.repo), 0, 0)
    from core.export.push import Hub, files_of

    files_of(asked.folder)
    hub = Hub(asked.repo, token)
    hub.check(force=asked.force)
    return {"address": hub.push(asked.folder, private=asked.private, report=report)}


def first_line() -> str:
    """The first line of standard input, and nothing behind it."""
    line = bytearray()
    while (byte := os.read(sys.stdin.fileno(), 1)) not in {b"", b"\n"}:
        line += byte
    return line.decode("utf-8", "replace").strip()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m core.processes.push")
    parser.add_argument("folder", type=Path)
    parser.add_argument("repo")
    parser.add_argument("--private", action="store_true")
    parser.add_argument("--force", action="store_true")
    return parser


if __name__ == "__main__":
    multiprocessing.freeze_support()
    wanted = _parser().parse_args()
    secret = first_line() or os.environ.get("HF_TOKEN", "")
    sys.exit(run_helper(lambda writer: push(wanted, secret, writer)))
