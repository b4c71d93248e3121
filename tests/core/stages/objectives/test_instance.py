"""DIET's loss, and heads that don't grow with the data."""

import math

import numpy as np
import pytest
import torch

from core.images.model.store import open_model
from core.models.for_objectives import Views
from core.recipe import ObjectivesRecipe
from core.stages.objectives.instance import InstanceObjective, classes_of
from core.training.feed import BatchPlace
from tests.helpers.worlds import World

PLACE = (1, "stage")


def objective_of(world: World, **changes: int) -> InstanceObjective:
    asked = {"num_examples": 3, "most_classes": 10, **changes}
    model = open_model(world.model)
    return InstanceObjective(model, match="class_token", smoothing=0.8, place=PLACE, **asked)


def test_that_the_loss_is_that_of_a_case_worked_by_hand(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    objective = objective_of(world)
    # A representation of length 5 along (3, 4), and a head whose rows see 1, 0 and 0 of it.
    z, head = torch.zeros(2, 32), torch.zeros(3, 32)
    z[:, :2] = torch.tensor([3.0, 4.0])
    head[0, :2] = torch.tensor([0.6, 0.8])
    monkeypatch.setattr(objective.trained, "represent", lambda batch, match: z)
    objective.heads[0].data = head
    views = objective.trained.draw_views(
        2,
        torch.Generator().manual_seed(0),
        Views(number=1, flips=False, settings=ObjectivesRecipe()),
    )
    batch = {"pixels": torch.rand(2, 3, 32, 32), "position": torch.tensor([0, 2]), **views}
    loss = objective(batch, BatchPlace(0, 0, 2))["loss"].item()
    # Smoothed by 0.8 over three classes, a target has 0.2 + 0.8/3 of its own and 0.8/3 elsewhere.
    total = math.log(math.e + 2)
    right = -((0.2 + 0.8 / 3) * (1 - total) + 2 * 0.8 / 3 * (0 - total))
    wrong = -((0.2 + 0.8 / 3) * (0 - total) + 0.8 / 3 * (1 - total) + 0.8 / 3 * (0 - total))
    assert loss == pytest.approx((right + wrong) / 2, rel=1e-5)


def test_that_each_of_few_examples_is_a_class_of_its_own() -> None:
    np.testing.assert_array_equal(classes_of(5, 5, PLACE), np.arange(5)[:, None])


@pytest.mark.parametrize(("number", "most"), [(6, 5), (25, 5), (1000, 50), (30, 5)])
def test_that_no_two_of_many_examples_share_their_classes_in_both_heads(
    number: int, most: int
) -> None:
    classes = classes_of(number, most, PLACE)
    assert classes.shape == (number, 2)
    assert classes.max() < max(most, math.ceil(number**0.5))
    assert len({tuple(pair) for pair in classes.tolist()}) == number
    # And the classes of a head are about as large as each other.
    for head in classes.T:
        sizes = np.bincount(head)
        assert sizes.max() <= -(-number // (head.max() + 1)) + 1


def test_that_heads_are_bounded_trained_and_no_part_of_the_model(world: World) -> None:
    objective = objective_of(world, num_examples=100, most_classes=16)
    own = objective.own_parameters()
    assert {name: tuple(value.shape) for name, value in own.items()} == {
        "objective.heads.0": (16, 32),
        "objective.heads.1": (16, 32),
    }
    assert not own.keys() & dict(objective.trained.named_parameters()).keys()
