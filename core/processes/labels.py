"""Labels to doubt, for a window: a helper process that writes a table of the caller's.

    python -m core.processes.labels REQUEST.json

The request holds `recipe`, a recipe in TOML whose data and model are looked at, or `run`, the path
of a run; `out`, the table; and `test`, whether test labels are looked at. `done` carries how many
labels were judged, how many could not be, and the share that the probe agrees with.
"""

import json
import multiprocessing
import sys
from pathlib import Path
from typing import Any

from core.labeling.examples import Outside
from core.labeling.jobs import Source, suspects_into
from core.modalities import data_of, stages_of
from core.recipe.files import parse_recipe
from core.run.folder import RunFolder
from core.system.json_lines import MessageWriter, run_helper


def answer(request: dict[str, Any], writer: MessageWriter) -> dict[str, Any]:
    """Find them; returns what `done` carries."""
    run = RunFolder.open(Path(request["run"])) if "run" in request else None
    recipe = parse_recipe(request["recipe"]) if run is None else run.recipe()
    modality = recipe.modality
    source = Source(recipe if run is None else run, stages_of(modality), data_of(modality))
    outside = Outside(writer.progress, writer.stopped)
    table = Path(request["out"])
    found = suspects_into(table, source, outside, with_test=bool(request.get("test")))
    return {
        "num_found": len(found.found),
        "num_judged": found.num_judged,
        "num_untold": found.num_untold,
        "accuracy": found.accuracy,
    }


if __name__ == "__main__":
    multiprocessing.freeze_support()
    asked = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    sys.exit(run_helper(lambda writer: answer(asked, writer)))
