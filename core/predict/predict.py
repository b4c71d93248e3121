"""Classes of single examples, from a finished run."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from core.errors import RunError
from core.predict.modality import PredictModality
from core.predict.placing import place_for
from core.predict.prediction import Prediction
from core.recipe.arms import ARM_PREFERENCE, ARMS
from core.run.files import CLASSIFIER_JSON
from core.run.folder import RunFolder


def classifier_folder(run: RunFolder, arm: str | None = None) -> Path:
    """The fine-tuned classifier of an arm (its first seed); of the most fitted one by default.

    Raises:
        RunError: There is no such arm, or the run has no classifier of it (yet).
    """
    if arm is not None and arm not in ARMS:
        raise RunError("arm-unknown", name=arm, arms=", ".join(ARM_PREFERENCE))
    for name in [arm] if arm else ARM_PREFERENCE:
        for folder in sorted(run.stages.glob(f"*-finetune-{name}-seed-*")):
            if (folder / CLASSIFIER_JSON).is_file():
                return folder
    needed = f"classifier of the arm {arm}" if arm else "classifier"
    raise RunError("run-not-finished", path=run.path, needed=needed, state=run.status().state)


def predict(
    run: RunFolder,
    files: Sequence[Path],
    modality: PredictModality,
    arm: str | None = None,
    *,
    texts: Sequence[str] = (),
    device: str | None = None,
    tell: Callable[[str], None] | None = None,
) -> Iterator[Prediction]:
    """Classify examples, read exactly as in training; unreadable ones are named, not fatal.

    Args:
        run: A finished run.
        files: Files of examples, and folders of them where the modality takes folders.
        modality: Of the run.
        arm: Whose classifier; the most fitted one by default.
        texts: Texts as they are, for a run on text.
        device: Where to compute; where the recipe says, or what is best here, by default.
        tell: Told at the end where and how precisely was computed.

    Raises:
        RunError: The run has no classifier, its files are damaged, it knows no texts, or this
            machine lacks the device.
    """
    folder = classifier_folder(run, arm)
    if texts and not modality.takes_texts:
        raise RunError("run-not-on-text", path=run.path)
    recipe = run.recipe()
    opened = modality.open(folder, recipe.data, place_for(recipe.runtime, device))
    yield from opened.of_files(modality.files_in(files))
    if texts:
        yield from opened.of_texts(texts)
    if tell is not None:
        tell(opened.where)
