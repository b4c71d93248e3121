"""The baselines of the paper against cases that were worked by hand."""

import math
from typing import Any, cast

import pytest
import torch
from torch import Tensor, nn

from core.images.model.classifier import Classifier
from core.images.model.store import open_model
from core.stages.finetune_objective import FinetuneObjective
from core.stages.regularise.choose import regulariser_of
from core.stages.regularise.l2sp import L2SP
from core.stages.regularise.mars import Mars, project_rows
from core.stages.regularise.r3f import R3F, draw_noise, symmetric_divergence
from core.stages.regularise.recadam import RecAdam, annealed
from core.stages.tasks.single_label import CrossEntropy
from core.training.feed import BatchPlace
from core.training.optim import build_adamw, set_lr
from tests.helpers.worlds import World, tiny_recipe

PLACE = BatchPlace(step=0, start=0, global_rows=4)


class Small(nn.Module):
    """An encoder of one linear map, and a head, named as in a classifier."""

    def __init__(self, encoder: list[list[float]], head: list[list[float]]) -> None:
        super().__init__()
        self.model = nn.Module()
        self.model.encoder = nn.Linear(len(encoder[0]), len(encoder), bias=False)
        self.head = nn.Linear(len(head[0]), len(head), bias=False)
        self.model.encoder.weight.data = torch.tensor(encoder)
        self.head.weight.data = torch.tensor(head)

    @property
    def backbone(self) -> nn.Module:
        """The encoder."""
        return self.model.encoder


def small(encoder: list[list[float]], head: list[list[float]]) -> Any:
    return cast("Classifier", Small(encoder, head))


# --- RecAdam ------------------------------------------------------------------------------------


def test_that_annealing_is_the_logistic_function_of_the_step() -> None:
    assert annealed(250, k=0.1, t0=250) == 0.5
    assert annealed(260, k=0.1, t0=250) == pytest.approx(math.e / (math.e + 1))
    assert annealed(1, k=1.0, t0=10_000) == 0.0


def test_that_recadam_anneals_adams_step_then_pulls_then_decays() -> None:
    # Encoder 2, pretrained 2; then moved to 3. t0 = 1 makes lambda of the first step 1/2.
    model = small([[2.0]], [[1.0]])
    rule = RecAdam(
        model,
        gamma=4.0,
        k=1.0,
        t0=1.0,
        weight_decay=0.5,
        decayed=frozenset({"model.encoder.weight", "head.weight"}),
    )
    model.model.encoder.weight.data.fill_(3.0)
    adamw = build_adamw(
        model.named_parameters(),
        weight_decay=0.5,
        betas=(0.9, 0.999),
        decays=lambda name, parameter: True,
        governed=rule.governed,
    )
    model.model.encoder.weight.grad = torch.tensor([[7.0]])
    model.head.weight.grad = torch.tensor([[7.0]])
    set_lr(adamw, 0.1, rule.rate_factor(0))
    adamw.step()
    rule.after(0, 0.1)
    # Adam's first step is the learning rate: 3 - 0.1 * 1/2 = 2.95. The pull's share is
    # 0.1 * (1 - 1/2) * 4 = 0.2: 2.95 - 0.2 * 0.95 = 2.76. The decay: 2.76 * (1 - 0.1 * 0.5).
    assert model.model.encoder.weight.item() == pytest.approx(2.622, abs=1e-6)
    # The head is trained by AdamW alone: 1 * (1 - 0.1 * 0.5) - 0.1.
    assert model.head.weight.item() == pytest.approx(0.85, abs=1e-6)


def test_that_recadams_pull_ends_at_the_pretrained_weights() -> None:
    model = small([[2.0]], [[1.0]])
    rule = RecAdam(model, gamma=1e6, k=1.0, t0=1.0, weight_decay=0.0, decayed=frozenset())
    model.model.encoder.weight.data.fill_(3.0)
    rule.after(0, 0.1)
    assert model.model.encoder.weight.item() == 2.0


# --- MARS ---------------------------------------------------------------------------------------


