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
from core.tracking.follow import tracking_folder
from core.tracking.trackers import TRACKERS
from gui.program.selftest_calls import Failed, Part, command, helper, refusal
from gui.program.talking import CATALOGS, folder_of_qts_words

_FEW: Final = 5
_SHORT: Final = {
    **{f"{stage}.steps": 3 for stage in ("pretrain", "distill", "finetune")},
    **{f"{stage}.batch_size": 8 for stage in ("pretrain", "distill", "finetune")},
    "finetune.warmup_steps": 1,
    "model.max_length": 32,
    "runtime.offline": True,
}


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
        Part("logs", partial(_logs, run)),
        Part("from Python", partial(_from_python, run)),
    ]


def text_parts(run: Path) -> list[Part]:
    """Runs on texts: with classes from the queue, with several labels, with numbers."""
    return [
        Part("texts, from the queue", partial(_texts, run)),
        Part("several labels", partial(_several, run.with_name("tagged run"))),
        Part("numbers, from Python", partial(_numbers, run.with_name("number run"))),
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
    decided = run.with_name("corrections.csv")
    with decided.open("w", newline="", encoding="utf-8") as file:
        table = csv.DictWriter(file, list(rows[0]))
        table.writeheader()
        table.writerow(rows[0] | {"decision": "correct"})
    asked = ("scan", str(run / "digits" / "labeled"), "--json")
    before = json.loads(command(*asked))["classes"]
    after = json.loads(command(*asked, "--corrections", str(decided)))["classes"]
    changed = {name for name in before if after[name] != before[name]}
    if changed != {rows[0]["given_label"], rows[0][SUGGESTED]}:
        raise Failed(f"one label was corrected, but the scan has other numbers for {changed}")
    return f"{len(rows)} labels to doubt, and the first one mended"


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


def _logs(run: Path) -> str:
    """Written by those libraries that are there; of the others it is said that they are not."""
    said = []
    for kind in TRACKERS.values():
        if kind.is_installed():
            command("log", str(run), "--to", kind.name)
            if not any(each.is_file() for each in tracking_folder(run, kind.name).rglob("*")):
                raise Failed(f"nothing was written for {kind.title}")
            said.append(f"written for {kind.title}")
            continue
        # It may have been broken into lines.
        words = " ".join(refusal("log", str(run), "--to", kind.name).split())
        if kind.title not in words:
            raise Failed(f"{kind.title} is not here, but it is said: {words}")
        said.append(f"{kind.title} is not here, and that is said")
    return "; ".join(said)


def _from_python(run: Path) -> str:
    image = next((run / "digits" / "labeled" / "test").glob("*/*.png"))
    found = _by_api(run, open=str(run), examples=[str(image), str(image)])
    said = next(iter(_said(run, str(image))["probabilities"]))
    if [each["class"] for each in found["predicted"]] != [said, said] or found["shape"][0] != 2:
        raise Failed(f"the command says {said}, but {found}")
    return f"the same answer, and {found['shape'][1]} numbers for each image"


def _by_api(run: Path, **request: object) -> dict[str, Any]:
    file = run.with_name(f"{run.name} from Python.json")
    file.write_text(json.dumps(request), encoding="utf-8")
    return helper(process_names.FROM_PYTHON, str(file))


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
    said = _said(run, "--text", "It was heated to 400 K.")
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
    said = _said(run, "--text", "It is hot and wet.")
    if sorted(said["probabilities"]) != ["hot", "wet"] or "labels" not in said:
        raise Failed(f"two labels were expected: {said}")
    return f"{len(said['labels'])} of 2 labels apply"


def _numbers(run: Path) -> str:
    table = run.with_name("numbers.jsonl")
    rows = [{"text": f"It took {at} days and a bit.", "label": at + 0.5} for at in range(40)]
    _write_lines(table, rows)
    asked = {
        "labeled": str(table),
        "model": text.MODALITY.starter,
        "settings": {**_SHORT, "data.task": "regression"},
        "out": str(run),
    }
    found = _by_api(run, adapt=asked, examples=["It took 12 days and a bit."])
    number = found["predicted"][0]["number"]
    if found["state"] != RunState.FINISHED or number is None:
        raise Failed(f"no number was predicted: {found}")
    return f"a number is predicted: {number:.3g}"


def _write_lines(file: Path, rows: Sequence[Mapping[str, object]]) -> None:
    file.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")


def _asked(labeled: Path, run: Path, *more: str) -> list[str]:
    """A run of three steps each, as the command line takes it."""
    settings = [*(f"{name}={json.dumps(value)}" for name, value in _SHORT.items()), *more]
    asked = [word for setting in settings for word in ("--set", setting)]
    model = text.MODALITY.starter
    return [*asked, "--labeled", str(labeled), "--model", model, "--out", str(run)]


def _said(run: Path, *asked: str) -> dict[str, Any]:
    said = command("predict", str(run), *asked, "--json")
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
