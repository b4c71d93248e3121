"""What all classifiers of a run say of unlabeled examples, on average, where that is sure enough.

Self-training with an ensemble of teachers, as V-PET has it (Zhang et al. 2025, "Revisiting
semi-supervised learning in the era of foundation models", arXiv 2503.09707): there several ways of
fine-tuning and several models, here all other arms with all their seeds. How sure is sure enough is
chosen on validation examples (as pseudo-labels need a threshold: Lee 2013; FixMatch, Sohn et al.
2020), without them a share that the recipe states. Of several labels the one that is least sure
counts; numbers are sure where the classifiers agree (a committee's disagreement as its error: Krogh
and Vedelsby 1995), always by that share, since none is simply right.

Neither test examples nor copies of them are in the unlabeled examples of a run; what has the very
input of a labeled example, of any split, is passed over here, too.
"""

import hashlib
import json
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import filelock
import numpy as np
import torch
from safetensors.numpy import load_file
from safetensors.torch import save
from torch import Tensor

from core.language import _
from core.recipe.arms import ARMS
from core.run.events import Noticed, Progress
from core.run.files import PSEUDO, PSEUDO_LABELS, PSEUDO_NOTE
from core.run.plan import StagePlan
from core.stages.encode import encode
from core.stages.modality import LabeledExamples
from core.stages.setup import RunSetup
from core.system.atomic import write_bytes, write_json
from core.training.feed import Batch
from core.training.ranks import Ranks

_WHAT = "the pseudo-labels"
_READ_AT_ONCE = 256


@dataclass(frozen=True)
class PseudoLabels:
    """Unlabeled examples with the answers that are learned from.

    Attributes:
        examples: (N,) indices into the run's source.
        targets: (N, …) answers, as labels of the run's task are.
        threshold: How sure an answer had to be, as the task measures it.
        limit: The same in words.
        num_asked: How many unlabeled examples were asked.
        chosen_by: What decided the threshold, in words.
    """

    examples: np.ndarray
    targets: np.ndarray
    threshold: float
    limit: str
    num_asked: int
    chosen_by: str


def with_pseudo_labels(setup: RunSetup) -> LabeledExamples:
    """The training examples, repeated until they are about half, and those with pseudo-labels.

    Raises:
        Interrupted: Paused or stopped on request; answers that were begun are given anew.
    """
    folder = setup.run.path / PSEUDO
    if setup.context.is_main:
        folder.mkdir(exist_ok=True)
        # Processes that share the fine-tunings all come here: one of them asks.
        with filelock.FileLock(folder / "asking.lock"):
            identity = _identity(setup)
            if _known(folder).get("identity") != identity:
                found = _asked(setup)
                setup.context.write(partial(_save, folder, found, identity), _WHAT)
                setup.context.report(Noticed(id="pseudo-labels", text=_in_words(setup, found)))
    Ranks(setup.hardware).wait(setup.context)
    stored = load_file(folder / PSEUDO_LABELS)
    return joined(setup.train, stored["examples"], stored["targets"])


def about_pseudo_labels(setup: RunSetup) -> dict[str, Any]:
    """How many there are and how they were chosen, as it stands in a fine-tuning's summary."""
    known = _known(setup.run.path / PSEUDO)
    return {name: value for name, value in known.items() if name != "identity"}


def joined(train: LabeledExamples, examples: np.ndarray, targets: np.ndarray) -> LabeledExamples:
    """Labels and pseudo-labels, with about the same weight each, however many the latter are."""
    times = max(1, round(len(examples) / max(1, len(train))))
    return LabeledExamples(
        np.concatenate([np.tile(train.examples, times), examples]),
        np.concatenate([*[train.targets] * times, targets]),
    )


def _asked(setup: RunSetup) -> PseudoLabels:
    from core.evaluate.confident import least_confidence, surest

    unlabeled, held, task = unlike_labeled(setup), setup.val, setup.task
    answers, spread = _averaged(setup, np.concatenate([unlabeled, held.examples]))
    own, held_answers = answers[: len(unlabeled)], answers[len(unlabeled) :]
    decision = task.decision(held_answers, held.targets, len(setup.classes))
    sureness = task.sureness(answers, spread, decision)
    confidence, held_confidence = sureness[: len(unlabeled)], sureness[len(unlabeled) :]
    are_right = task.are_right(held_answers, held.targets, decision)
    settings = setup.recipe.baselines
    if len(held) and are_right is not None:
        threshold = least_confidence(held_confidence, are_right, settings.pseudo_precision)
        nouns = setup.manifest.modality.examples
        chosen_by = _("{pseudo_precision:.0%} right of {held:,} validation {nouns}").format(
            pseudo_precision=settings.pseudo_precision, held=len(held), nouns=nouns
        )
    else:
        threshold = surest(confidence, settings.pseudo_share)
        chosen_by = _("the surest {pseudo_share:.0%}").format(pseudo_share=settings.pseudo_share)
    sure = np.flatnonzero((confidence >= threshold) & (confidence > 0))
    targets = task.labels_of(own[sure], decision)
    limit = task.sureness_in_words(threshold)
    return PseudoLabels(unlabeled[sure], targets, threshold, limit, len(unlabeled), chosen_by)


