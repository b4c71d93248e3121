"""Predictions into files for a window: a process that classifies, and tells what it finds.

python -m core.processes.predict_files RUN '{"stage": …, "paths": […], …}'

`stage` is the name of the classifier's folder. `table`, `embeddings` and `sort_into` name what is
to be written, if anything; `parts` is where it is kept on the way, and stays, so that a later call
goes on, or writes something else of the same. `unknown` and `watch` are as in `redistill predict`.

It says `progress`, `rows` (a list: file, path, label, probability, problem, text of texts,
`is_unknown` where that was asked for) and `told` (words), and in the end `done` with
`num_examples`, `num_unreadable`, `num_copies`, `num_not_copied`, `is_whole` and `where`. It ends
early when its input ends; what was found is kept.
"""

import json
import multiprocessing
import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

from core.modalities import predict_of
from core.run.classifiers import classifier_named
from core.run.folder import RunFolder
from core.system.json_lines import MessageWriter, run_helper
from core.system.progress import Paced

_WHAT = "Classifying"


def main(arguments: Sequence[str]) -> int:
    """Predict as asked; returns the exit code: 0, or 2 when it failed."""
    path, asked = arguments
    return run_helper(partial(_predict, Path(path), json.loads(asked)))


def _predict(path: Path, asked: dict[str, Any], writer: MessageWriter) -> dict[str, Any]:
    # First: a wrong folder should not have to wait for torch.
    run = RunFolder.open(path)
    from core.predict.files import predict_files
    from core.predict.wanted import Listeners, Wanted

    def optional(name: str) -> Path | None:
        return Path(asked[name]) if asked.get(name) else None

    paced = Paced(writer.progress)
    wanted = Wanted(
        optional("table"),
        optional("embeddings"),
        optional("sort_into"),
        asked.get("unknown"),
        watch=bool(asked.get("watch")),
        parts=optional("parts"),
        keeps_vectors=True,
    )
    written = predict_files(
        run,
        classifier_named(run, asked["stage"]),
        [Path(each) for each in asked["paths"]],
        wanted,
        modality=predict_of(run.recipe().modality),
        listeners=Listeners(
            lambda done, total: paced(_WHAT, done, total),
            lambda words: writer.write("told", words=words),
            lambda rows: writer.write("rows", rows=rows),
            writer.stopped,
        ),
    )
    return {
        "num_examples": written.num_images,
        "num_unreadable": written.num_unreadable,
        "num_copies": written.num_copies,
        "num_not_copied": written.num_not_copied,
        "is_whole": written.is_whole,
        "where": written.where,
    }


if __name__ == "__main__":
    multiprocessing.freeze_support()
    sys.exit(main(sys.argv[1:]))