def test_that_mars_scales_back_the_rows_that_left_the_ball() -> None:
    weight = torch.tensor([[3.0, -1.0], [1.2, 0.1]])
    centre = torch.tensor([[1.0, 1.0], [1.0, 0.0]])
    # Distances (2, -2) of sum 4, and (0.2, 0.1) of sum 0.3; the radius is 1.
    project_rows(weight, centre, 1.0)
    torch.testing.assert_close(weight, torch.tensor([[1.5, 0.5], [1.2, 0.1]]))


def test_that_mars_takes_a_filter_and_a_gain_as_rows() -> None:
    weight = torch.tensor([[[[2.0, 2.0]]], [[[0.0, 0.0]]]])  # two filters of 1 x 1 x 2
    project_rows(weight, torch.zeros_like(weight), 1.0)
    assert weight.flatten().tolist() == [0.5, 0.5, 0.0, 0.0]
    gain = torch.tensor([3.0, 0.9])
    project_rows(gain, torch.ones(2), 1.0)
    assert gain.tolist() == [2.0, pytest.approx(0.9)]


def test_that_mars_holds_the_encoder_at_its_start_and_the_head_at_zero() -> None:
    model = small([[5.0]], [[4.0]])
    rule = Mars(model, gamma=1.0, head_gamma=2.0)
    model.model.encoder.weight.data.fill_(9.0)
    rule.after(0, 0.1)
    assert model.model.encoder.weight.item() == 6.0
    assert model.head.weight.item() == 2.0


def test_that_mars_reaches_every_matrix_and_gain_of_a_transformer(world: World) -> None:
    classifier = Classifier(open_model(world.model), 3, dropout=0.0)
    rule = Mars(classifier, gamma=0.01, head_gamma=0.01)
    free = {"bias", "pos_embed", "cls_token"}
    before = {name: value.clone() for name, value in classifier.named_parameters()}
    with torch.no_grad():
        for parameter in classifier.parameters():
            parameter.add_(1.0)
    rule.after(0, 0.1)
    for name, value in classifier.named_parameters():
        start = torch.zeros_like(value) if name == "head.weight" else before[name]
        far = (value - start).reshape(len(value), -1).abs().sum(dim=1).max().item()
        assert (far > 0.5) == (name.rpartition(".")[2] in free), name


# --- L2-SP --------------------------------------------------------------------------------------


def test_that_l2sp_is_half_the_weighted_squares() -> None:
    model = small([[1.0, 2.0]], [[3.0, 4.0]])
    penalty = L2SP(model, alpha=0.1, beta=0.01)
    model.model.encoder.weight.data += torch.tensor([[1.0, -2.0]])
    found = penalty({}, torch.zeros(1, 2), PLACE)
    # Encoder: half of 0.1 times 1 + 4. Head: half of 0.01 times 9 + 16.
    assert found.item() == pytest.approx(0.25 + 0.125)
    found.backward()
    torch.testing.assert_close(model.model.encoder.weight.grad, torch.tensor([[0.1, -0.2]]))
    torch.testing.assert_close(model.head.weight.grad, torch.tensor([[0.03, 0.04]]))


# --- R3F ----------------------------------------------------------------------------------------


def test_that_the_divergence_is_the_mean_of_both_ways() -> None:
    # p = (3/4, 1/4) and q = (1/2, 1/2): KL both ways sum to 1/4 * ln 3. The second row has none.
    p = torch.tensor([[3.0, 1.0], [1.0, 1.0]]).log()
    q = torch.tensor([[1.0, 1.0], [2.0, 2.0]]).log()
    assert symmetric_divergence(p, q).item() == pytest.approx(math.log(3) / 4 / 2)


@pytest.mark.parametrize("distribution", ["uniform", "normal"])
def test_that_noise_of_a_row_does_not_depend_on_the_piece(distribution: str) -> None:
    whole = draw_noise(torch.zeros(4, 3, 5), 0.1, distribution, 7, PLACE)
    piece = draw_noise(torch.zeros(2, 3, 5), 0.1, distribution, 7, BatchPlace(0, 2, 4))
    assert torch.equal(whole[2:], piece)
    assert 0 < whole.abs().max() <= (0.1 if distribution == "uniform" else 1.0)


