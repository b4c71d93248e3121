"""Everything that a report says of one run, gathered from its folder.

What is missing or damaged is said in `gaps`; only a folder that is no run at all is refused.
"""

import hashlib
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from core.data.findings import summary_of
from core.data.manifest import Manifest
from core.data.manifest_file import read_manifest
from core.errors import RunError
from core.figures.figure import Figure
from core.figures.paper import distance_figure, gap_figure
from core.figures.predicted import predicted_figure
from core.figures.run_numbers import RunNumbers, arm_in_words, read_run_numbers
from core.readers.chance import against_chance
from core.readers.chosen import chosen_of, in_words
from core.readers.number_answers import read_number_answers
from core.readers.outcome import RunOutcome, read_outcome
from core.recipe.tasks import SINGLE, TASKS, Task
from core.report.cost import Cost, cost_of
from core.report.curves import curve_charts
from core.report.mistakes import Mistake, mistakes_of
from core.report.results import (
    ArmRow,
    ClassRow,
    Confusions,
    NumberRow,
    arm_rows,
    class_rows,
    confusions,
    shown_arm,
    worst_numbers,
)
from core.report.settings import Setting, settings_of
from core.run.files import (
    ENVIRONMENT,
    FLIPS,
    HELD_OUT,
    MATCH,
    OBJECTIVE,
    PREDICTIONS,
    RESULTS,
    RUN,
    STAGES,
    SUMMARY,
    VALIDATION,
)
from core.run.folder import RunFolder, RunState
from core.run.plan import SEARCH

T = TypeVar("T")
_WEIGHTS = ("model/*.safetensors", "stages/*/*.safetensors", "exports/encoder/*.safetensors")
_NO_WEIGHTS = {PREDICTIONS, VALIDATION, HELD_OUT}


@dataclass(frozen=True, kw_only=True)
class RunFacts:
    """One run in a report.

    Attributes:
        name: Of its folder.
        path: Its folder.
        made: When it was made (seconds since 1970); None if not known.
        is_finished: Whether it is.
        state: What it is doing, in words.
        verdict: The answer; for a run without one, why there is none.
        noun: What an example is called: `image`, `text`.
        calibration: What sets how sure the classifiers are, in words.
        is_interim: Whether fine-tunings are missing in the results.
        is_from_components: Whether intervals are as since format 2 of the results.
        settings: By section.
        data: As `core.data.findings.summary_of`; empty when the manifest can't be read.
        num_leaked: Pictures in more than one split.
        pretrains_on_test: Whether pre-training may see the test images.
        num_train: Labeled images that were trained on; None: not known.
        decisions: What the run decided of its fine-tuning by itself, in words.
        task: What the classifiers were asked.
        num_test: Test examples that the arms were compared on.
        arms: The arms tested.
        detailed: Name of the arm whose classes, confusions and mistakes are shown.
        classes: Its classes.
        confusion: Its confusion matrix.
        mistakes: Its most confident mistakes with the first seed.
        errors: Of numbers, its largest errors with the first seed.
        scatter: Of numbers, predicted ones against true ones.
        curves: Learning curves as SVG.
        figures: The paper's figures that one run can show.
        cost: Time, memory, energy.
        environment: Versions and device.
        hashes: SHA-256 by file.
        gaps: What could not be read, in words.
    """

    name: str
    path: Path
    made: float | None
    is_finished: bool
    state: str
    verdict: str
    noun: str
    calibration: str = ""
    is_interim: bool = False
    is_from_components: bool = False
    settings: dict[str, list[Setting]]
    data: dict[str, Any] = field(default_factory=dict)
    num_leaked: int = 0
    pretrains_on_test: bool = False
    num_train: int | None = None
    decisions: list[str] = field(default_factory=list)
    task: Task = TASKS[SINGLE]
    num_test: int = 0
    arms: list[ArmRow] = field(default_factory=list)
    detailed: str = ""
    classes: list[ClassRow] = field(default_factory=list)
    confusion: Confusions | None = None
    mistakes: list[Mistake] = field(default_factory=list)
    errors: list[NumberRow] = field(default_factory=list)
    scatter: Figure | None = None
    curves: list[str] = field(default_factory=list)
    figures: list[Figure] = field(default_factory=list)
    cost: Cost | None = None
    environment: dict[str, Any] = field(default_factory=dict)
    hashes: dict[str, str] = field(default_factory=dict)
    gaps: list[str] = field(default_factory=list)

    @property
    def is_corrected(self) -> bool:
        """Whether differences were corrected for the number of arms."""
        return any(arm.against_base and arm.against_base.p_holm is not None for arm in self.arms)


