"""Moments in bfloat16: rounded by chance, so that they follow what float32 has."""

import math
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from core.training.checkpoint import (
    CheckpointState,
    load_newest_checkpoint,
    named_state,
    restore_named_state,
    save_checkpoint,
)
from core.training.low_moments import LowMomentAdamW, stochastically_rounded
from core.training.optim import build_adamw, decays_in_pretraining, set_lr
from tests.later.dlpack import NAME
from tests.later.process import on_later
from tests.later.waits import WAITS


def built(parameter: nn.Parameter, betas: tuple[float, float], moments: str) -> Any:
    return build_adamw(
        [("x.weight", parameter)],
        weight_decay=0.1,
        betas=betas,
        decays=lambda *_: True,
        moments=moments,
    )


def test_that_a_number_becomes_one_of_its_neighbours_and_itself_on_average() -> None:
    # Between 1 and 2 bfloat16 has steps of 1/128; a quarter of one lies above 1.
    values = torch.full((40_000,), 1 + 0.25 / 128)
    found = stochastically_rounded(values, torch.Generator().manual_seed(1)).float()
    assert set(found.tolist()) == {1.0, 1 + 1 / 128}
    assert float((found > 1).float().mean()) == pytest.approx(0.25, abs=0.01)
    negative = stochastically_rounded(-values, torch.Generator().manual_seed(1)).float()
    assert torch.equal(negative, -found)
    exact = torch.tensor([0.0, 1.0, -2.5, 2**-100])
    assert torch.equal(stochastically_rounded(exact, torch.Generator()).float(), exact)


def test_that_one_step_is_adamws_by_hand() -> None:
    parameter = nn.Parameter(torch.tensor([2.0]))
    optimizer = built(parameter, (0.9, 0.999), "bfloat16")
    assert isinstance(optimizer, LowMomentAdamW)
    set_lr(optimizer, 0.01)
    parameter.grad = torch.tensor([0.5])
    optimizer.step()
    # Moments 0.05 and 0.00025, unbiased 0.5 and 0.25: a step of 0.01, after decay by 0.1 * 0.01.
    assert parameter.item() == pytest.approx(2.0 * 0.999 - 0.01 * 0.5 / (0.5 + 1e-8), rel=1e-6)
    state = optimizer.state[parameter]
    assert state["exp_avg"].dtype == state["exp_avg_sq"].dtype == torch.bfloat16
    assert state["exp_avg"].item() == pytest.approx(0.05, rel=1 / 128)
    assert state["exp_avg_sq"].item() == pytest.approx(0.00025, rel=1 / 128)
    assert float(state["step"]) == 1


def trained(moments: str, betas: tuple[float, float], steps: int) -> tuple[Tensor, Tensor]:
    """Weights and second moments after steps along the same noisy gradients."""
    parameter = nn.Parameter(torch.ones(512))
    optimizer = built(parameter, betas, moments)
    generator = torch.Generator().manual_seed(3)
    for step in range(steps):
        set_lr(optimizer, 0.001, seed=step)
        # The gradients get ten times smaller on the way: the second moment has to follow.
        scale = 1.0 if step < 100 else 0.1
        parameter.grad = scale * torch.randn(512, generator=generator)
        optimizer.step()
    return parameter.detach(), optimizer.state[parameter]["exp_avg_sq"].float()


def test_that_the_second_moment_follows_float32_where_plain_rounding_would_stall() -> None:
    exact, exact_squares = trained("float32", (0.9, 0.999), 1500)
    low, low_squares = trained("bfloat16", (0.9, 0.999), 1500)
    # 1400 steps of 0.999 leave a quarter of the first 100 steps' moment.
    assert low_squares.mean().item() == pytest.approx(exact_squares.mean().item(), rel=0.02)
    off = (low - exact).norm() / (exact - 1).norm()
    assert off < 0.05
    # Rounded to the nearest, it would still be where the large gradients had brought it.
    stalled = exact_squares.new_full((), 0.1).to(torch.bfloat16)
    assert (stalled.float() * 0.999).to(torch.bfloat16) == stalled


def test_that_it_is_the_same_again_with_the_same_seeds_and_other_with_others() -> None:
    first, again = trained("bfloat16", (0.9, 0.95), 5), trained("bfloat16", (0.9, 0.95), 5)
    assert torch.equal(first[1], again[1])
    parameter = nn.Parameter(torch.ones(512))
    optimizer = built(parameter, (0.9, 0.95), "bfloat16")
    squares = []
    for seed in (1, 2):
        optimizer.state[parameter]["exp_avg_sq"].zero_()
        set_lr(optimizer, 0.001, seed=seed)
        parameter.grad = torch.linspace(0.1, 0.2, 512)
        optimizer.step()
        squares.append(optimizer.state[parameter]["exp_avg_sq"].clone())
    assert not torch.equal(*squares)


