"""What a script of somebody's does with `import redistill`, in a helper process.

    python -m core.processes.from_python REQUEST.json

A packaged program has no Python of its own to import it from: its selftest asks this instead. The
request holds `adapt`, what `redistill.adapt` takes, or `open`, the path of a run; and `examples`,
which its model is asked about. `done` carries the run's `state`, its `verdict`, the `shape` of the
embeddings, and of each example the `class` and the `number` that were predicted.
"""

import json
import multiprocessing
import sys
from pathlib import Path
from typing import Any

from core import api
from core.system.json_lines import MessageWriter, run_helper


def answer(request: dict[str, Any], writer: MessageWriter) -> dict[str, Any]:
    """Do what is asked; returns what `done` carries."""
    del writer
    run = api.adapt(**request["adapt"]) if "adapt" in request else api.open(request["open"])
    found = run.predict(request["examples"])
    return {
        "state": run.state,
        "verdict": run.verdict,
        "shape": list(run.embed(request["examples"]).shape),
        "predicted": [
            {
                "class": each.probabilities[0][0] if each.probabilities else None,
                "number": None if each.number is None else each.number.value,
            }
            for each in found
        ],
    }


if __name__ == "__main__":
    multiprocessing.freeze_support()
    asked = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    sys.exit(run_helper(lambda writer: answer(asked, writer)))
