"""Scanning for a window: a helper process that writes findings into a folder of the caller's.

    python -m core.processes.scan REQUEST.json

The request holds `kind`, `unlabeled`, `labeled` and any other setting of `data`, `seed` and `out`;
or `recognise`, a list of paths that were dropped, which are told apart by the names in them.
"""

import json
import multiprocessing
import sys
from pathlib import Path
from typing import Any

from core.data.choices import choices_for
from core.data.findings import write_findings
from core.data.modality import DataModality, ScanRequest
from core.data.opened import opened, opened_request
from core.data.side_by_side import Pair, as_json, pairs_of
from core.data.tables.columns import Columns
from core.errors import RunError
from core.modalities import data_of, modality_of_path
from core.recipe import AUTO, DataRecipe, modality_named
from core.system.json_lines import MessageWriter, run_helper

# Characters of a text in a pair.
_LONGEST_SHOWN = 4_000


def answer(request: dict[str, Any], writer: MessageWriter) -> dict[str, Any]:
    """Recognise or scan; returns what `done` carries."""
    if "recognise" in request:
        return {"found": [_recognised(Path(path), writer) for path in request["recognise"]]}
    folder = Path(request["out"])
    try:
        _scan(request, folder, writer)
    except OSError as error:
        reason = error.strerror or str(error)
        raise RunError("file-not-writable", path=folder, reason=reason) from error
    return {"out": str(folder)}


def _scan(request: dict[str, Any], folder: Path, writer: MessageWriter) -> None:
    asked = ScanRequest(
        unlabeled=[Path(place) for place in request["unlabeled"]],
        labeled=Path(request["labeled"]) if request.get("labeled") else None,
        data=DataRecipe.model_validate(
            {key: request[key] for key in DataRecipe.model_fields if key in request}
        ),
        seed=request["seed"],
        report=writer.progress,
        stopped=writer.stopped,
    )
    data = data_of(modality_named(request.get("kind", AUTO)))
    asked, told = opened_request(asked)
    manifest = told(data.scan(asked))
    details = data.details(manifest, asked)
    pairs = pairs_of(manifest)
    given = [*([asked.labeled] if asked.labeled else []), *asked.unlabeled]
    more = {
        "pairs": as_json(pairs, _texts(pairs, data, asked.data)),
        "choices": choices_for(given, Columns.of(asked.data)),
    }
    write_findings(manifest, folder, texts=details.samples, columns=details.columns, more=more)


def _texts(pairs: list[Pair], data: DataModality, asked: DataRecipe) -> dict[str, str]:
    """The texts of pairs by their paths; none where examples are no texts."""
    places = {side.path: data.place(Path(side.path)) for pair in pairs for side in pair.sides}
    wanted: dict[Path, set[int]] = {}
    for path, (file, line) in places.items():
        if path:
            wanted.setdefault(file, set()).add(line)
    found = data.texts(wanted, asked) if wanted else {}
    return {path: found[place][:_LONGEST_SHOWN] for path, place in places.items() if place in found}


def _recognised(path: Path, writer: MessageWriter) -> dict[str, Any]:
    """What a dropped path is: `labeled` or not, in words; or why it can't be used."""
    try:
        path = opened(path, report=writer.progress, stopped=writer.stopped).path
        modality = modality_of_path(path)
        found = data_of(modality).recognise(path, stopped=writer.stopped)
    except RunError as error:
        return {"path": str(path), "what": error.what, "action": error.action}
    return {
        "path": str(path),
        "kind": modality.name,
        "labeled": found.is_labeled,
        "words": found.words,
    }


if __name__ == "__main__":
    multiprocessing.freeze_support()
    asked = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    sys.exit(run_helper(lambda writer: answer(asked, writer)))
