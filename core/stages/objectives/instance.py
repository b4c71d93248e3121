"""Instance discrimination: each example is a class of its own (Ibrahim et al. 2024; DIET).

Balestriero et al. 2025 (DIET-CP, arXiv 2509.06990) go on pre-training so on few images: a linear
head without bias on the representation, scaled to length 1, and smoothed targets; nothing else.

DIET's head has a row per example. With more examples than a head may have rows there are two heads
here: an example has a class in each, which it shares with others, and no two share both.
"""

import numpy as np
import torch
import torch.nn.functional as F  # noqa: N812  (its name everywhere)
from torch import Tensor, nn

from core.models.masked_model import MaskedModel
from core.stages.objectives.augmented import augmented
from core.stages.objectives.objective import Objective
from core.training.feed import Batch, BatchPlace
from core.training.seeds import numpy_generator, torch_generator


class InstanceObjective(Objective):
    """Recognise each example from one view of it.

    Args:
        model: What is trained.
        match: Which representation, as in `MaskedModel.represent`.
        num_examples: Examples of the stage, whose positions batches bring.
        most_classes: Rows of a head at most.
        smoothing: Share of each target that is spread over all classes.
        place: `(seed, stage)`, for the head's first weights and who shares a class.
    """

    num_views = 1
    knows_places = True

    def __init__(
        self,
        model: MaskedModel,
        *,
        match: str,
        num_examples: int,
        most_classes: int,
        smoothing: float,
        place: tuple[int | str, ...],
    ) -> None:
        super().__init__(model)
        self._match, self._smoothing = match, smoothing
        found = classes_of(num_examples, most_classes, place)
        self.classes: Tensor
        self.register_buffer("classes", torch.from_numpy(found), persistent=False)  # (N, heads)
        number = int(found.max()) + 1
        generator = torch_generator(*place, "head")
        # As torch's own linear layers begin.
        bound = model.feature_dim**-0.5
        self.heads = nn.ParameterList(
            (2 * torch.rand(number, model.feature_dim, generator=generator) - 1) * bound
            for _ in range(found.shape[1])
        )

    def forward(self, batch: Batch, place: BatchPlace) -> dict[str, Tensor]:
        """Mean losses over the rows of `batch`: `instance` and `loss`."""
        del place
        view = self.trained.view(augmented(batch), 0)
        z = F.normalize(self.trained.represent(view, self._match).float(), dim=-1)  # (B, D)
        classes = self.classes[batch["position"]]
        losses = [
            F.cross_entropy(F.linear(z, head), wanted, label_smoothing=self._smoothing)
            for head, wanted in zip(self.heads, classes.unbind(1), strict=True)
        ]
        loss = torch.stack(losses).mean()
        return {"loss": loss, "instance": loss}


def classes_of(num_examples: int, most: int, place: tuple[int | str, ...]) -> np.ndarray:
    """(N, heads) of int64: the class of each example in each head, `most` classes at most.

    One head and a class each where that is enough. Else two: with q its place in a random order,
    an example's classes are q mod `most` and (q mod `most` + q div `most`) mod `most`. From both q
    follows, so no two examples share both, as long as there are no more than `most` squared;
    beyond that there are as many classes as that takes.
    """
    if num_examples <= most:
        return np.arange(num_examples, dtype=np.int64)[:, None]
    most = max(most, int(np.ceil(num_examples**0.5)))
    order = numpy_generator(*place, "classes").permutation(num_examples).astype(np.int64)
    first = order % most
    return np.stack([first, (first + order // most) % most], axis=1)
