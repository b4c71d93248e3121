"""Predictions of a finished run, on the device and on the CPU."""

import time
from pathlib import Path

from core.modalities import predict_of
from core.predict.answering import TOLERANCE
from core.predict.predict import predict
from core.run.folder import RunFolder
from tests.gpu_day.day import Day, Found
from tests.gpu_day.runs import KINDS, finished_run, recipe_device

_FILES = {True: 512, False: 12}


def run(day: Day) -> Found:
    """Of both modalities."""
    parts = [of_kind(day, kind) for kind in KINDS]
    checks = [check for part in parts for check in part.checks]
    return Found(checks, dict(zip(KINDS, [part.values for part in parts], strict=True)))


def of_kind(day: Day, kind: str) -> Found:
    """The same classes, and probabilities as near as `core.predict` promises."""
    run = finished_run(day, kind)
    texts, files = _examples(run, _FILES[day.is_gpu])
    answers, seconds, where = {}, {}, {}
    for device in (recipe_device(day), "cpu"):
        modality, told = predict_of(run.recipe().modality), []
        began = time.perf_counter()
        said = predict(run, files, modality, texts=texts, device=device, tell=told.append)
        answers[device] = [dict(each.probabilities) for each in said]
        seconds[device], where[device] = time.perf_counter() - began, told[0]
    mine, others = answers.values()
    pairs = list(zip(mine, others, strict=True))
    off = max(abs(a[name] - b[name]) for a, b in pairs for name in b)
    per_s = len(pairs) / seconds[recipe_device(day)]
    found = Found(values={"where": where, "examples_per_s": per_s, "off": off})
    words = f"probabilities {off:.4f} off, {per_s:.0f} a second with opening, {len(pairs)} of them"
    found.check(f"{kind} as on the CPU", off <= TOLERANCE, words, f"within {TOLERANCE}")
    return found


def _examples(run: RunFolder, most: int) -> tuple[list[str], list[Path]]:
    """Texts as they are, or files of images."""
    data = run.recipe().data
    assert data.labeled is not None
    if predict_of(run.recipe().modality).takes_texts:
        return [f"a text about {number} of them" for number in range(most)], []
    return [], sorted(file for file in Path(data.labeled).rglob("*.png"))[:most]
