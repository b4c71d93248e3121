"""Where a run's classifiers and answers are: fine-tuned ones in `stages/`, others in `frozen/`."""

from pathlib import Path

from core.recipe.arms import FROZEN
from core.run.files import CLASSIFIER_JSON, HELD_OUT, VALIDATION
from core.run.folder import RunFolder
from core.run.plan import fine_tuning_of


def answers_folder(run: RunFolder, arm: str, seed: int) -> Path | None:
    """Where what an arm says with a seed is kept; None when it is not there."""
    if arm in FROZEN:
        folder = run.frozen / arm
        return folder if folder.is_dir() else None
    return next(iter(sorted(run.stages.glob(f"*-finetune-{arm}-seed-{seed}"))), None)


def classifiers_of(run: RunFolder) -> dict[tuple[str, int], Path]:
    """The folder of each classifier by arm and seed: frozen ones first, then as they were made."""
    found = {
        (arm, 0): run.frozen / arm
        for arm in FROZEN
        if (run.frozen / arm / CLASSIFIER_JSON).exists()
    }
    for file in sorted(run.stages.glob(f"*/{CLASSIFIER_JSON}")):
        tuned = fine_tuning_of(file.parent.name)
        if tuned is not None:
            found[tuned] = file.parent
    return found


def held_out_file(folder: Path) -> Path | None:
    """Where a classifier's answers of examples that no training has seen are; None: nowhere.

    Of a validation part; or of training examples, by classifiers that were trained alike without
    them.
    """
    return next(
        (folder / name for name in (VALIDATION, HELD_OUT) if (folder / name).exists()), None
    )


def classifier_named(run: RunFolder, name: str) -> Path:
    """The folder of a classifier by that folder's own name."""
    return run.frozen / name if name in FROZEN else run.stage(name)
