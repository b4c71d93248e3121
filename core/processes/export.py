"""An export in a process of its own, told to a window in JSON lines.

Each line of standard output is one object: `{"kind": "progress", "what", "done", "total"}`, and
as the last one `{"kind": "done", "folder", "parity"}` or
`{"kind": "failed", "error_id", "what", "action"}`. When standard input ends it stops, says
`{"kind": "stopped"}` and leaves nothing behind. `redistill export` is the same for people.
"""

import argparse
import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

from core.modalities import exports_of, formats_of
from core.recipe import modalities
from core.run.folder import RunFolder
from core.system.json_lines import MessageWriter, run_helper
from core.system.stopping import Stopped


def main(arguments: Sequence[str] | None = None) -> int:
    """Export as asked; returns the exit code: 0, 1 when stopped, 2 when it failed."""
    return run_helper(partial(_export, _parser().parse_args(arguments)))


def _export(asked: argparse.Namespace, writer: MessageWriter) -> dict[str, Any]:
    def report(what: str, done: int, total: int) -> None:
        if writer.stopped():
            raise Stopped
        writer.progress(what, done, total)

    report("Starting", 0, 0)
    # First: a wrong folder should not have to wait for torch.
    run = RunFolder.open(asked.run)
    from core.export.export import export

    exported = export(
        run,
        asked.format,
        exports_of(run.recipe().modality),
        out=asked.out,
        arm=asked.arm,
        precision=asked.precision,
        report=report,
    )
    return {"folder": str(exported.folder), "parity": exported.parity}


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m core.processes.export")
    parser.add_argument("run", type=Path, help="the run folder")
    parser.add_argument(
        "--format",
        required=True,
        choices=sorted(
            {known.name for modality in modalities().values() for known in formats_of(modality)}
        ),
    )
    parser.add_argument("--out", type=Path)
    parser.add_argument("--arm")
    parser.add_argument("--precision")
    # The only way it speaks; named so that the command line says what comes.
    parser.add_argument("--json", action="store_true", help="print JSON lines (always)")
    return parser


if __name__ == "__main__":
    sys.exit(main())
