"""A map for a window: `-m core.processes.map REQUEST.json`.

The request holds `run`, the path of a run, or `recipe`, a recipe in TOML whose data are shown as
its pretrained model sees them; and `out`, where the map is written for `core.readers.atlas`. With
`if_known` that happens only if the map is there already, since making one may take hours; `done`
then says by `is_known` whether it did. With `page` a file for others is written instead (see
`core.atlas.exports`), with the answers of `arm` and `seed`, if given.
"""

import json
import multiprocessing
import sys
from pathlib import Path
from typing import Any

from core.atlas.asking import atlas_of, known_atlas
from core.atlas.exports import map_title, require_form, write_map
from core.atlas.wanted import Wanted
from core.errors import RunError
from core.language import _
from core.readers.atlas import Atlas, write_atlas
from core.readers.atlas_facts import said_of
from core.recipe.files import parse_recipe
from core.run.folder import RunFolder
from core.system.json_lines import MessageWriter, run_helper


def answer(request: dict[str, Any], writer: MessageWriter) -> dict[str, Any]:
    """Do what is asked; returns what `done` carries."""
    run = RunFolder.open(Path(request["run"])) if "run" in request else None
    asked = run or parse_recipe(request["recipe"])
    wanted = Wanted(asked, report=writer.progress, stopped=writer.stopped)
    if "page" in request:
        return _write_page(request, wanted)
    atlas = known_atlas(wanted) if request.get("if_known") else atlas_of(wanted)
    if atlas is not None:
        _write(Path(request["out"]), atlas)
    return {"is_known": atlas is not None}


def _write_page(request: dict[str, Any], wanted: Wanted) -> dict[str, Any]:
    page, run = Path(request["page"]), wanted.asked
    require_form(page, wanted.asked)
    atlas = atlas_of(wanted)
    wanted.report(_("Writing the map"), 0, 0)
    said = None
    if isinstance(run, RunFolder) and request.get("arm") is not None:
        said = said_of(atlas, run, request["arm"], request["seed"])
    write_map(page, atlas, said, map_title(wanted.asked))
    return {"page": str(page)}


def _write(out: Path, atlas: Atlas) -> None:
    try:
        write_atlas(out, atlas)
    except OSError as error:
        reason = error.strerror or str(error)
        raise RunError("map-not-writable", path=out, reason=reason) from error


if __name__ == "__main__":
    multiprocessing.freeze_support()
    asked = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    sys.exit(run_helper(lambda writer: answer(asked, writer)))
