"""Of many unlabeled examples those that lie near the labeled ones, in the initial model's eyes.

For a folder that is much larger than the labeled one, or mixed: what has nothing to do with the
task is not worth a stage's steps. Chosen once, kept in the run folder.
"""

import hashlib
import json
from dataclasses import replace
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from core.readers.chosen import Chosen, in_words
from core.run.events import Noticed
from core.run.files import CHOSEN, CHOSEN_NOTE, CHOSEN_ROWS, ENCODER, MODEL_JSON, TARGETS
from core.stages.setup import RunSetup
from core.stages.teacher_targets import compute_targets
from core.system.atomic import write_bytes, write_json
from core.training.feed import Batch
from core.training.ranks import Ranks
from core.training.seeds import numpy_generator

_WHAT = "the choice of unlabeled examples"


def with_chosen(setup: RunSetup) -> RunSetup:
    """The run with the share of unlabeled examples that its recipe asks for.

    Labeled images stay among those for pre-training; of texts pieces are chosen, and those of
    labeled ones are nearest to themselves. Without labels there is nothing to choose by, which is
    said.

    Raises:
        Interrupted: Paused or stopped on request; what was looked at is not looked at again.
    """
    share = setup.recipe.data.choose_unlabeled
    if share == 1 or not len(setup.unlabeled):
        return setup
    if not len(setup.train):
        nouns = setup.manifest.modality.examples
        text = f"There are no labeled {nouns} to choose by: all unlabeled {nouns} are used."
        setup.context.report(Noticed(id="nothing-to-choose-by", text=text))
        return setup
    folder, identity = setup.run.path / CHOSEN, _identity(setup)
    ranks = Ranks(setup.hardware)
    is_known = _known(folder).get("identity") == identity
    # Agreed on: a file system may show one process sooner than another what there is.
    if ranks.any([not is_known])[0]:
        _choose(setup, folder, identity)
        ranks.wait(setup.context)
    rows = np.load(folder / CHOSEN_ROWS, allow_pickle=False)
    return replace(setup, unlabeled=setup.unlabeled[rows])


def _choose(setup: RunSetup, folder: Path, identity: dict[str, Any]) -> None:
    from core.evaluate.nearest import nearest_in_turn

    folder.mkdir(exist_ok=True)
    references = _references(setup)
    features = _features(setup, folder, np.concatenate([setup.unlabeled, references]))
    if not setup.context.is_main:
        return
    labeled = np.concatenate([each.examples for each in (setup.train, setup.val, setup.test)])
    is_labeled = np.isin(setup.unlabeled, labeled)
    rest = np.flatnonzero(~is_labeled)
    number = max(1, round(setup.recipe.data.choose_unlabeled * len(rest))) if len(rest) else 0
    own, others = features[: len(setup.unlabeled)], features[len(setup.unlabeled) :]
    picked = rest[nearest_in_turn(own[rest], others, number)] if number else rest
    rows = np.sort(np.concatenate([np.flatnonzero(is_labeled), picked]))
    chosen = Chosen(number, len(rest), len(references))
    setup.context.write(partial(_save, folder, rows, chosen, identity), _WHAT)
    text = in_words(chosen, setup.manifest.modality.examples)
    setup.context.report(Noticed(id="data-chosen", text=text))


def _references(setup: RunSetup) -> np.ndarray:
    """(M,) labeled training examples, as many as probes look at, at most."""
    train, most = setup.train.examples, setup.recipe.probe.max_images
    if len(train) <= most:
        return train
    random = numpy_generator(setup.recipe.seed, "choose-unlabeled")
    return train[np.sort(random.permutation(len(train))[:most])]


def _features(setup: RunSetup, folder: Path, examples: np.ndarray) -> np.ndarray:
    """(N, D) what the initial model makes of examples, in a file until the choice is made."""
    model = setup.pretrained_model().to(setup.hardware.device).eval()

    def represent(batch: Batch) -> Tensor:
        return model.represent(batch)

    with torch.inference_mode():
        one = setup.source.batch(examples[:1])
        batch = {name: value.to(setup.hardware.device) for name, value in one.items()}
        shape = tuple(model.represent(batch).shape[1:])
    store = compute_targets(
        folder,
        represent,
        shape,
        setup.source,
        examples,
        flips=False,
        stage="prepare",
        hardware=setup.hardware,
        context=setup.context,
        identity={name: str(value) for name, value in _identity(setup).items()},
        batch_size=setup.rows_at_once,
    )
    every = np.arange(len(examples))
    return store.rows(every, np.zeros(len(every), dtype=bool))


def _identity(setup: RunSetup) -> dict[str, Any]:
    """All that a choice depends on: a recipe may be edited before a run is resumed."""

    def digest(*files: Path) -> str:
        found = hashlib.sha256()
        for file in files:
            with file.open("rb") as opened:
                found.update(hashlib.file_digest(opened, "sha256").digest())
        return found.hexdigest()

    recipe = setup.recipe
    return {
        "model": digest(setup.run.model / ENCODER, setup.run.model / MODEL_JSON),
        "manifest": digest(setup.run.manifest_file),
        "share": recipe.data.choose_unlabeled,
        "labels_per_class": recipe.data.labels_per_class,
        "max_images": recipe.probe.max_images,
        "seed": recipe.seed,
    }


def _known(folder: Path) -> dict[str, Any]:
    file = folder / CHOSEN_NOTE
    found: dict[str, Any] = json.loads(file.read_text("utf-8")) if file.exists() else {}
    return found


def _save(folder: Path, rows: np.ndarray, chosen: Chosen, identity: dict[str, Any]) -> None:
    buffer = BytesIO()
    np.save(buffer, rows, allow_pickle=False)
    write_bytes(folder / CHOSEN_ROWS, buffer.getvalue())
    write_json(folder / CHOSEN_NOTE, {"identity": identity, **chosen.to_json()})
    (folder / TARGETS).unlink(missing_ok=True)
