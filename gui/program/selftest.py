"""Tries every part of the program where it was installed, and says what works.

    redistill --selftest [FOLDER]

Makes a small run of the sample digits in FOLDER (else in a temporary one, which is deleted), with
processes of their own: kills it, continues it from the window, predicts, exports, lays out its map,
doubts its labels and mends one, chooses what to label, writes its logs, uses it from Python and in
the window; then runs on texts, where a model for them is bundled: from the queue, with several
labels, with numbers. Needs no network, no screen and no development tools. The
last line is `selftest: passed` or `selftest: FAILED` with what failed; the exit code is 0 or 1.
"""

import json
import os
import sys
import tempfile
import time
from functools import partial
from pathlib import Path

from core.errors import RunError
from core.hub.catalog import starter_folder
from core.images import about as images
from core.modalities import formats_of
from core.recipe import Recipe
from core.recipe.modality import Modality, modalities
from core.run.files import DECODER, ENCODER, MODEL_JSON, RESULTS
from core.run.folder import RunFolder, RunState
from core.run.launch import TrainerProcess
from core.system import process_names
from core.text import about as text
from gui.program.selftest_calls import PATIENCE_S, Failed, Part, command, helper
from gui.program.selftest_instruments import instruments, languages, text_parts
from gui.program.selftest_window import (
    continue_in_window,
    paint_pages,
    search_commands,
    use_instruments,
)


def main(arguments: list[str]) -> int:
    """Try all parts; returns the exit code."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    with tempfile.TemporaryDirectory(prefix="redistill-selftest-") as temporary:
        folder = Path(arguments[0]).absolute() if arguments else Path(temporary)
        # Neither settings, caches nor lists of whoever tries it are touched.
        os.environ["REDISTILL_SETTINGS"] = str(folder / "window.ini")
        os.environ["REDISTILL_CACHE"] = str(folder / "cache")
        os.environ["REDISTILL_DATA"] = str(folder / "data")
        failed = [part.name for part in _parts(folder / "run") if not _passes(part)]
    _say(f"selftest: FAILED ({', '.join(failed)})" if failed else "selftest: passed")
    return 1 if failed else 0


def _parts(run: Path) -> list[Part]:
    texts = run.with_name("text run")
    on_texts = []
    if _has_text_starter():
        on_texts = [*text_parts(texts), *_exports(texts, text.MODALITY)]
    return [
        Part("resources", _resources),
        Part("languages", languages),
        Part("window", paint_pages),
        Part("command palette", search_commands),
        Part("device", lambda: str(helper(process_names.DEVICE)["device"])),
        Part("sample", lambda: str(helper(process_names.SAMPLE, str(run))["run"])),
        Part("scan", partial(_scan, run)),
        Part("training, killed", partial(_train_and_kill, run)),
        Part("training, continued in the window", partial(_train_to_the_end, run)),
        Part("prediction", partial(_predict, run)),
        *instruments(run),
        Part("instruments in the window", lambda: use_instruments(run, PATIENCE_S)),
        *_exports(run, images.MODALITY),
        *on_texts,
    ]


def _exports(run: Path, modality: Modality) -> list[Part]:
    what = f"export {modality.examples}"
    return [
        Part(f"{what} {known.name} {precision}", partial(_export, run, known.name, precision))
        for known in formats_of(modality)
        for precision in known.precisions
    ]


def _passes(part: Part) -> bool:
    start = time.monotonic()
    try:
        seen = part.try_it()
    except (Failed, RunError) as error:
        _say(f"FAIL  {part.name}: {error}")
        return False
    except Exception as error:  # noqa: BLE001  (a part that breaks must not end the test)
        _say(f"FAIL  {part.name}: {type(error).__name__}: {error}")
        return False
    _say(f"pass  {part.name} ({time.monotonic() - start:.1f} s): {seen}")
    return True


def _say(line: str) -> None:
    if sys.stdout is not None:
        sys.stdout.write(line + "\n")
        sys.stdout.flush()


def _resources() -> str:
    from gui.frame.places import PLACES
    from gui.theme.fonts import FONTS
    from gui.theme.icons import ICONS
    from gui.theme.pictures import PICTURES
    from gui.words.help_pages import HELP

    files = (ENCODER, DECODER, MODEL_JSON)
    starters = [modality.starter for modality in modalities().values() if modality.starter]
    wanted = [starter_folder(name) / file for name in starters for file in files]
    wanted += [HELP / f"{place.key}.md" for place in PLACES]
    wanted += [ICONS / f"{place.icon_name}.svg" for place in PLACES]
    wanted += [FONTS / "Inter-Regular.ttf", FONTS / "OFL.txt", PICTURES / "runs.svg"]
    missing = [str(file) for file in wanted if not file.is_file()]
    if missing:
        raise Failed(f"missing: {', '.join(missing)}")
    return f"{len(wanted)} files are there"


def _scan(run: Path) -> str:
    labeled = run / "digits" / "labeled"
    number = len(list(labeled.rglob("*.png")))
    said = command("scan", str(labeled))
    if f"{number} images in 10 classes" not in said:
        raise Failed(f"{number} labeled digits were written, but the scan says: {said[-300:]}")
    return f"{number} labeled images were found"


def _train_and_kill(path: Path) -> str:
    run = RunFolder.open(path)
    run.start_over(shortened(run.recipe()))
    trainer = TrainerProcess(run)
    for event in trainer.events():
        if getattr(event, "step", 0) >= 3:
            trainer.process.kill()
    state = run.status().state
    if state is not RunState.INTERRUPTED:
        raise Failed(f"the trainer was killed, but the run is {state}: {run.status().text}")
    return "the run knows that it was interrupted"


def shortened(sample: Recipe) -> Recipe:
    """The recipe of the sample with a few steps, and a checkpoint after each."""
    # The sample's own warm-up is longer than all of these steps.
    steps = {"steps": 4, "batch_size": 8, "warmup_steps": 1}
    values = sample.model_dump(mode="json", exclude_none=True)
    values["pretrain"] |= {**steps, "steps": 12}
    values["distill"] |= steps
    values["finetune"] |= {**steps, "num_seeds": 1}
    values["runtime"] |= {"checkpoint_minutes": 0.0, "report_s": 0.0}
    return Recipe.model_validate(values)


def _train_to_the_end(path: Path) -> str:
    seen = continue_in_window(path, PATIENCE_S)
    run = RunFolder.open(path)
    if '"stage_resumed"' not in run.events_file.read_text(encoding="utf-8"):
        raise Failed("the run began again instead of going on")
    return f"{seen}, {len(run.read_json(RESULTS)['arms'])} classifiers"


def _predict(run: Path) -> str:
    image = next((run / "digits" / "labeled" / "test").glob("*/*.png"))
    said = command("predict", str(run), str(image), "--json")
    probabilities = json.loads(said.strip().splitlines()[-1])["probabilities"]
    if len(probabilities) != 10:
        raise Failed(f"10 classes were expected: {probabilities}")
    return f"{image.parent.name} is taken for {next(iter(probabilities))}"


def _export(run: Path, name: str, precision: str) -> str:
    out = run.parent / f"export of {run.name} {name} {precision}"
    asked = ("--format", name, "--precision", precision, "--out", str(out))
    parity = helper(process_names.EXPORT, str(run), *asked)["parity"]
    return f"differs from the trained model by {parity['max_abs_difference']:.1g} at most"


def _has_text_starter() -> bool:
    return starter_folder(text.MODALITY.starter).is_dir()
