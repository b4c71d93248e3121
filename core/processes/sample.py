"""The sample for a window: a helper process that makes the demo's run folder, ready to train.

python -m core.processes.sample FOLDER [KIND]
"""

import multiprocessing
import shutil
import sys
from pathlib import Path
from typing import Any

from core.demo.demo import write_demo
from core.errors import RunError
from core.language import _
from core.recipe import Recipe
from core.run.folder import RunFolder
from core.system.json_lines import MessageWriter, run_helper
from core.system.stopping import Stopped

_WHAT = {"images": _("Writing handwritten digits"), "text": _("Reading documentation")}


def make_sample(folder: Path, writer: MessageWriter, kind: str = "images") -> dict[str, Any]:
    """Write data and recipe; what was begun and failed or was stopped is taken away again."""

    def report(done: int, total: int) -> None:
        writer.progress(_WHAT[kind], done, total)
        if writer.stopped():
            raise Stopped

    run = RunFolder.create(folder, Recipe())
    try:
        report(0, 0)
        recipe, _ = write_demo(run.path, kind, report=report)
        run.start_over(recipe)
    except OSError as error:
        shutil.rmtree(run.path, ignore_errors=True)
        reason = error.strerror or str(error)
        raise RunError("run-not-writable", path=run.path, reason=reason) from error
    except (Stopped, RunError):
        shutil.rmtree(run.path, ignore_errors=True)
        raise
    return {"run": str(run.path)}


if __name__ == "__main__":
    multiprocessing.freeze_support()
    place, *kind = sys.argv[1:]
    sys.exit(run_helper(lambda writer: make_sample(Path(place), writer, *kind)))
