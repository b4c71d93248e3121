"""Downloads a model for a window: a helper process.

    python -m core.processes.download_model NAME KIND [forget]

KIND is `images` or `text`. Stopped half-way, it goes on there the next time, unless it was told to
forget.
"""

import multiprocessing
import sys
from typing import Any

from core.hub import hub
from core.hub.catalog import CATALOG
from core.hub.weights_file import parts_kept
from core.system.json_lines import MessageWriter, run_helper
from core.system.stopping import Stopped

_SMALL_FILES: dict[str, tuple[str, ...]] = {
    "images": ("config.json", "preprocessor_config.json"),
    "text": (
        *("config.json", "tokenizer.json"),
        *("tokenizer_config.json", "special_tokens_map.json"),
    ),
}


def download(name: str, writer: MessageWriter, kind: str = "images") -> dict[str, Any]:
    """Everything that loading the model needs, into the hub's cache."""

    def report(what: str, done: int, total: int) -> None:
        if writer.stopped():
            raise Stopped
        writer.progress(what, done, total)

    repo = _repository(name, kind)
    report(f"Asking for {repo}", 0, 0)
    for file in _SMALL_FILES[kind]:
        hub.fetch(repo, file, offline=False, must=False)
        report(f"Asking for {repo}", 0, 0)
    weights = hub.fetch_weights(repo, offline=False, report=report)
    return {"name": name, "repo": repo, "bytes": weights.stat().st_size}


def forget(name: str, kind: str = "images") -> dict[str, Any]:
    """Delete what an ended download left."""
    for part in parts_kept(_repository(name, kind)):
        part.unlink(missing_ok=True)
    return {"name": name}


def answer(arguments: list[str], writer: MessageWriter) -> dict[str, Any]:
    """Download, or forget."""
    name, kind, *rest = arguments
    return forget(name, kind) if rest == ["forget"] else download(name, writer, kind)


def _repository(name: str, kind: str) -> str:
    if kind == "text":
        return name
    for entry in CATALOG:
        if entry.name == name and entry.repo:
            return entry.repo
    # timm, and torch with it, is imported for other names only.
    from core.images.model.names import repository_of

    return repository_of(name)


if __name__ == "__main__":
    multiprocessing.freeze_support()
    sys.exit(run_helper(lambda writer: answer(sys.argv[1:], writer)))
