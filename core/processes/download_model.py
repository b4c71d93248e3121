"""Downloads a model for a window: a helper process.

    python -m core.processes.download_model NAME KIND [forget]

KIND is the name of a modality. Stopped half-way, it goes on there the next time, unless it was
told to forget.
"""

import multiprocessing
import sys
from typing import Any

from core.hub import hub
from core.hub.weights_file import parts_kept
from core.language import _
from core.modalities import hub_of
from core.recipe import AUTO, modality_named
from core.system.json_lines import MessageWriter, run_helper
from core.system.stopping import Stopped


def download(name: str, writer: MessageWriter, kind: str = AUTO) -> dict[str, Any]:
    """Everything that loading the model needs, into the hub's cache."""

    def report(what: str, done: int, total: int) -> None:
        if writer.stopped():
            raise Stopped
        writer.progress(what, done, total)

    modality = hub_of(modality_named(kind))
    repo = modality.repository_of(name)
    report(_("Asking for {repo}").format(repo=repo), 0, 0)
    for file in modality.small_files:
        hub.fetch(repo, file, offline=False, must=False)
        report(_("Asking for {repo}").format(repo=repo), 0, 0)
    weights = hub.fetch_weights(repo, offline=False, report=report)
    return {"name": name, "repo": repo, "bytes": weights.stat().st_size}


def forget(name: str, kind: str = AUTO) -> dict[str, Any]:
    """Delete what an ended download left."""
    for part in parts_kept(hub.at_revision(hub_of(modality_named(kind)).repository_of(name))[0]):
        part.unlink(missing_ok=True)
    return {"name": name}


def answer(arguments: list[str], writer: MessageWriter) -> dict[str, Any]:
    """Download, or forget."""
    name, kind, *rest = arguments
    return forget(name, kind) if rest == ["forget"] else download(name, writer, kind)


if __name__ == "__main__":
    multiprocessing.freeze_support()
    sys.exit(run_helper(lambda writer: answer(sys.argv[1:], writer)))
