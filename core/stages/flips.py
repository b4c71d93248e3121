"""Whether a horizontal flip leaves an image's class as it is, asked of the training images."""

import json
from functools import partial
from typing import Any

import numpy as np
from torch import Tensor
from torch.nn.functional import adaptive_avg_pool2d

from core.language import _
from core.run.events import Noticed
from core.run.files import FLIPS
from core.stages.encode import encode
from core.stages.modality import LabeledExamples
from core.stages.setup import RunSetup
from core.system.atomic import write_json
from core.training.augment import flip
from core.training.feed import Batch
from core.training.ranks import Ranks
from core.training.seeds import numpy_generator

# More say nothing new.
_MOST = 2000
_CHANGE = _(
    "Set finetune.flips, or objectives.view_flips for views in pre-training, to "
    "true or false to decide otherwise."
)


def decided_flips(setup: RunSetup) -> bool:
    """Whether fine-tuning flips images, as the recipe says; for `auto` the images are asked."""
    asked = setup.recipe.finetune.flips
    return _decided(setup) if asked == "auto" else asked


def decided_view_flips(setup: RunSetup) -> bool:
    """Whether views of examples may be flipped, likewise; without labels `auto` is no."""
    asked = setup.recipe.objectives.view_flips
    if asked != "auto":
        return asked
    if len(setup.train):
        return _decided(setup)
    text = _(
        "Views are not flipped: without labels nothing tells whether a flip changes "
        "what an image shows. Set objectives.view_flips to true where it does not."
    )
    setup.context.report(Noticed(id="flips-decided", text=text))
    return False


def _decided(setup: RunSetup) -> bool:
    """What the images say.

    The answer is one for the whole run, so that all stages and arms see the same: the initial
    encoder's. It is kept in the run folder with what it rests on, and told.
    """
    file = setup.run.path / FLIPS
    try:
        flips = bool(json.loads(file.read_text(encoding="utf-8"))["flips"])
    except (OSError, ValueError, KeyError, TypeError):
        found = _found(setup)
        flips = bool(found["flips"])
        setup.context.write(partial(write_json, file, found), "whether to flip")
        setup.context.report(Noticed(id="flips-decided", text=found["why"]))
    # Agreed on: processes may see the file at different times, and compute alike but for a bit.
    return Ranks(setup.hardware).any([flips])[0]


def _found(setup: RunSetup) -> dict[str, Any]:
    # Late: scikit-learn takes seconds, and a run's first stages do without it.
    from core.evaluate.flip_test import flip_test

    labeled = _at_most(setup.train, setup.recipe.seed)
    if not setup.task.task.is_single:
        shows = (
            _("its label is a number")
            if setup.task.task.is_number
            else _("it may show several things")
        )
        why = _(
            "Nothing is flipped: whether a flip changes what an image shows is not asked "
            "where {shows}. {change}"
        ).format(shows=shows, change=_CHANGE)
        return {"flips": False, "why": why}
    if "pixels" not in setup.source.batch(labeled.examples[:1]):
        why = _("Nothing is flipped: only images can be.")
        return {"flips": False, "why": why}
    as_they_are, flipped = (_features(setup, labeled, flips) for flips in (False, True))
    grey, seed = _grey(setup, labeled), setup.recipe.seed
    test = flip_test(as_they_are, flipped, labeled.targets, seed=seed, grey=grey)
    how = _("flipped at random") if test.is_harmless else _("not flipped")
    words = _("Where the recipe leaves it open, images are {how}: ").format(how=how)
    return {
        "flips": test.is_harmless,
        "why": f"{words}{test.in_words(setup.classes)} {_CHANGE}",
        "accuracy": test.accuracy,
        "flipped_accuracy": test.flipped_accuracy,
        "num_images": test.number,
    }


def _features(setup: RunSetup, labeled: LabeledExamples, flips: bool) -> np.ndarray:
    """(N, D) representations of the initial encoder."""
    model = setup.pretrained_model().to(setup.hardware.device).eval()

    def represent(batch: Batch) -> Tensor:
        if flips:
            everyone = batch["pixels"].new_ones(len(batch["pixels"])).bool()
            batch = {**batch, "pixels": flip(batch["pixels"], everyone)}
        return model.represent(batch)

    what = "the test of flips"
    return encode(
        represent,
        setup.source,
        labeled.examples,
        setup.hardware,
        setup.context,
        what=what,
        batch_size=setup.rows_at_once,
    )


def _grey(setup: RunSetup, labeled: LabeledExamples) -> np.ndarray:
    """(N, ACROSS, ACROSS) coarse brightness of the images."""
    from core.evaluate.mirrored import ACROSS

    def brightness(batch: Batch) -> Tensor:
        return adaptive_avg_pool2d(batch["pixels"].float().mean(dim=1), ACROSS)

    return encode(
        brightness,
        setup.source,
        labeled.examples,
        setup.hardware,
        setup.context,
        what="the test of flips",
        batch_size=setup.rows_at_once,
    )


def _at_most(labeled: LabeledExamples, seed: int) -> LabeledExamples:
    if len(labeled) <= _MOST:
        return labeled
    chosen = np.sort(numpy_generator(seed, "flips").permutation(len(labeled))[:_MOST])
    return LabeledExamples(labeled.examples[chosen], labeled.targets[chosen])
