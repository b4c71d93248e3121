"""float16: a step whose gradients overflow changes nothing, and stages do not depend on each other.

The scaler and AdamW are torch's own, on the CPU: fused, as on most devices, or not, as on `mps`.
"""

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from accelerate import Accelerator
from torch import Tensor, nn

from core.stages.objectives.distill import DistillObjective
from core.stages.objectives.masked import MaskedObjective
from core.stages.regularise.mars import Mars
from core.stages.regularise.recadam import RecAdam
from core.training import loop, optim
from core.training.context import Adjustments, RunContext
from core.training.device import Hardware
from core.training.feed import BatchPlace, Feed
from core.training.job import Job, Timing
from core.training.loop import TrainingLoop
from core.training.optim import StepRule
from tests.core.devices.test_placement import batch_of, model_of
from tests.helpers.worlds import World, in_both_worlds

# Times the scaler's first 65536, and some halves of it, this is no float32 any more.
OVERFLOWS = 1e36


class Numbers:
    """A source of one example."""

    def batch(self, indices: np.ndarray) -> dict[str, Tensor]:
        return {"x": torch.ones(len(indices), 1)}


class Slope(nn.Module):
    """A loss whose gradient is the same for every number of an encoder and a head."""

    def __init__(self, slope: float) -> None:
        super().__init__()
        self.slope = slope
        self.encoder = nn.Linear(1, 1, bias=False)
        self.head = nn.Linear(1, 1, bias=False)
        self.encoder.weight.data.fill_(2.0)
        self.head.weight.data.fill_(3.0)

    @property
    def backbone(self) -> nn.Module:
        return self.encoder

    def forward(self, batch: dict[str, Tensor], place: BatchPlace) -> dict[str, Tensor]:
        return {"loss": self.slope * (self.encoder.weight.sum() + self.head.weight.sum())}


def hardware_with_scaler() -> Hardware:
    accelerator = Accelerator(cpu=True, mixed_precision="no")
    accelerator.scaler = torch.amp.GradScaler("cpu")
    return Hardware(accelerator, "CPU", "float16")


def trained(
    folder: Path,
    slope: float,
    steps: int,
    hardware: Hardware,
    rule_of: Callable[[Any], StepRule] | None = None,
    moments: str = "float32",
) -> Slope:
    objective = Slope(slope)
    job = Job(
        stage=folder.name,
        kind="finetune",
        section="finetune",
        folder=folder,
        seed=0,
        objective=objective,
        parameters=dict(objective.named_parameters()),
        feed=Feed(
            source=Numbers(),
            examples=np.zeros(1, dtype=np.int64),
            order=lambda step: np.zeros(1, dtype=np.int64),
            batch_size=1,
            place=(0, "test"),
        ),
        num_steps=steps,
        micro_batch_size=1,
        lr=0.1,
        warmup_steps=0,
        weight_decay=0.0,
        decays=lambda name, parameter: False,
        betas=(0.9, 0.999),
        clip_norm=0.0,
        step_rule=rule_of(objective) if rule_of else None,
        moments=moments,
    )
    context = RunContext(lambda event: None, Adjustments(folder / "adjustments.json"))
    folder.mkdir(exist_ok=True)
    TrainingLoop(job, hardware, context, Timing(checkpoint_s=1e9, report_s=1e9)).run()
    return objective


