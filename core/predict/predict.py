"""Classes of single examples, from a finished run."""

from collections.abc import Callable, Iterator, Sequence
from itertools import chain
from pathlib import Path

from core.errors import RunError
from core.predict.modality import PredictModality
from core.predict.placing import place_for
from core.predict.prediction import Prediction
from core.predict.unknown import open_sets
from core.readers.recommendation import chosen_classifier
from core.recipe.arms import SIMPLEST_FIRST
from core.run.classifiers import classifiers_of
from core.run.folder import RunFolder, RunState


def classifier_folder(run: RunFolder, arm: str | None = None) -> Path:
    """The classifier of an arm (its first seed); the one that the run recommends by default.

    Raises:
        RunError: There is no such arm, or the run has no classifier of it (yet).
    """
    if arm is not None and arm not in SIMPLEST_FIRST:
        raise RunError("arm-unknown", name=arm, arms=", ".join(SIMPLEST_FIRST))
    found = chosen_classifier(run, arm)
    if found is not None:
        return found[1]
    needed = f"classifier of the arm {arm}" if arm else "classifier"
    state = run.status().state
    if state is not RunState.FINISHED:
        raise RunError("run-not-finished", path=run.path, needed=needed, state=state)
    made = dict.fromkeys(name for name, _ in classifiers_of(run))
    raise RunError("run-without", path=run.path, needed=needed, made=", ".join(made) or "none")


def predict(
    run: RunFolder,
    files: Sequence[Path],
    modality: PredictModality,
    arm: str | None = None,
    *,
    texts: Sequence[str] = (),
    device: str | None = None,
    unknown: float | None = None,
    embeddings: bool = False,
    tell: Callable[[str], None] | None = None,
) -> Iterator[Prediction]:
    """Classify examples, read exactly as in training; unreadable ones are named, not fatal.

    Args:
        run: A finished run.
        files: Files of examples, and folders of them where the modality takes folders.
        modality: Of the run.
        arm: Whose classifier; the recommended one by default.
        texts: Texts as they are, for a run on text.
        device: Where to compute; where the recipe says, or what is best here, by default.
        unknown: How often the candidates of a prediction are to hold its true class, above 0 and
            below 1; None for none.
        embeddings: Whether each prediction has its representation.
        tell: Told at the end where and how precisely was computed.

    Raises:
        RunError: The run has no classifier, its files are damaged, it knows no texts, this machine
            lacks the device, or `unknown` needs more validation examples.
    """
    folder = classifier_folder(run, arm)
    if texts and not modality.takes_texts:
        raise RunError("run-not-on-text", path=run.path)
    recipe = run.recipe()
    sets = open_sets(folder, unknown) if unknown is not None else None
    opened = modality.open(folder, recipe.data, place_for(recipe.runtime, device))
    of_files = opened.of_files(modality.files_in(files), embeddings=embeddings)
    for found in chain(of_files, opened.of_texts(texts, embeddings=embeddings)):
        yield sets.with_candidates(found) if sets is not None else found
    if tell is not None:
        tell(opened.where)