def test_that_r3f_sends_no_gradient_into_the_embeddings_of_its_second_pass(world: World) -> None:
    classifier = Classifier(open_model(world.model), 3, dropout=0.0)
    penalty = R3F(classifier, weight=2.0, eps=0.5, distribution="normal", place=(0, "x"))
    pixels = torch.rand(4, 3, 32, 32, generator=torch.Generator().manual_seed(0))
    logits: Tensor = classifier({"pixels": pixels}).detach()
    found = penalty({"pixels": pixels}, logits, PLACE)
    assert found.item() > 0
    found.backward()
    encoder = classifier.model.encoder
    assert encoder.patch_embed.proj.weight.grad is None
    assert encoder.pos_embed.grad is not None
    assert torch.equal(classifier({"pixels": pixels}), logits)  # the noise is gone again


@pytest.mark.parametrize("arm", ["r3f", "l2sp"])
def test_that_a_penalised_loss_does_not_depend_on_the_pieces(world: World, arm: str) -> None:
    recipe = tiny_recipe(world, baselines={"r3f_noise": 0.5, "l2sp_alpha": 1.0, "l2sp_beta": 1.0})
    torch.manual_seed(0)
    classifier = Classifier(open_model(world.model), 3, dropout=0.3)
    regulariser = regulariser_of(arm, classifier, recipe, (0, "x"))
    with torch.no_grad():
        classifier.model.encoder.pos_embed.add_(0.1)
    objective = FinetuneObjective(classifier, CrossEntropy(), (0, "x"), regulariser.penalty).train()
    generator = torch.Generator().manual_seed(0)
    batch = {
        "pixels": torch.rand(4, 3, 32, 32, generator=generator),
        "label": torch.tensor([0, 1, 1, 2]),
    }
    whole = objective(batch, PLACE)
    assert whole["penalty"].item() > 1e-3
    assert whole["loss"].item() == pytest.approx((whole["task"] + whole["penalty"]).item())
    pieces = [
        objective(
            {key: value[start : start + 2] for key, value in batch.items()},
            BatchPlace(0, start, 4),
        )["loss"]
        for start in (0, 2)
    ]
    torch.testing.assert_close(torch.stack(pieces).mean(), whole["loss"])


def test_that_r3f_of_no_noise_and_no_dropout_is_nothing(world: World) -> None:
    classifier = Classifier(open_model(world.model), 3, dropout=0.0)
    penalty = R3F(classifier, weight=1.0, eps=0.0, distribution="uniform", place=(0, "x"))
    pixels = torch.rand(4, 3, 32, 32, generator=torch.Generator().manual_seed(0))
    logits = classifier({"pixels": pixels})
    assert penalty({"pixels": pixels}, logits, PLACE).item() == pytest.approx(0, abs=1e-6)


def test_that_the_noise_of_r3f_reaches_the_encoder_whatever_the_precision(world: World) -> None:
    classifier = Classifier(open_model(world.model), 3, dropout=0.0)
    penalty = R3F(classifier, weight=1.0, eps=1e-5, distribution="uniform", place=(0, "x"))
    objective = FinetuneObjective(classifier, CrossEntropy(), (0, "x"), penalty)
    seen: list[Tensor] = []
    classifier.model.encoder.norm_pre.register_forward_pre_hook(
        lambda _, inputs: seen.append(inputs[0].detach())
    )
    batch = {
        "pixels": torch.rand(4, 3, 32, 32, generator=torch.Generator().manual_seed(0)),
        "label": torch.tensor([0, 1, 1, 2]),
    }
    with torch.autocast("cpu", dtype=torch.bfloat16):
        objective(batch, PLACE)["loss"].backward()
    clean, noisy = seen
    assert clean.dtype == torch.float32
    changed = (clean != noisy)[:, classifier.model.encoder.num_prefix_tokens :]
    assert changed.float().mean().item() > 0.95
