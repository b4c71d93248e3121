"""Labels to doubt, or what to label next, for a window: a helper that writes a caller's table.

    python -m core.processes.labels REQUEST.json

The request holds `recipe`, a recipe in TOML whose data and model are looked at, or `run`, the path
of a run; and `out`, the table. With `count`, examples to label are chosen until so many wait in the
table, with `way` in that way. Else labels are doubted, with `test` those of test examples, too:
`done` then carries the first 2,000 in `rows`, how many labels were judged and how many could not
be, and the share that the probe agrees with.
"""

import json
import multiprocessing
import sys
from pathlib import Path
from typing import Any

from core.data.corrections import content_of
from core.data.findings import MOST_LISTED
from core.labeling.examples import Outside
from core.labeling.jobs import Source, Wish, next_into, suspects_into
from core.labeling.suspects import Suspects
from core.modalities import data_of, stages_of
from core.recipe.files import parse_recipe
from core.run.folder import RunFolder
from core.system.json_lines import MessageWriter, run_helper


def answer(request: dict[str, Any], writer: MessageWriter) -> dict[str, Any]:
    """Do what is asked; returns what `done` carries."""
    run = RunFolder.open(Path(request["run"])) if "run" in request else None
    recipe = parse_recipe(request["recipe"]) if run is None else run.recipe()
    modality = recipe.modality
    source = Source(recipe if run is None else run, stages_of(modality), data_of(modality))
    outside = Outside(writer.progress, writer.stopped)
    table = Path(request["out"])
    if "count" in request:
        chosen = next_into(table, source, outside, Wish(int(request["count"]), request.get("way")))
        return {
            "num_unlabeled": chosen.num_unlabeled,
            "num_labeled": chosen.num_labeled,
            "way": chosen.way,
        }
    return _as_json(suspects_into(table, source, outside, with_test=bool(request.get("test"))))


def _as_json(found: Suspects) -> dict[str, Any]:
    rows = [
        {
            "name": each.name,
            "given": each.given,
            "suggested": each.suggested,
            "probability": each.probability,
            "given_probability": each.given_probability,
            "split": each.example.split,
            "file": each.file,
            "text": each.text,
            "content": content_of(each.example),
        }
        for each in found.found[:MOST_LISTED]
    ]
    return {
        "rows": rows,
        "num_found": len(found.found),
        "num_judged": found.num_judged,
        "num_untold": found.num_untold,
        "accuracy": found.accuracy,
        "is_weak": found.is_weak,
    }


if __name__ == "__main__":
    multiprocessing.freeze_support()
    asked = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    sys.exit(run_helper(lambda writer: answer(asked, writer)))
