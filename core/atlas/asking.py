"""A map as it was made before of the same encoders and files, else made now.

What is read again needs no training stack, so that it is there at once.
"""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from core.atlas.encoders import INITIAL, Encoder, encoders_of
from core.atlas.kept import keep_atlas, kept_atlas, mark_of, mark_of_data
from core.atlas.wanted import Wanted
from core.data.corrections import read_corrections
from core.data.manifest import Manifest
from core.data.manifest_file import read_manifest
from core.data.modality import ScanRequest
from core.data.opened import scan_opened
from core.errors import RunError
from core.language import _
from core.readers.atlas import Atlas
from core.readers.atlas_facts import with_suspects, without_kept
from core.run.files import SOURCE
from core.run.folder import RunFolder

_BEGUN: Final = _("Looking at the run")


@dataclass(frozen=True)
class _Basis:
    """What a map is made of."""

    whole: Manifest
    encoders: list[Encoder]
    mark: str


def atlas_of(wanted: Wanted) -> Atlas:
    """The map, with the suspected labels that are known by now.

    Raises:
        RunError: `run-not-read-yet`, `map-empty`; or the data or files of the run can't be used.
        Stopped: Asked to end; features and layouts that were computed are kept.
    """
    basis = _basis_of(wanted)
    found = kept_atlas(basis.mark)
    if found is None:
        # Late: it loads the training stack.
        from core.atlas.laying import laid_out

        made = laid_out(wanted, basis.whole, basis.encoders)
        # What was fetched for it is part of the mark from now on.
        found = replace(made, mark=_mark(wanted, basis.whole, basis.encoders))
        keep_atlas(found)
    return _told(found, wanted)


def known_atlas(wanted: Wanted) -> Atlas | None:
    """The same, if it was made before; else None.

    Raises:
        RunError: As of `atlas_of`.
    """
    found = kept_atlas(_basis_of(wanted).mark)
    return _told(found, wanted) if found is not None else None


def _told(atlas: Atlas, wanted: Wanted) -> Atlas:
    """With what may have changed since: a run's table of suspected labels, labels to be kept."""
    if isinstance(wanted.asked, RunFolder):
        return with_suspects(atlas, wanted.asked)
    table = wanted.asked.data.corrections
    decided = read_corrections(Path(table).expanduser()) if table else []
    return without_kept(atlas, {each.name for each in decided if each.decision == "keep"})


def _basis_of(wanted: Wanted) -> _Basis:
    if isinstance(wanted.asked, RunFolder):
        whole, encoders = _of_run(wanted.asked, wanted)
    else:
        whole, encoders = _scanned(wanted), [Encoder(INITIAL)]
    return _Basis(whole, encoders, _mark(wanted, whole, encoders))


def _of_run(run: RunFolder, wanted: Wanted) -> tuple[Manifest, list[Encoder]]:
    if not run.manifest_file.exists() or not (run.model / SOURCE).exists():
        raise RunError("run-not-read-yet", path=run.path)
    wanted.report(_BEGUN, 0, 1)
    found = read_manifest(run.manifest_file), encoders_of(run)
    wanted.report(_BEGUN, 1, 1)
    return found


def _scanned(wanted: Wanted) -> Manifest:
    """The data of a recipe; what was scanned before is read from the cache."""
    recipe = wanted.recipe
    if not recipe.data.unlabeled and recipe.data.labeled is None:
        raise RunError("no-data-named")
    request = ScanRequest(
        unlabeled=[Path(folder) for folder in recipe.data.unlabeled],
        labeled=Path(recipe.data.labeled) if recipe.data.labeled else None,
        data=recipe.data,
        seed=recipe.seed,
        workers=recipe.runtime.workers,
        report=wanted.report,
        stopped=wanted.stopped,
    )
    return scan_opened(wanted.data, request)


def _mark(wanted: Wanted, whole: Manifest, encoders: list[Encoder]) -> str:
    if not isinstance(wanted.asked, RunFolder):
        return mark_of_data(wanted.asked, whole, wanted.data, wanted.most)
    run = wanted.asked
    try:
        return mark_of(run, whole, encoders, wanted.data, wanted.most)
    except OSError as error:
        reason = error.strerror or str(error)
        raise RunError("run-damaged", file=error.filename, path=run.path, reason=reason) from error
