"""How a classifier does on validation examples while it is fine-tuned, for whoever watches.

Nothing is chosen by it, it draws no random numbers, and whatever goes wrong with it is a line in
the log, never the end of a run.
"""

import logging
import time

import torch
from torch import Tensor

from core.models.masked_model import Classifier
from core.run.events import Validated
from core.stages.encode import encode
from core.stages.previews import LARGEST_SHARE
from core.stages.probing import at_most
from core.stages.setup import RunSetup
from core.stages.tested import readable
from core.training.feed import Batch
from core.training.memory import free_cached_memory, is_out_of_memory

_log = logging.getLogger("redistill.live")


class LiveAccuracy:
    """Looks before the first step, after the last one and every `probe.every` steps between.

    Args:
        setup: The run; without validation examples there is nothing to look at.
        stage: Name of the fine-tuning.
        classifier: Trained meanwhile; where its weights are averaged, this is what they are now.
    """

    def __init__(self, setup: RunSetup, stage: str, classifier: Classifier) -> None:
        self._setup, self._stage, self._classifier = setup, stage, classifier
        self._every = setup.recipe.probe.every
        self._next = 0.0
        self._gave_up = not len(setup.val)

    def __call__(self, step: int, *, wanted: bool) -> None:
        """Look after `step` steps if that is `wanted`, or due."""
        is_due = wanted or step == 0 or (self._every > 0 and step % self._every == 0)
        if self._gave_up or not is_due or not self._setup.context.is_main:
            return
        started = time.monotonic()
        if not wanted and started < self._next:
            return
        try:
            self._look(step)
        except Exception as error:  # noqa: BLE001  (no number for people is worth a run)
            _log.info("no look at %s after step %d", self._stage, step, exc_info=True)
            self._gave_up = True
            if is_out_of_memory(error):
                free_cached_memory(str(error))
        now = time.monotonic()
        self._next = now + (now - started) / LARGEST_SHARE

    def _look(self, step: int) -> None:
        setup, classifier = self._setup, self._classifier
        some = at_most(setup.val, setup.recipe.probe.max_images, setup.recipe.seed)
        modes = [(module, module.training) for module in classifier.modules()]

        def logits(batch: Batch) -> Tensor:
            # Of the class: the module's own may be compiled for the shapes of training.
            found: Tensor = type(classifier).forward(classifier, batch)
            return found

        try:
            classifier.eval()
            answers = encode(
                logits,
                setup.source,
                some.examples,
                setup.hardware,
                # Not interruptible: it is short.
                None,
                what="the live accuracy",
                batch_size=setup.rows_at_once,
            )
        finally:
            # One by one: a stage may have set parts of the model to another mode.
            for module, was_training in modes:
                module.training = was_training
        found, answers = readable(setup, some, answers)
        if len(found):
            # Of logits as of probabilities: what ranks alike scores alike. Numbers have a unit.
            if setup.task.task.is_number:
                answers = setup.task.activate(torch.from_numpy(answers)).numpy()
            score = setup.task.score(answers, found.targets)
            if step == 0:
                setup.tell_chance(self._stage, Validated.kind, found.targets)
            setup.context.report(
                Validated(
                    stage=self._stage,
                    step=step,
                    accuracy=score,
                    num_examples=len(found),
                    metric=setup.task.task.metric.key,
                )
            )