def test_that_a_checkpoint_keeps_them_and_training_goes_on_bit_by_bit(tmp_path: Path) -> None:
    def build() -> tuple[nn.Module, dict[str, nn.Parameter], torch.optim.Optimizer]:
        torch.manual_seed(0)
        model = nn.Linear(4, 2)
        parameters = dict(model.named_parameters())
        decays = decays_in_pretraining
        optimizer = build_adamw(
            parameters.items(),
            weight_decay=0.1,
            betas=(0.9, 0.95),
            decays=decays,
            moments="bfloat16",
        )
        return model, parameters, optimizer

    def steps(model: nn.Module, optimizer: torch.optim.Optimizer, which: range) -> None:
        for step in which:
            x = torch.randn(8, 4, generator=torch.Generator().manual_seed(step))
            optimizer.zero_grad()
            model(x).square().sum().backward()
            set_lr(optimizer, 0.01, seed=step)
            optimizer.step()

    model, parameters, optimizer = build()
    steps(model, optimizer, range(3))
    state = CheckpointState(stage="s", step=3, seed=3, batch_size=8, images_seen=8)
    save_checkpoint(tmp_path, named_state(parameters, optimizer), state)
    steps(model, optimizer, range(3, 6))

    def refuse(file: Path, reason: str) -> None:
        raise AssertionError(f"{file}: {reason}")

    again, its_parameters, its_optimizer = build()
    loaded = load_newest_checkpoint(tmp_path, "s", refuse)
    assert loaded is not None
    assert loaded[0]["optimizer/weight/exp_avg_sq"].dtype == torch.bfloat16
    restore_named_state(loaded[0], its_parameters, its_optimizer)
    steps(again, its_optimizer, range(3, 6))
    for name, parameter in parameters.items():
        assert torch.equal(parameter, its_parameters[name])


def stepped_on_later() -> tuple[list[float], int]:
    parameter = nn.Parameter(torch.ones(3).to(NAME))
    optimizer = built(parameter, (0.9, 0.95), "bfloat16")
    set_lr(optimizer, 0.5, seed=1)
    parameter.grad = torch.ones(3).to(NAME)
    before = sum(WAITS.seen.values())
    optimizer.step()
    waited = sum(WAITS.seen.values()) - before
    return parameter.detach().cpu().tolist(), waited


def test_that_a_step_that_the_scaler_skips_changes_nothing() -> None:
    parameter = nn.Parameter(torch.tensor([2.0]))
    optimizer = built(parameter, (0.9, 0.999), "bfloat16")
    scaler = torch.amp.GradScaler("cpu", init_scale=8.0)
    seen = []
    for slope in (1e38, 0.5, 1e38):
        set_lr(optimizer, 0.01)
        optimizer.zero_grad()
        scaler.scale(slope * parameter.sum()).backward()
        scaler.step(optimizer)
        scaler.update()
        state = optimizer.state[parameter]
        seen.append([parameter.item(), *(float(state[key]) for key in sorted(state))])
    # exp_avg, exp_avg_sq, step; the step that is taken is the one of the test by hand.
    assert seen[0] == [2.0, 0.0, 0.0, 0.0]
    assert seen[1][0] == pytest.approx(2.0 * 0.999 - 0.01, rel=1e-6)
    assert seen[1][3] == 1.0
    assert seen[2] == seen[1]
    assert scaler.get_scale() == 2.0


def stepped_with_a_scaler() -> tuple[list[float], int]:
    parameter = nn.Parameter(torch.ones(3).to(NAME))
    optimizer = built(parameter, (0.9, 0.95), "bfloat16")
    set_lr(optimizer, 0.5, seed=1)
    # What a scaler leaves to optimizers that say that they can do it.
    assert optimizer._step_supports_amp_scaling
    optimizer.grad_scale = torch.tensor(4.0).to(NAME)
    first, second = (torch.full((3,), 4.0).to(NAME) for _ in range(2))
    taken, overflows = torch.tensor(0.0).to(NAME), torch.tensor(1.0).to(NAME)
    before = sum(WAITS.seen.values())
    for parameter.grad, optimizer.found_inf in ((first, taken), (second, overflows)):
        optimizer.step()
    waited = sum(WAITS.seen.values()) - before
    return parameter.detach().cpu().tolist(), waited


def test_that_a_step_with_a_scaler_waits_for_nothing() -> None:
    found, waited = on_later(stepped_with_a_scaler)
    assert found == pytest.approx([1 - 0.5 * 0.1 - 0.5] * 3, rel=1e-5)
    assert waited == 0


def test_that_a_step_on_a_device_waits_for_nothing() -> None:
    found, waited = on_later(stepped_on_later)
    assert found == pytest.approx([1 - 0.5 * 0.1 - 0.5] * 3, rel=1e-5)
    assert math.isfinite(found[0])
    assert waited == 0
