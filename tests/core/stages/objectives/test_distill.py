"""What a step of self-distillation minimises."""

import torch

from core.images.model.store import open_model
from core.stages.objectives.distill import DistillObjective
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
            student,
            match="class_token",
            distance="squared",
            weight=weight,
            teacher=teacher,
            objective=own,
        )
        losses = objective(batch, place)
        distance = (student.represent(batch) - teacher.represent(batch)).square().sum(1).mean()
        torch.testing.assert_close(losses["masked"], masked)
        # With gradients a CPU takes another way through attention, which rounds otherwise.
        torch.testing.assert_close(losses["distill"], distance, atol=1e-5, rtol=1e-5)
        torch.testing.assert_close(losses["loss"], masked + weight * losses["distill"])
        losses["loss"].backward()
        assert all(parameter.grad is None for parameter in teacher.parameters())
