"""Classes of examples for a window: a helper process that stays, and answers while it is asked.

python -m core.processes.predict RUN

It says `ready` once it can answer. Then each line on its standard input is a question
`{"path": …, "stage": …}` (an image, and the name of the classifier's folder that shall look at it);
of a run on texts `path` is a plain text file, or `{"text": …, "stage": …}` asks about a text.
Each answer is a message `prediction` with `path`, `stage`, `probabilities` (class and probability,
the most likely first), `problem` (why there are none), `text` (that was looked at, or its
beginning), `said` (of several labels those above their thresholds, else null) and `number` (of a
model that predicts one its `value` and `margin`, else null). It ends with its input.

With `"why": true` the answer is a message `deciding` with `path`, `text`, `stage` and `problem`,
and what hiding each part takes from the class that was answered: `name`, `share`, `drops`, `shape`
(rows and columns of an image's cells) and `words`.

With `"unknown": LEVEL` in a question, an answer has `candidates`, the classes that it may be when
the true one is to be among them that often; else that is null. It has the question's level, too.
"""

import json
import multiprocessing
import os
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from core.errors import RunError
from core.modalities import predict_of
from core.predict.modality import OpenedClassifier
from core.predict.placing import place_for
from core.predict.unknown import open_sets
from core.run.classifiers import classifier_named
from core.run.folder import RunFolder
from core.system.json_lines import MessageWriter

_SHOWN = 20_000


@dataclass(frozen=True)
class Question:
    """An image or text file, or a text itself, and whose classifier shall look at it.

    Attributes:
        path: Of the file; empty for a text itself.
        text: The text itself.
        stage: The name of the classifier's folder.
        unknown: How often candidates are to hold the true class; None for none.
        is_why: Whether it is asked which parts decided.
    """

    path: str
    text: str
    stage: str
    unknown: float | None = None
    is_why: bool = False


def answer_questions(run: RunFolder, lines: Iterator[bytes], writer: MessageWriter) -> None:
    """Answer until there are no more questions, or nobody listens."""
    # Now, not at the first question: its imports take seconds.
    recipe = run.recipe()
    modality = predict_of(recipe.modality)
    place = place_for(recipe.runtime)
    opened = lru_cache(maxsize=2)(
        lambda stage: modality.open(classifier_named(run, stage), recipe.data, place)
    )
    writer.write("ready")
    for line in lines:
        if writer.stopped():
            return
        asked = _question(line)
        if asked is None:
            continue
        if asked.is_why:
            writer.write("deciding", **_why(asked, opened))
            continue
        answer: dict[str, Any] = {
            "path": asked.path,
            "text": asked.text[:_SHOWN],
            "stage": asked.stage,
            "probabilities": [],
            "problem": "",
            "unknown": asked.unknown,
            "candidates": None,
            "said": None,
            "number": None,
        }
        try:
            found, text = opened(asked.stage).of_one(Path(asked.path), asked.text)
            if asked.unknown is not None:
                sets = open_sets(classifier_named(run, asked.stage), asked.unknown)
                found = sets.with_candidates(found)
                answer["candidates"] = found.candidates
            answer |= {"probabilities": found.probabilities, "problem": found.problem}
            answer["said"] = found.said
            answer["number"] = None if found.number is None else asdict(found.number)
            answer["text"] = text[:_SHOWN]
        except RunError as error:
            answer["problem"] = str(error)
        writer.write("prediction", **answer)


def _why(asked: Question, opened: Callable[[str], OpenedClassifier]) -> dict[str, Any]:
    """Which parts of an example decided, or why that can't be said."""
    about: dict[str, Any] = {"path": asked.path, "text": asked.text[:_SHOWN], "stage": asked.stage}
    try:
        found = opened(asked.stage).deciding(Path(asked.path), asked.text)
    except (RunError, OSError, ValueError) as error:
        return {**about, "problem": getattr(error, "strerror", None) or str(error)}
    if found is None:
        return {**about, "problem": "parts of these examples can't be hidden"}
    return {**about, "problem": "", **asdict(found)}


def _question(line: bytes) -> Question | None:
    try:
        values = json.loads(line)
        path, text = str(values.get("path", "")), str(values.get("text", ""))
        unknown = values.get("unknown")
        level = None if unknown is None else float(unknown)
        asked = Question(path, text, str(values["stage"]), level, bool(values.get("why")))
        return asked if path or text.strip() else None
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
        writer.fail(error)
        return 2
    except Exception as error:  # noqa: BLE001  (a bug must end in words, not in silence)
        bug = RunError("helper-bug", reason=f"{type(error).__name__}: {error}")
        writer.fail(bug)
        return 2
    writer.write("done")
    return 0


if __name__ == "__main__":
    multiprocessing.freeze_support()
    sys.exit(main(sys.argv[1:]))
