"""What a step of self-distillation minimises."""

import pytest
import torch

from core.images.model.store import open_model
from core.stages.objectives.distill import DistillObjective, squared_distance
from core.stages.objectives.masked import MaskedObjective
from core.training.feed import BatchPlace
from tests.helpers.worlds import World


def test_that_the_loss_is_the_sum_of_its_weighted_parts(world: World) -> None:
    student, teacher = open_model(world.model).eval(), open_model(world.model).eval()
    with torch.no_grad():
        for parameter in teacher.encoder.parameters():
            parameter.add_(0.05)
    generator = torch.Generator().manual_seed(0)
    batch = {
        "pixels": torch.rand(4, 3, 32, 32, generator=generator),
        "noise": torch.rand(4, 16, generator=generator),
    }
    place = BatchPlace(0, 0, 4)
    own = MaskedObjective(student)
    masked = own(batch, place)["loss"]
    for weight in (0.0, 0.3, 2.0):
        objective = DistillObjective(
            student, match="class_token", weight=weight, teacher=teacher, objective=own
        )
        losses = objective(batch, place)
        distance = (student.represent(batch) - teacher.represent(batch)).square().sum(1).mean()
        torch.testing.assert_close(losses["masked"], masked)
        # With gradients a CPU takes another way through attention, which rounds otherwise.
        torch.testing.assert_close(losses["distill"], distance, atol=1e-5, rtol=1e-5)
        torch.testing.assert_close(losses["loss"], masked + weight * losses["distill"])
        losses["loss"].backward()
        assert all(parameter.grad is None for parameter in teacher.parameters())


def test_that_distances_are_summed_over_features_and_averaged_over_tokens_and_examples() -> None:
    student, teacher = torch.ones(2, 5, 7), torch.zeros(2, 5, 7)
    assert squared_distance(student, teacher).item() == pytest.approx(7)
    assert squared_distance(student[:, 0], teacher[:, 0]).item() == pytest.approx(7)


def test_that_padding_has_no_part_in_the_distance() -> None:
    # One token at distance 4, padded to three; and tokens at 1, 1 and 4.
    student = torch.tensor([[[2.0], [9.0], [9.0]], [[1.0], [1.0], [2.0]]])
    real = torch.tensor([[True, False, False], [True, True, True]])
    distance = squared_distance(student, torch.zeros(2, 3, 1), real)
    assert distance.item() == pytest.approx((4 + 2) / 2)
    padded = torch.cat([student, torch.full((2, 5, 1), 3.0)], dim=1)
    more = torch.cat([real, torch.zeros(2, 5, dtype=torch.bool)], dim=1)
    longer = squared_distance(padded, torch.zeros(2, 8, 1), more)
    assert longer.item() == pytest.approx(distance.item())
