"""Classes of examples for a window: a helper process that stays, and answers while it is asked.

python -m core.processes.predict RUN

It says `ready` once it can answer. Then each line on its standard input is a question
`{"path": …, "stage": …}` (an image, and the name of the stage whose classifier shall look at it);
of a run on texts `path` is a plain text file, or `{"text": …, "stage": …}` asks about a text.
Each answer is a message `prediction` with `path`, `stage`, `probabilities` (class and probability,
the most likely first), `problem` (why there are none) and `text` (that was looked at, or its
beginning). It ends with its input.
"""

import json
import multiprocessing
import os
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.errors import RunError
from core.run.folder import RunFolder
from core.system.json_lines import MessageWriter

if TYPE_CHECKING:
    from core.predict.prediction import Prediction

# A classifier reads some hundred tokens: nothing beyond these letters matters to it.
_READ = 1_000_000
_SHOWN = 20_000
Looks = Callable[["Question"], "tuple[Prediction, str]"]


@dataclass(frozen=True)
class Question:
    """An image or text file, or a text itself, and whose classifier shall look at it."""

    path: str
    text: str
    stage: str


def answer_questions(run: RunFolder, lines: Iterator[bytes], writer: MessageWriter) -> None:
    """Answer until there are no more questions, or nobody listens."""
    # Now, not at the first question: its imports take seconds.
    look = _texts(run) if run.recipe().data.kind == "text" else _images(run)
    writer.write("ready")
    for line in lines:
        if writer.stopped():
            return
        asked = _question(line)
        if asked is None:
            continue
        answer: dict[str, Any] = {
            "path": asked.path,
            "text": asked.text[:_SHOWN],
            "stage": asked.stage,
            "probabilities": [],
            "problem": "",
        }
        try:
            found, text = look(asked)
            answer |= {"probabilities": found.probabilities, "problem": found.problem, "text": text}
        except RunError as error:
            answer["problem"] = str(error)
        writer.write("prediction", **answer)


def _images(run: RunFolder) -> Looks:
    from core.images.model.classifier import open_classifier
    from core.images.predict import classified

    opened = lru_cache(maxsize=2)(lambda stage: open_classifier(run.stage(stage)))

    def look(asked: Question) -> "tuple[Prediction, str]":
        (found,) = classified(*opened(asked.stage), [Path(asked.path)])
        return found, ""

    return look


def _texts(run: RunFolder) -> Looks:
    from core.predict.prediction import Prediction
    from core.text.model.classifier import open_text_classifier
    from core.text.predict import classified

    opened = lru_cache(maxsize=2)(lambda stage: open_text_classifier(run.stage(stage)))

    def look(asked: Question) -> "tuple[Prediction, str]":
        try:
            text = asked.text or _read(Path(asked.path))
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or str(error)
            return Prediction(Path(asked.path), (), reason), ""
        (found,) = classified(*opened(asked.stage), [(asked.path, text)])
        return found, text[:_SHOWN]

    return look


def _read(file: Path) -> str:
    """A plain text file; `ValueError` says what else it is."""
    from core.text.data.decode import encoding_of
    from core.text.data.read import PLAIN

    if file.suffix.lower() not in PLAIN:
        raise ValueError("it is no plain text file (.txt, .md); paste the text itself")
    with file.open(encoding=encoding_of(file)) as opened:
        text = opened.read(_READ)
    if not text.strip():
        raise ValueError("it is empty")
    return text


def _question(line: bytes) -> Question | None:
    try:
        values = json.loads(line)
        path, text = str(values.get("path", "")), str(values.get("text", ""))
        return Question(path, text, str(values["stage"])) if path or text.strip() else None
    except (ValueError, KeyError, TypeError, AttributeError):
        return None


def input_lines() -> Iterator[bytes]:
    """Lines of standard input, each as soon as it is there."""
    rest = b""
    # Not through Python's buffers: they would wait for more.
    while data := os.read(0, 65_536):
        *lines, rest = (rest + data).split(b"\n")
        yield from lines


def main(arguments: list[str]) -> int:
    """Answer questions about one run; returns the exit code."""
    writer = MessageWriter(sys.stdout)
    sys.stdout = sys.stderr
    try:
        answer_questions(RunFolder.open(Path(arguments[0])), input_lines(), writer)
    except RunError as error:
        writer.write("failed", error_id=error.id, what=error.what, action=error.action)
        return 2
    except Exception as error:  # noqa: BLE001  (a bug must end in words, not in silence)
        bug = RunError("helper-bug", reason=f"{type(error).__name__}: {error}")
        writer.write("failed", error_id=bug.id, what=bug.what, action=bug.action)
        return 2
    writer.write("done")
    return 0


if __name__ == "__main__":
    multiprocessing.freeze_support()
    sys.exit(main(sys.argv[1:]))
