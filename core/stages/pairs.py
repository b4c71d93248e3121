"""Fine-tuning on pairs: examples of a class are to lie near each other, those of others apart.

For very few labels, as in SetFit (Tunstall et al. 2022, arXiv 2209.11055): of n labeled examples
there are n (n - 1) / 2 pairs to learn from. The encoder learns what the pairs say, by the cosine of
what the classifier's output layer reads; then that layer is fitted anew, as every first head is.
All pairs of a batch are taken, however it is cut (`core.training.whole_batch`), instead of a list
of them, which would read each text many times over.
"""

from dataclasses import replace
from pathlib import Path
from typing import Any, Self

import torch
import torch.nn.functional as F  # noqa: N812  (its name everywhere)
from torch import Tensor, nn

from core.models.masked_model import Classifier
from core.run.plan import StagePlan
from core.stages.finetune_job import finetune_job
from core.stages.first_head import fit_output_layer
from core.stages.masked_job import train
from core.stages.objectives.augmented import augmented
from core.stages.setup import RunSetup
from core.training.feed import Batch, BatchPlace
from core.training.job import Job
from core.training.order import balanced_order


def train_on_pairs(
    setup: RunSetup, stage: StagePlan, classifier: Classifier, folder: Path, *, flips: bool
) -> dict[str, Any]:
    """Train the encoder of a classifier on pairs, and fit its output layer; the job's summary.

    Args:
        setup: The run; its recipe has the learning rate and the warm-up.
        stage: Which fine-tuning, and how many steps.
        classifier: As `first_classifier` makes it.
        folder: Of the checkpoints.
        flips: Whether images are flipped at random.
    """
    summary = train(setup, pairs_job(setup, stage, classifier, folder, flips=flips))
    # A stage that went on from a checkpoint trained what was in it, and no more.
    for parameter in classifier.output_layer.parameters():
        parameter.requires_grad = True
    fit_output_layer(setup, classifier)
    return summary


def pairs_job(
    setup: RunSetup, stage: StagePlan, classifier: Classifier, folder: Path, *, flips: bool
) -> Job:
    """The job of the first half; as a fine-tuning's, but for what is minimised."""
    job = finetune_job(setup, stage, classifier, folder, flips=flips)
    place: tuple[int | str, ...] = (setup.recipe.seed, stage.kind, stage.seed_index, "pairs")
    objective = PairsObjective(classifier)
    output = {id(each) for each in classifier.output_layer.parameters()}
    batch_size = setup.recipe.finetune.batch_size
    order = balanced_order(setup.train.targets, batch_size, *place)
    return replace(
        job,
        objective=objective,
        whole_batch=objective,
        parameters={name: each for name, each in job.parameters.items() if id(each) not in output},
        feed=replace(job.feed, order=order, place=place),
        # All layers learn alike, and the last weights are taken.
        rate_factors={},
        averaging=0.0,
        compilable=None,
    )


class PairsObjective(nn.Module):
    """The squared error of the cosine of two examples: against 1 for a class's own, 0 for others.

    Args:
        classifier: Whose encoder is trained.
    """

    def __init__(self, classifier: Classifier) -> None:
        super().__init__()
        self.classifier = classifier

    def train(self, mode: bool = True) -> Self:
        """Nothing is dropped: in both passes over a batch a row is to be the same."""
        super().train(mode)
        self.classifier.eval()
        return self

    def forward(self, batch: Batch, place: BatchPlace) -> dict[str, Tensor]:
        """Mean loss over the rows of `batch`; of a piece of it with what `pulls` gave."""
        seen = self.look(batch)
        if "pull" not in batch:
            assert len(seen) == place.global_rows
            return {"loss": pair_losses(seen).mean()}
        value = batch["own_loss"].mean()
        # The loop weighs a piece by its share of the batch, which the pulls have in them already.
        pulled = (seen * batch["pull"]).sum() * (place.global_rows / len(seen))
        return {"loss": value + pulled - pulled.detach()}

    def look(self, batch: Batch) -> Tensor:
        """(B, D + 1) what the output layer reads, of length 1, and the class."""
        read: list[Tensor] = []
        output = self.classifier.output_layer
        hook = output.register_forward_pre_hook(lambda _, args: read.append(args[0]))
        try:
            self.classifier(augmented(batch))
        finally:
            hook.remove()
        labels = batch["label"].float()[:, None]
        return torch.cat([F.normalize(read[0].float(), dim=-1), labels], dim=1)

    def pulls(self, seen: Tensor) -> Batch:
        """Per row of the global batch its loss, and the gradient of the mean loss.

        Args:
            seen: (B, D + 1) what `look` found of all rows.
        """
        with torch.enable_grad():
            seen = seen.detach().requires_grad_()
            losses = pair_losses(seen)
            (pull,) = torch.autograd.grad(losses.mean(), seen)
        return {"pull": pull, "own_loss": losses.detach()}


def pair_losses(seen: Tensor) -> Tensor:
    """(B,) half the mean error against examples of the same class, half that against the others.

    Args:
        seen: (B, D + 1) vectors of length 1, and the class of each.
    """
    vectors, labels = seen[:, :-1], seen[:, -1].detach()
    cosines = vectors @ vectors.T
    is_same = labels[:, None] == labels[None, :]
    itself = torch.eye(len(seen), dtype=torch.bool, device=seen.device)
    return 0.5 * _mean((cosines - 1).square(), is_same & ~itself) + 0.5 * _mean(
        cosines.square(), ~is_same
    )


def _mean(errors: Tensor, where: Tensor) -> Tensor:
    """(B,) mean of each row where asked; 0 where there is none."""
    return (errors * where).sum(dim=1) / where.sum(dim=1).clamp(min=1)
