"""Finds out whether a model can be used, for a window: a helper process.

    python -m core.processes.check_model REQUEST

REQUEST is JSON with `name`, `offline` and `kind`, the name of a modality. Nothing large is
downloaded: of a model that is not on this disk only its description is read, and the size of its
weights is asked for.
"""

import json
import multiprocessing
import sys
from typing import Any

from core.language import _
from core.modalities import hub_of
from core.recipe import AUTO, modality_named
from core.system.json_lines import MessageWriter, run_helper


def answer(asked: dict[str, Any], writer: MessageWriter) -> dict[str, Any]:
    """What the model is, whether it is here, and how much there is to download."""
    writer.progress(_("Looking at the model"), 0, 0)
    hub = hub_of(modality_named(asked.get("kind", AUTO)))
    return hub.check(asked["name"], offline=bool(asked["offline"]))


if __name__ == "__main__":
    multiprocessing.freeze_support()
    asked = json.loads(sys.argv[1])
    sys.exit(run_helper(lambda writer: answer(asked, writer)))