def _averaged(setup: RunSetup, examples: np.ndarray) -> tuple[np.ndarray, np.ndarray | None]:
    """(N, C) answers, the mean of all classifiers that teach, and their standard deviation.

    The latter is None where there is one classifier. Only sums are kept: unlabeled examples, and
    classifiers, may be many.
    """
    teachers = _teachers(setup)
    mean = np.zeros((len(examples), len(setup.classes)), dtype=np.float64)
    squares = np.zeros_like(mean)
    for number, stage in enumerate(teachers):
        setup.context.raise_if_requested()
        tell = partial(_tell, setup, number, len(teachers))
        tell(0)
        # Welford's update, exact where answers are large and hardly differ.
        ahead = _answers(setup, stage, examples) - mean
        mean += ahead / (number + 1)
        squares += ahead**2 * (number / (number + 1))
    if len(teachers) < 2:
        return mean, None
    return mean, np.sqrt(squares / (len(teachers) - 1))


def _answers(setup: RunSetup, stage: StagePlan, examples: np.ndarray) -> np.ndarray:
    classifier = setup.modality.open_classifier(setup.run.stage(stage.name))
    classifier.to(setup.hardware.device).eval()

    def answers(batch: Batch) -> Tensor:
        logits: Tensor = classifier(batch)
        return setup.task.activate(logits.float())

    return encode(
        answers,
        setup.source,
        examples,
        setup.hardware,
        setup.context,
        what=_WHAT,
        batch_size=setup.rows_at_once,
    )


def _tell(setup: RunSetup, number: int, total: int, _num_done: int) -> None:
    what = _("asking the classifiers for pseudo-labels")
    setup.context.report(Progress(stage=PSEUDO, what=what, done=number, total=total))


def _teachers(setup: RunSetup) -> list[StagePlan]:
    return [
        stage
        for stage in setup.stages
        if stage.kind == "finetune" and ARMS[stage.arm].is_trained_alone
    ]


def unlike_labeled(setup: RunSetup) -> np.ndarray:
    """(N,) the unlabeled examples whose input is that of no labeled example of any split."""
    splits = (setup.train, setup.val, setup.test)
    labeled = set()
    for split in splits:
        labeled |= set(_digests(setup, split.examples))
    own = np.concatenate([split.examples for split in splits])
    rest = setup.unlabeled[~np.isin(setup.unlabeled, own)]
    keeps = [digest not in labeled for digest in _digests(setup, rest)]
    found: np.ndarray = rest[np.array(keeps, dtype=bool)]
    return found


def _digests(setup: RunSetup, examples: np.ndarray) -> list[bytes]:
    """A digest of each example as the model takes it, without the filling of shorter ones."""
    found = []
    for start in range(0, len(examples), _READ_AT_ONCE):
        setup.context.raise_if_requested()
        part = examples[start : start + _READ_AT_ONCE]
        for index in range(len(part)):
            batch = setup.source.batch(part[index : index + 1])
            digest = hashlib.sha256()
            for name in sorted(batch):
                digest.update(batch[name].cpu().contiguous().numpy().tobytes())
            found.append(digest.digest())
    return found


def _identity(setup: RunSetup) -> str:
    """All that the answers depend on: a recipe may be edited before a run is resumed."""
    digest = hashlib.sha256(setup.run.manifest_file.read_bytes())
    settings = setup.recipe.baselines
    said = [settings.pseudo_precision, settings.pseudo_share]
    digest.update(json.dumps([said, [stage.name for stage in _teachers(setup)]]).encode())
    return digest.hexdigest()


def _known(folder: Path) -> dict[str, Any]:
    file = folder / PSEUDO_NOTE
    found: dict[str, Any] = json.loads(file.read_text("utf-8")) if file.exists() else {}
    return found


def _save(folder: Path, found: PseudoLabels, identity: str) -> None:
    tensors = {
        "examples": torch.from_numpy(found.examples.astype(np.int64)),
        "targets": torch.from_numpy(found.targets),
    }
    write_bytes(folder / PSEUDO_LABELS, save(tensors))
    note = {
        "identity": identity,
        "num_labels": len(found.examples),
        "num_asked": found.num_asked,
        "threshold": found.threshold,
        "limit": found.limit,
        "chosen_by": found.chosen_by,
    }
    write_json(folder / PSEUDO_NOTE, note)


def _in_words(setup: RunSetup, found: PseudoLabels) -> str:
    nouns = setup.manifest.modality.examples
    if not len(found.examples):
        return _(
            "Of {num_asked:,} unlabeled {nouns} none has an answer that is sure enough "
            "({chosen_by}): the arm on pseudo-labels learns from the labels alone, as "
            "the base model does."
        ).format(num_asked=found.num_asked, nouns=nouns, chosen_by=found.chosen_by)
    return _(
        "{examples:,} of {num_asked:,} unlabeled {nouns} have an answer that is sure "
        "enough ({limit}; {chosen_by}): the arm on pseudo-labels learns from them, "
        "too. {teachers} classifiers were asked."
    ).format(
        examples=len(found.examples),
        num_asked=found.num_asked,
        nouns=nouns,
        limit=found.limit,
        chosen_by=found.chosen_by,
        teachers=len(_teachers(setup)),
    )
