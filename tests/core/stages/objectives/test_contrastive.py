"""SimCLR's loss, and its gradient when a batch is cut."""

import math
from collections.abc import Iterator

import pytest
import torch

from core.images.model.store import open_model
from core.models.for_objectives import Views
from core.models.masked_model import Batch
from core.recipe import ObjectivesRecipe
from core.stages.objectives.contrastive import ContrastiveObjective, nt_xent
from core.training.feed import BatchPlace
from tests.helpers.worlds import World

ROWS = 5


def test_that_the_loss_is_that_of_a_case_worked_by_hand() -> None:
    # Views of an example agree, those of different ones are at right angles: of the three others
    # one has similarity 1 and two have 0.
    projected = torch.eye(2)[:, None].expand(2, 2, 2)
    for temperature in (1.0, 0.2):
        near = math.exp(1 / temperature)
        expected = -math.log(near / (near + 2))
        torch.testing.assert_close(nt_xent(projected, temperature), torch.full((2,), expected))


def test_that_each_view_of_an_example_has_its_own_part() -> None:
    # (1, 0) and (0, 1) for the first example, (1, 0) twice for the second, at temperature 1.
    projected = torch.tensor([[[1.0, 0.0], [0.0, 1.0]], [[1.0, 0.0], [1.0, 0.0]]])
    e = math.e
    first = (math.log(1 + 2 * e) + math.log(3)) / 2
    second = -math.log(e / (e + e + 1))
    torch.testing.assert_close(nt_xent(projected, 1.0), torch.tensor([first, second]))


def drawn(objective: ContrastiveObjective) -> Batch:
    generator = torch.Generator().manual_seed(0)
    asked = Views(number=2, flips=True, settings=ObjectivesRecipe())
    views = objective.trained.draw_views(ROWS, generator, asked)
    return {"pixels": torch.rand(ROWS, 3, 32, 32, generator=generator), **views}


def gradients(objective: ContrastiveObjective) -> Iterator[torch.Tensor]:
    for name, parameter in objective.named_parameters():
        if parameter.grad is not None:
            yield parameter.grad.clone()
            parameter.grad = None
        else:
            assert "decoder" in name or not parameter.requires_grad, name


def test_that_pieces_have_loss_and_gradient_of_the_whole_batch(world: World) -> None:
    objective = ContrastiveObjective(
        open_model(world.model), match="class_token", width=8, temperature=0.2, place=(1, "stage")
    )
    batch = drawn(objective)
    whole = objective(batch, BatchPlace(0, 0, ROWS))["loss"]
    whole.backward()
    expected = list(gradients(objective))
    batch |= objective.pulls(objective.look(batch))
    total = 0.0
    for start, end in ((0, 2), (2, 5)):
        piece = {name: value[start:end] for name, value in batch.items()}
        losses = objective(piece, BatchPlace(0, start, ROWS))
        share = (end - start) / ROWS
        (losses["loss"] * share).backward()
        total += share * losses["contrastive"].item()
    assert total == pytest.approx(whole.item(), rel=1e-5)
    for found, wanted in zip(gradients(objective), expected, strict=True):
        torch.testing.assert_close(found, wanted, atol=1e-6, rtol=1e-4)
