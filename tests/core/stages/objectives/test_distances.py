"""How far a student is from its teacher."""

import pytest
import torch

from core.stages.objectives.distances import distance

# Normalised as they are: mean 0, variance 1.
STUDENT = torch.tensor([[1.0, -1.0, 1.0, -1.0]])
TEACHER = torch.tensor([[1.0, 1.0, -1.0, -1.0]])


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        # They differ by 0, 2, 2, 0.
        ("squared", 8.0),
        ("smooth_l1", (1.5 + 1.5) / 4),  # |d| - 1/2 beyond 1
        ("cosine", 1.0),  # unrelated
    ],
)
def test_that_distances_are_what_they_are_by_hand(name: str, expected: float) -> None:
    assert distance(name, STUDENT, TEACHER).item() == pytest.approx(expected, abs=1e-4)
    assert distance(name, STUDENT, STUDENT).item() == pytest.approx(0, abs=1e-4)


@pytest.mark.parametrize(("name", "opposite"), [("smooth_l1", 1.5), ("cosine", 2.0)])
def test_that_normalised_distances_know_no_scale_and_no_offset(name: str, opposite: float) -> None:
    scaled = distance(name, 30 * STUDENT + 7, 0.1 * TEACHER - 2).item()
    assert scaled == pytest.approx(distance(name, STUDENT, TEACHER).item(), abs=1e-3)
    assert distance(name, STUDENT, -5 * STUDENT).item() == pytest.approx(opposite, abs=1e-4)


def test_that_near_the_teacher_both_normalised_distances_are_one() -> None:
    generator = torch.Generator().manual_seed(0)
    teacher = torch.randn(8, 64, generator=generator)
    student = teacher + 0.1 * torch.randn(8, 64, generator=generator)
    found = [distance(name, student, teacher).item() for name in ("smooth_l1", "cosine")]
    assert found[0] == pytest.approx(found[1], rel=1e-3)
    assert found[0] == pytest.approx(0.005, rel=0.2)


def test_that_distances_are_summed_over_features_and_averaged_over_tokens_and_examples() -> None:
    student, teacher = torch.ones(2, 5, 7), torch.zeros(2, 5, 7)
    assert distance("squared", student, teacher).item() == pytest.approx(7)
    assert distance("squared", student[:, 0], teacher[:, 0]).item() == pytest.approx(7)


def test_that_padding_has_no_part_in_the_distance() -> None:
    # One token at distance 4, padded to three; and tokens at 1, 1 and 4.
    student = torch.tensor([[[2.0], [9.0], [9.0]], [[1.0], [1.0], [2.0]]])
    real = torch.tensor([[True, False, False], [True, True, True]])
    found = distance("squared", student, torch.zeros(2, 3, 1), real)
    assert found.item() == pytest.approx((4 + 2) / 2)
    padded = torch.cat([student, torch.full((2, 5, 1), 3.0)], dim=1)
    more = torch.cat([real, torch.zeros(2, 5, dtype=torch.bool)], dim=1)
    longer = distance("squared", padded, torch.zeros(2, 8, 1), more)
    assert longer.item() == pytest.approx(found.item())


@pytest.mark.parametrize("name", ["smooth_l1", "cosine"])
def test_that_padding_without_features_gives_finite_gradients(name: str) -> None:
    student = torch.zeros(1, 2, 4)
    student[0, 0] = STUDENT
    student.requires_grad_()
    real = torch.tensor([[True, False]])
    distance(name, student, torch.zeros(1, 2, 4), real).backward()
    assert student.grad is not None
    assert student.grad.isfinite().all()
