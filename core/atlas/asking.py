"""The map of a run: read again if it was made of the same encoders and files, else made.

What is read again needs no training stack, so that it is there at once.
"""

from dataclasses import replace
from typing import Final

from core.atlas.encoders import Encoder, encoders_of
from core.atlas.kept import keep_atlas, kept_atlas, mark_of
from core.atlas.wanted import Wanted
from core.data.manifest import Manifest
from core.data.manifest_file import read_manifest
from core.errors import RunError
from core.readers.atlas import Atlas
from core.readers.atlas_facts import with_suspects
from core.run.files import SOURCE

_BEGUN: Final = "Looking at the run"


def atlas_of(wanted: Wanted) -> Atlas:
    """The map, with what the run knows of suspected labels by now.

    Raises:
        RunError: `run-not-read-yet`, `map-empty`; or files are damaged.
        Stopped: Asked to end; features and layouts that were computed are kept.
    """
    whole, encoders, mark = _asked_for(wanted)
    found = kept_atlas(mark)
    if found is None:
        # Late: it loads the training stack.
        from core.atlas.laying import laid_out

        found = replace(laid_out(wanted, whole, encoders), mark=mark)
        keep_atlas(found)
    return with_suspects(found, wanted.run)


def known_atlas(wanted: Wanted) -> Atlas | None:
    """The same, if it was made before; else None.

    Raises:
        RunError: As of `atlas_of`.
    """
    found = kept_atlas(_asked_for(wanted)[2])
    return with_suspects(found, wanted.run) if found is not None else None


def _asked_for(wanted: Wanted) -> tuple[Manifest, list[Encoder], str]:
    """What a map is made of: examples, encoders, and their mark."""
    run = wanted.run
    if not run.manifest_file.exists() or not (run.model / SOURCE).exists():
        raise RunError("run-not-read-yet", path=run.path)
    wanted.report(_BEGUN, 0, 1)
    whole, encoders = read_manifest(run.manifest_file), encoders_of(run)
    try:
        mark = mark_of(run, whole, encoders, wanted.data, wanted.most)
    except OSError as error:
        reason = error.strerror or str(error)
        raise RunError("run-damaged", file=error.filename, path=run.path, reason=reason) from error
    wanted.report(_BEGUN, 1, 1)
    return whole, encoders, mark