def gather(path: Path) -> RunFacts:
    """Read a run.

    Raises:
        RunError: It is no run, or its recipe or a stage's summary is damaged.
    """
    run = RunFolder.open(path)
    numbers = read_run_numbers(path)
    gaps: list[str] = []
    status = run.status()
    is_finished = status.state is RunState.FINISHED
    results = _tried(gaps, lambda: read_outcome(run)) if run.results_file.exists() else None
    manifest = None
    if run.manifest_file.exists():
        manifest = _tried(gaps, lambda: read_manifest(run.manifest_file))
    figures = [each for each in (gap_figure([numbers]), distance_figure([numbers])) if each]
    return RunFacts(
        name=run.path.name,
        path=run.path,
        made=_made(run),
        is_finished=is_finished,
        # The text of a finished run is its verdict, which stands at the top.
        state=str(status.state) + (f": {status.text}" if status.text and not is_finished else ""),
        verdict=(
            f"{results.verdict} {against_chance(results)}".strip()
            if results
            else _no_answer(is_finished=is_finished)
        ),
        noun=numbers.noun,
        calibration=results.calibration if results else "",
        is_interim=bool(results and run.read_json(RESULTS).get("interim")),
        is_from_components=bool(results and results.num_pretrainings),
        settings=settings_of(numbers.recipe),
        data=_data(run, manifest, numbers) if manifest else {},
        num_leaked=sum(leak.kind == "splits" for leak in manifest.leaks) if manifest else 0,
        pretrains_on_test=numbers.recipe.data.pretrain_on_test,
        num_train=numbers.num_labels,
        decisions=_tried(gaps, lambda: _decisions(run)) or [],
        **_details(run, results, manifest, gaps),
        curves=_tried(gaps, lambda: curve_charts(run)) or [],
        figures=figures,
        cost=_tried(gaps, lambda: cost_of(run)),
        environment=_environment(run, gaps),
        hashes=_tried(gaps, lambda: _hashes(run)) or {},
        gaps=gaps,
    )


def _details(
    run: RunFolder, outcome: RunOutcome | None, manifest: Manifest | None, gaps: list[str]
) -> dict[str, Any]:
    arm = shown_arm(outcome) if outcome is not None else None
    if outcome is None or arm is None:
        return {}
    seed = min((s for name, s in outcome.classifiers if name == arm.name), default=0)
    mistakes: list[Mistake] = []
    if outcome.task.is_single:
        mistakes = _tried(gaps, lambda: mistakes_of(run, manifest, arm.name, seed)) or []
    return {
        **(_of_numbers(run, arm.name, seed, gaps) if outcome.task.is_number else {}),
        "task": outcome.task,
        "num_test": outcome.num_test,
        "arms": arm_rows(outcome),
        "detailed": arm.name,
        "classes": class_rows(outcome, arm),
        "confusion": confusions(arm),
        "mistakes": mistakes,
    }


def _of_numbers(run: RunFolder, arm: str, seed: int, gaps: list[str]) -> dict[str, Any]:
    answers = _tried(gaps, lambda: read_number_answers(run, arm, seed))
    if answers is None or not len(answers.true):
        return {}
    noun = run.recipe().modality.example
    true, predicted = answers.true.tolist(), answers.predicted.tolist()
    return {
        "errors": worst_numbers(answers),
        "scatter": predicted_figure(true, predicted, arm_in_words(arm), noun),
    }


def _data(run: RunFolder, manifest: Manifest, numbers: RunNumbers) -> dict[str, Any]:
    found = summary_of(manifest)
    if numbers.recipe.data.pretrain_on_test:
        found["num_pretraining"] = found["num_pretraining_with_test"]
    if (chosen := chosen_of(run)) is not None:
        found["num_pretraining"] -= chosen.num_left
    return found


def _decisions(run: RunFolder) -> list[str]:
    """What its searches chose, its objective and match if open, flips, and features left aside."""
    said = [
        str(run.read_json(file.relative_to(run.path).as_posix()).get("words", ""))
        for file in sorted(run.path.glob(f"{STAGES}/*-{SEARCH}-*/{SUMMARY}"))
    ]
    said += [
        str(run.read_json(name).get("why", ""))
        for name in (OBJECTIVE, MATCH, FLIPS)
        if (run.path / name).exists()
    ]
    asides: dict[int, str] = {}
    for file in sorted(run.frozen.glob(f"*/{SUMMARY}")):
        if aside := run.read_json(file.relative_to(run.path).as_posix()).get("left_aside"):
            # Of an encoder that has as many as one before there is nothing new to say.
            asides.setdefault(int(aside["number"]), str(aside["words"]))
    said += asides.values()
    if (chosen := chosen_of(run)) is not None:
        said.append(in_words(chosen, run.recipe().modality.examples))
    return [words for words in said if words]


def _no_answer(*, is_finished: bool) -> str:
    if is_finished:
        return "The results of this run can't be read, so there is no answer here."
    return "This run is not finished, so there is no answer yet; what there is follows."


def _made(run: RunFolder) -> float | None:
    made = run.read_json(RUN).get("created")
    return float(made) if isinstance(made, int | float) and 0 < made < time.time() + 1e9 else None


def _environment(run: RunFolder, gaps: list[str]) -> dict[str, Any]:
    if not run.environment_file.exists():
        return {}
    found = _tried(gaps, lambda: run.read_json(ENVIRONMENT)) or {}
    packages = found.pop("packages", None)
    flat = dict(packages) if isinstance(packages, dict) else {}
    return {**found, **flat}


def _hashes(run: RunFolder) -> dict[str, str]:
    files = [run.manifest_file, *(f for each in _WEIGHTS for f in sorted(run.path.glob(each)))]
    found = {}
    for file in files:
        if file.name not in _NO_WEIGHTS and file.is_file():
            with file.open("rb") as opened:
                digest = hashlib.file_digest(opened, "sha256").hexdigest()
            found[file.relative_to(run.path).as_posix()] = digest
    return found


def _tried(gaps: list[str], read: Callable[[], T]) -> T | None:
    """What was read, or None and a line on why not."""
    try:
        return read()
    except RunError as error:
        gaps.append(error.what)
    except OSError as error:
        gaps.append(f"{error.filename or 'A file'} can't be read: {error.strerror or error}.")
    return None
