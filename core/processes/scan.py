"""Scanning for a window: a helper process that writes findings into a folder of the caller's.

    python -m core.processes.scan REQUEST.json

The request holds `kind`, `unlabeled`, `labeled`, `test_fraction`, `val_fraction`, `seed`, `out`,
and for texts `text_column` and `label_column`; or `recognise`, a list of paths that were dropped,
which are told apart by the names in them.
"""

import json
import multiprocessing
import sys
from pathlib import Path
from typing import Any

from core.data.archive import is_archive, unpack
from core.data.findings import write_findings
from core.errors import RunError
from core.images.data.layout import Layout, recognise
from core.images.data.scan import scan
from core.system.json_lines import MessageWriter, run_helper
from core.text.data.examples import sampled_texts
from core.text.data.read import Columns
from core.text.data.recognise import TextLayout, columns_found, columns_in, recognise_texts
from core.text.data.scan import is_text, scan_texts


def answer(request: dict[str, Any], writer: MessageWriter) -> dict[str, Any]:
    """Recognise or scan; returns what `done` carries."""
    if "recognise" in request:
        return {"found": [_recognised(Path(path), writer) for path in request["recognise"]]}
    unlabeled = [Path(folder) for folder in request["unlabeled"]]
    labeled = Path(request["labeled"]) if request.get("labeled") else None
    folder = Path(request["out"])
    work = _scan_texts if request.get("kind") == "text" else _scan_images
    try:
        work(request, unlabeled, labeled, folder, writer)
    except OSError as error:
        reason = error.strerror or str(error)
        raise RunError("file-not-writable", path=folder, reason=reason) from error
    return {"out": str(folder)}


def _scan_images(
    request: dict[str, Any],
    unlabeled: list[Path],
    labeled: Path | None,
    folder: Path,
    writer: MessageWriter,
) -> None:
    manifest = scan(
        unlabeled,
        labeled,
        report=writer.progress,
        stopped=writer.stopped,
        val_fraction=request["val_fraction"],
        test_fraction=request["test_fraction"],
        seed=request["seed"],
    )
    write_findings(manifest, folder)


def _scan_texts(
    request: dict[str, Any],
    unlabeled: list[Path],
    labeled: Path | None,
    folder: Path,
    writer: MessageWriter,
) -> None:
    asked = Columns(request.get("text_column"), request.get("label_column"))
    manifest = scan_texts(
        unlabeled,
        labeled,
        columns=asked,
        report=writer.progress,
        stopped=writer.stopped,
        val_fraction=request["val_fraction"],
        test_fraction=request["test_fraction"],
        seed=request["seed"],
    )
    paths = [*([labeled] if labeled else []), *unlabeled]
    names = dict.fromkeys(name for path in paths for name in columns_in(path))
    text, label = columns_found(paths[0], asked)
    columns = {"all": list(names), "text": text, "label": label}
    texts = sampled_texts(manifest, asked, stopped=writer.stopped)
    write_findings(manifest, folder, texts=texts, columns=columns)


def _recognised(path: Path, writer: MessageWriter) -> dict[str, Any]:
    """What a dropped path is: `labeled` or not, in words; or why it can't be used."""
    try:
        if is_archive(path):
            path = unpack(path, report=writer.progress, stopped=writer.stopped)
        kind = "text" if is_text(path) else "images"
        layout: Layout | TextLayout
        if kind == "text":
            layout = recognise_texts(path)
        else:
            layout = recognise(path, stopped=writer.stopped)
    except RunError as error:
        return {"path": str(path), "what": error.what, "action": error.action}
    return {
        "path": str(path),
        "kind": kind,
        "labeled": layout.is_labeled,
        "words": layout.words,
    }


if __name__ == "__main__":
    multiprocessing.freeze_support()
    asked = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    sys.exit(run_helper(lambda writer: answer(asked, writer)))