@pytest.fixture(params=["fused", "foreach", "bfloat16"])
def moments(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Of each optimizer that there is."""
    if request.param == "foreach":
        mps_has_it = optim.has_fused_adamw("mps")
        monkeypatch.setattr(optim, "has_fused_adamw", lambda kind: mps_has_it)
    return "bfloat16" if request.param == "bfloat16" else "float32"


def recadam(model: Any) -> StepRule:
    # t0 = 1 makes the lambda of the first step 1/2.
    return RecAdam(
        model, gamma=4.0, k=1.0, t0=1.0, weight_decay=0.5, decayed=frozenset({"encoder.weight"})
    )


def mars(model: Any) -> StepRule:
    return Mars(model, gamma=0.02, head_gamma=1.0)


@pytest.mark.parametrize("rule_of", [recadam, mars])
def test_that_a_step_that_overflows_changes_no_weight(
    tmp_path: Path, rule_of: Callable[[Any], StepRule], moments: str
) -> None:
    # RecAdam would decay the encoder, MARS would project the head into its ball.
    model = trained(tmp_path / "stage", OVERFLOWS, 2, hardware_with_scaler(), rule_of, moments)
    assert model.encoder.weight.item() == 2.0
    assert model.head.weight.item() == 3.0


def test_that_recadam_pulls_after_a_step_that_was_taken(tmp_path: Path, moments: str) -> None:
    model = trained(tmp_path / "stage", 1.0, 1, hardware_with_scaler(), recadam, moments)
    # Adam's first step is the learning rate: 2 - 0.1 * 1/2 = 1.95. The pull's share is
    # 0.1 * (1 - 1/2) * 4 = 0.2: 1.95 + 0.2 * 0.05 = 1.96. The decay: 1.96 * (1 - 0.1 * 0.5).
    assert model.encoder.weight.item() == pytest.approx(1.862, abs=1e-5)
    assert model.head.weight.item() == pytest.approx(2.9, abs=1e-5)


def test_that_mars_projects_after_a_step_that_was_taken(tmp_path: Path) -> None:
    model = trained(tmp_path / "stage", 1.0, 1, hardware_with_scaler(), mars)
    assert model.encoder.weight.item() == pytest.approx(1.98, abs=1e-5)
    assert model.head.weight.item() == pytest.approx(1.0, abs=1e-5)


def test_that_every_device_but_mps_has_the_fused_adamw() -> None:
    kinds = ("cuda", "xpu", "cpu", "mps")
    assert [optim.has_fused_adamw(kind) for kind in kinds] == [True, True, True, False]


@pytest.mark.parametrize("asked", ["bfloat16", "float32"])
def test_that_a_loop_keeps_moments_as_they_were_asked_for(tmp_path: Path, asked: str) -> None:
    built: list[torch.optim.Optimizer] = []

    with pytest.MonkeyPatch.context() as patch:
        kept = optim.build_adamw

        def build(*arguments: Any, **options: Any) -> torch.optim.Optimizer:
            built.append(kept(*arguments, **options))
            return built[0]

        patch.setattr(loop, "build_adamw", build)
        trained(tmp_path / "stage", 1.0, 1, hardware_with_scaler(), None, asked)
    (state, _) = built[0].state.values()
    assert state["exp_avg"].dtype == getattr(torch, asked)


@in_both_worlds
@pytest.mark.parametrize("name", ["masked", "distill"])
def test_that_objectives_in_float16_are_near_those_in_float32(world: World, name: str) -> None:
    torch.manual_seed(0)
    model, teacher = model_of(world), model_of(world)
    objective: nn.Module = MaskedObjective(model)
    if name == "distill":
        objective = DistillObjective(
            model,
            match="class_token",
            distance="squared",
            weight=1.0,
            teacher=teacher,
            objective=objective,
        )
    batch = batch_of(model, 4, "cpu")
    with torch.no_grad():
        exact = objective(batch, BatchPlace(0, 0, 4))
        with torch.autocast("cpu", torch.float16):
            half = objective(batch, BatchPlace(0, 0, 4))
    for part, value in exact.items():
        assert math.isfinite(half[part].item())
        assert half[part].item() == pytest.approx(value.item(), rel=0.02, abs=0.01), part


def test_that_a_stage_scales_its_loss_as_if_it_were_the_first(tmp_path: Path) -> None:
    hardware = hardware_with_scaler()
    trained(tmp_path / "first", OVERFLOWS, 2, hardware)
    scaler = hardware.accelerator.scaler
    assert scaler.get_scale() == 65536 / 4
    # A process that begins here, after a kill, has a new scaler: both have to learn the same.
    trained(tmp_path / "second", 1.0, 1, hardware)
    assert scaler.get_scale() == 65536


def test_that_a_resumed_stage_scales_its_loss_as_it_did(tmp_path: Path) -> None:
    trained(tmp_path / "stage", OVERFLOWS, 2, hardware_with_scaler())
    hardware = hardware_with_scaler()
    trained(tmp_path / "stage", OVERFLOWS, 3, hardware)
    assert hardware.accelerator.scaler.get_scale() == 65536 / 8
