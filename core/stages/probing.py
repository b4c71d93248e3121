"""The second curve: does the representation get better, on labels that are not the test's?

A falling masked loss does not say so (the paper's Figure 1: a ViT overfits while it falls).
"""

from dataclasses import replace

import numpy as np
from torch import Tensor

from core.models.masked_model import MaskedModel
from core.run.events import ProbeDone
from core.run.files import ENCODER
from core.stages.encode import encode
from core.stages.modality import LabeledExamples
from core.stages.setup import RunSetup
from core.stages.weights import distance_from
from core.training.feed import Batch
from core.training.job import ProbeResult
from core.training.seeds import numpy_generator


def probe_encoder(
    setup: RunSetup,
    stage: str,
    model: MaskedModel,
    num_looks: int,
    step: int,
    start: ProbeResult | None,
) -> ProbeResult:
    """KNN and linear probe of the model as it is, and its distance from the initial weights.

    With a validation split the probes fit on the training images and score on that split;
    without one they cross-validate on the training images. Test images are never used. Without
    labels there is a hint instead: the effective rank of unlabeled examples.

    Args:
        setup: The run.
        stage: The name of what is trained.
        model: The model.
        num_looks: How often the stage is compared with its start.
        step: Steps done.
        start: What was found before the first step; None: not known.
    """
    initial = setup.run.model / ENCODER
    distance = distance_from(model, initial)["total"]
    if not setup.context.is_main:
        return ProbeResult(step, None, None, distance)
    if not has_labels_to_probe(setup):
        return ProbeResult(step, None, None, distance, rank=_rank(setup, model))
    # Late: scikit-learn takes seconds, and training can begin without it.
    from core.evaluate.falling import has_fallen

    train = at_most(setup.train, setup.recipe.probe.max_images, setup.recipe.seed)
    features = _features(setup, model, train)
    held_out = None
    if len(setup.val):
        held_out = (_features(setup, model, setup.val), setup.val.targets)
    targets = held_out[1] if held_out else train.targets
    if step == 0:
        setup.tell_chance(stage, ProbeDone.kind, targets)
    score = setup.task.probe(
        held_out[0] if held_out else features,
        targets,
        k=setup.recipe.probe.neighbours,
        seed=setup.recipe.seed,
        fit_on=(features, train.targets) if held_out else None,
    )
    right = score.right[1]
    found = ProbeResult(step, score.knn, score.linear, distance, answers=_packed(right))
    if start is None or not start.answers:
        return found
    # Features that are no numbers any more have no answers at all.
    fallen = not len(right) or has_fallen(
        _unpacked(start.answers, len(right)), right, num_looks=num_looks
    )
    return replace(found, has_fallen=fallen)


def has_labels_to_probe(setup: RunSetup) -> bool:
    """Whether there are labels of two classes, by which a representation can be judged."""
    return setup.task.can_be_told(setup.train.targets)


def num_looks(num_steps: int, every: int) -> int:
    """How often a stage is probed after its first step."""
    return max(1, -(-num_steps // every)) if every else 1


def _rank(setup: RunSetup, model: MaskedModel) -> float | None:
    from core.evaluate.effective_rank import effective_rank

    unlabeled = LabeledExamples(setup.unlabeled, np.zeros(len(setup.unlabeled), dtype=np.int64))
    some = at_most(unlabeled, setup.recipe.probe.max_images, setup.recipe.seed)
    return effective_rank(_features(setup, model, some))


def _packed(bits: np.ndarray) -> str:
    return np.packbits(bits).tobytes().hex()


def _unpacked(packed: str, number: int) -> np.ndarray:
    return np.unpackbits(np.frombuffer(bytes.fromhex(packed), np.uint8), count=number).astype(bool)


def _features(setup: RunSetup, model: MaskedModel, labeled: LabeledExamples) -> np.ndarray:
    was_training = model.encoder.training
    model.encoder.eval()

    def represent(batch: Batch) -> Tensor:
        return model.represent(batch)

    try:
        return encode(
            represent,
            setup.source,
            labeled.examples,
            setup.hardware,
            # Not interruptible: it is short, and its outcome belongs to this very step.
            None,
            what="the probe",
            batch_size=setup.rows_at_once,
        )
    finally:
        model.encoder.train(was_training)


def at_most(labeled: LabeledExamples, number: int, seed: int) -> LabeledExamples:
    """So many of the examples at most, always the same ones for a seed."""
    if len(labeled) <= number:
        return labeled
    chosen = numpy_generator(seed, "probe").permutation(len(labeled))[:number]
    chosen.sort()
    return LabeledExamples(labeled.examples[chosen], labeled.targets[chosen])
