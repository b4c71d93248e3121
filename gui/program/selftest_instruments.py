"""The parts of the selftest that look at data, mend labels, and use what was trained."""

import csv
import json
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, Final

from PySide6.QtCore import QTranslator

from core.data.corrections import SUGGESTED
from core.language import _, use
from core.language.choice import ENGLISH, LANGUAGES
from core.queue.items import RunQueue
from core.run.files import SUSPECTS, TO_LABEL
from core.run.folder import RunFolder, RunState
from core.system import process_names
from core.text import about as text
from gui.program.selftest_calls import Failed, Part, command, helper
from gui.program.talking import CATALOGS, folder_of_qts_words

_FEW: Final = 5
_STAGES: Final = ("pretrain", "distill", "finetune")


def instruments(run: Path) -> list[Part]:
    """What tries them on a finished run of the sample.

    Args:
        run: Its folder; what is written lies beside it, but for suspected labels.
    """
    return [
        Part("map", partial(_map, run)),
        Part("suspected labels", partial(_suspected, run)),
        Part("what to label", partial(_to_label, run)),
        Part("use it", partial(_use, run)),
    ]


def text_parts(run: Path) -> list[Part]:
    """Runs on texts: with classes from the queue, with several labels, with numbers."""
    return [
        Part("texts, from the queue", partial(_texts, run)),
        Part("several labels", partial(_several, run.with_name("tagged run"))),
        Part("numbers", partial(_numbers, run.with_name("number run"))),
    ]


def _map(run: Path) -> str:
    page, table, again = (run.with_name(f"map.{end}") for end in ("html", "csv", "json"))
    command("map", str(run), "--out", str(page))
    command("map", str(run), "--out", str(table))
    if 'id="data"' not in page.read_text(encoding="utf-8"):
        raise Failed("the page has no points")
    rows = _rows(table)
    if len(rows) < 459 or "x_distilled" not in rows[0]:
        raise Failed(f"{len(rows)} points, with {', '.join(rows[0])}")
    # As the window asks for it.
    request = {"run": str(run), "out": str(again.with_suffix(".parquet")), "if_known": True}
    again.write_text(json.dumps(request), encoding="utf-8")
    if not helper(process_names.MAP, str(again))["is_known"]:
        raise Failed("it was not kept")
    return f"{len(rows):,} points by three encoders"


def _suspected(run: Path) -> str:
    command("labels", str(run))
    rows = _rows(run / SUSPECTS)
    if not rows or not rows[0][SUGGESTED]:
        raise Failed("no label is to doubt, or none is suggested")
    return f"{len(rows)} labels to doubt"


def _to_label(run: Path) -> str:
    table = run.with_name(TO_LABEL)
    command("next", str(run), "--count", str(_FEW), "--out", str(table))
    waiting = [row for row in _rows(table) if not row["label"]]
    if len(waiting) != _FEW:
        raise Failed(f"{len(waiting)} examples wait for a label")
    return f"{len(waiting)} of the unlabeled examples were chosen"


def _use(run: Path) -> str:
    images = next((run / "digits" / "labeled" / "test").iterdir())
    table, vectors, copies = (run.with_name(name) for name in ("said.csv", "v.npy", "sorted"))
    asked = ("--out", str(table), "--embeddings", str(vectors), "--sort-into", str(copies))
    command("predict", str(run), str(images), *asked)
    rows, number = _rows(table), len(list(images.iterdir()))
    copied = [each for each in copies.rglob("*") if each.is_file()]
    if not len(rows) == len(copied) == number or not vectors.stat().st_size:
        raise Failed(f"of {number} images {len(rows)} have a row, {len(copied)} a copy")
    return f"{number} images were classified and sorted"


def _rows(table: Path) -> list[dict[str, str]]:
    with table.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def _texts(run: Path) -> str:
    folder = run.with_name("texts")
    folder.mkdir(parents=True)
    for split, number in (("train", 12), ("test", 6)):
        rows = [
            {"text": f"Sample {index} was heated to {place} K.", "label": label}
            for index in range(number)
            for label, place in (("cold", 4), ("hot", 400 + index))
        ]
        _write_lines(folder / f"{split}.jsonl", rows)
    command("queue", "add", *_asked(folder, run))
    if [item.run for item in RunQueue().read().items] != [run]:
        raise Failed(f"the queue in {RunQueue().file} does not have the run")
    command("queue", "run")
    state = RunFolder.open(run).status().state
    if state is not RunState.FINISHED:
        raise Failed(f"the queue has ended, but the run is {state}")
    said = _said(run, "It was heated to 400 K.")
    return f"learned to tell {' from '.join(sorted(said['probabilities']))}"


def _several(run: Path) -> str:
    table = run.with_name("tagged.jsonl")
    tags: tuple[list[str], ...] = (["hot"], ["wet"], ["hot", "wet"], [])
    _write_lines(
        table,
        [
            {"text": f"Sample {index} is {' and '.join(of) or 'cool'}.", "label": of}
            for index in range(10)
            for of in tags
        ],
    )
    command("run", *_asked(table, run, "data.task=multi-label"))
    said = _said(run, "It is hot and wet.")
    if sorted(said["probabilities"]) != ["hot", "wet"] or "labels" not in said:
        raise Failed(f"two labels were expected: {said}")
    return f"{len(said['labels'])} of 2 labels apply"


def _numbers(run: Path) -> str:
    table = run.with_name("numbers.jsonl")
    rows = [{"text": f"It took {at} days and a bit.", "label": at + 0.5} for at in range(40)]
    _write_lines(table, rows)
    command("run", *_asked(table, run, "data.task=regression"))
    return f"a number is predicted: {_said(run, 'It took 12 days and a bit.')['prediction']:.3g}"


def _write_lines(file: Path, rows: Sequence[Mapping[str, object]]) -> None:
    file.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")


def _asked(labeled: Path, run: Path, *more: str) -> list[str]:
    """A run of three steps each, as the command line takes it."""
    settings = [f"{stage}.{what}" for stage in _STAGES for what in ("steps=3", "batch_size=8")]
    settings += ["finetune.warmup_steps=1", "model.max_length=32", "runtime.offline=true", *more]
    asked = [word for setting in settings for word in ("--set", setting)]
    model = text.MODALITY.starter
    return [*asked, "--labeled", str(labeled), "--model", model, "--out", str(run)]


def _said(run: Path, words: str) -> dict[str, Any]:
    said = command("predict", str(run), "--text", words, "--json")
    found: dict[str, Any] = json.loads(said.strip().splitlines()[-1])
    return found


def languages() -> str:
    """Every language has its words, and Qt's own ones."""
    try:
        found = [_results_in(code) for code in LANGUAGES]
    finally:
        use(ENGLISH, CATALOGS)
    if len(set(found)) < len(LANGUAGES):
        raise Failed(f"not all of them are translated: {', '.join(found)}")
    return ", ".join(found)


def _results_in(code: str) -> str:
    use(code, CATALOGS)
    folder = folder_of_qts_words()
    if code != ENGLISH and not QTranslator().load(f"qtbase_{code}", str(folder)):
        raise Failed(f"Qt has no words for {code} in {folder}")
    return _("Results")
