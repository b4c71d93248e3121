"""`-m core.processes.report RUN OUT.html`: a report in a process of its own.

For the window, which a manifest of a hundred thousand images would hold up for seconds.
`redistill report` is the same for people.
"""

import multiprocessing
import sys
from pathlib import Path
from typing import Any

from core.language import _
from core.report.report import write_report
from core.system.json_lines import MessageWriter, run_helper


def _write(run: Path, out: Path, writer: MessageWriter) -> dict[str, Any]:
    writer.progress(_("Writing the report"), 0, 0)
    write_report([run], out)
    return {"file": str(out)}


if __name__ == "__main__":
    multiprocessing.freeze_support()
    sys.exit(run_helper(lambda writer: _write(Path(sys.argv[1]), Path(sys.argv[2]), writer)))
