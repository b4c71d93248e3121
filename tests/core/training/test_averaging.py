"""Averaged weights: what they are, and that a resume continues them."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from core.recipe import RuntimeRecipe
from core.training.averaging import WeightAverage
from core.training.context import Adjustments, Interrupted, RunContext
from core.training.device import set_up_hardware
from core.training.feed import Batch, BatchPlace, Feed
from core.training.job import Job, Timing
from core.training.loop import TrainingLoop


def test_that_an_average_is_that_of_a_hand_worked_case() -> None:
    weight = nn.Parameter(torch.tensor([0.0]))
    # Half of ten steps: a decay of 1 - 1/5 in the end, less in the first steps.
    average = WeightAverage({"w": weight}, 0.5, 10)
    weight.data.fill_(10.0)
    average.follow(1)  # decay 1 / 10
    assert average.state()["average/w"].item() == pytest.approx(9.0)
    weight.data.fill_(20.0)
    average.follow(2)  # decay 2 / 11
    assert average.state()["average/w"].item() == pytest.approx(9 * 2 / 11 + 20 * 9 / 11)
    weight.data.fill_(0.0)
    before = average.state()["average/w"].item()
    average.follow(1000)
    assert average.state()["average/w"].item() == pytest.approx(0.8 * before)
    average.put_in()
    assert weight.item() == average.state()["average/w"].item()


class Line(nn.Module):
    """Fits a line to a few points."""

    def __init__(self) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(3))

    def forward(self, batch: Batch, place: BatchPlace) -> dict[str, Tensor]:
        """Mean squared error."""
        del place
        error = batch["x"] @ self.weight - batch["y"]
        return {"loss": error.square().mean()}


class Points:
    """Of a line."""

    def batch(self, indices: np.ndarray) -> Batch:
        """Points by number."""
        x = torch.from_numpy(np.stack([np.sin(indices * k) for k in (1.0, 2.0, 3.0)], axis=1))
        return {"x": x.float(), "y": (x @ torch.tensor([1.0, -2.0, 0.5]).double()).float()}


def trained(folder: Path, *, averaging: float, pause_after: int | None = None) -> Tensor:
    line = Line()
    job = Job(
        stage=folder.name,
        kind="finetune",
        section="finetune",
        folder=folder,
        seed=0,
        objective=line,
        parameters=dict(line.named_parameters()),
        feed=Feed(
            source=Points(),
            examples=np.arange(40),
            order=lambda step: np.arange(4) + step,
            batch_size=4,
            place=(0, "test"),
        ),
        num_steps=20,
        micro_batch_size=4,
        lr=0.1,
        warmup_steps=0,
        weight_decay=0.0,
        decays=lambda name, parameter: False,
        betas=(0.9, 0.999),
        clip_norm=0.0,
        averaging=averaging,
    )
    folder.mkdir(exist_ok=True)
    stepped: dict[str, Any] = {}
    if pause_after is not None:

        def ask(stage: str, step: int) -> None:
            if step == pause_after:
                context.request("pause")

        stepped["stepped"] = ask
    adjustments = Adjustments(folder / "adjustments.json")
    context = RunContext(lambda event: None, adjustments, **stepped)
    hardware = set_up_hardware(RuntimeRecipe(device="cpu", precision="float32"))
    TrainingLoop(job, hardware, context, Timing(checkpoint_s=1e9, report_s=1e9)).run()
    return line.weight.detach().clone()


@pytest.mark.slow
def test_that_the_result_is_the_average_and_a_pause_changes_nothing(tmp_path: Path) -> None:
    last, whole = (trained(tmp_path / f"{share}", averaging=share) for share in (0.0, 0.3))
    assert not torch.equal(last, whole)
    with pytest.raises(Interrupted):
        trained(tmp_path / "paused", averaging=0.3, pause_after=7)
    assert torch.equal(trained(tmp_path / "paused", averaging=0.3), whole)
    # Also from the checkpoint of the last step, whose weights are not the average.
    assert torch.equal(trained(tmp_path / "paused", averaging=0.3), whole)
