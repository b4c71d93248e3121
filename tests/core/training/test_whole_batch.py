"""A loss that looks at the whole batch, in pieces and where memory runs out."""

from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from core.recipe import RuntimeRecipe
from core.run.events import Event, Noticed
from core.training.context import Adjustments, RunContext
from core.training.device import set_up_hardware
from core.training.feed import Batch, BatchPlace, Feed
from core.training.job import Job, Timing
from core.training.loop import TrainingLoop

ROWS = 8


class Points:
    def batch(self, indices: np.ndarray) -> Batch:
        return {"x": torch.from_numpy(np.sin(np.outer(indices + 1, [1.0, 2.0, 3.0]))).float()}


class Apart(nn.Module):
    """Pushes the images of all rows of a batch away from each other: no mean over rows.

    Only so many rows fit into its memory at a time.
    """

    def __init__(self, room: int) -> None:
        super().__init__()
        self._room = room
        self.layer = nn.Linear(3, 2, bias=False)
        with torch.no_grad():
            self.layer.weight.copy_(torch.tensor([[0.5, 0.1, -0.2], [0.0, 0.3, 0.4]]))

    def look(self, batch: Batch) -> Tensor:
        if len(batch["x"]) > self._room:
            raise torch.OutOfMemoryError("no room")
        seen: Tensor = self.layer(batch["x"])
        return seen

    def pulls(self, seen: Tensor) -> Batch:
        with torch.enable_grad():
            seen = seen.detach().requires_grad_()
            losses = -torch.cdist(seen, seen).square().mean(dim=1)
            (pull,) = torch.autograd.grad(losses.mean(), seen)
        return {"pull": pull, "own_loss": losses.detach()}

    def forward(self, batch: Batch, place: BatchPlace) -> dict[str, Tensor]:
        seen = self.look(batch)
        if "pull" not in batch:
            return {"loss": -torch.cdist(seen, seen).square().mean(dim=1).mean()}
        pulled = (seen * batch["pull"]).sum() * (place.global_rows / len(seen))
        return {"loss": batch["own_loss"].mean() + pulled - pulled.detach()}


def trained(folder: Path, *, room: int, piece: int) -> tuple[Apart, list[Event], dict[str, float]]:
    objective, events = Apart(room), list[Event]()
    folder.mkdir()
    job = Job(
        stage=folder.name,
        kind="further-pretrain",
        section="pretrain",
        folder=folder,
        seed=0,
        objective=objective,
        whole_batch=objective,
        parameters=dict(objective.named_parameters()),
        feed=Feed(
            source=Points(),
            examples=np.arange(40),
            order=lambda step: np.arange(ROWS) + step,
            batch_size=ROWS,
            place=(0, "test"),
        ),
        num_steps=5,
        micro_batch_size=piece,
        lr=0.01,
        warmup_steps=0,
        weight_decay=0.0,
        decays=lambda name, parameter: False,
        betas=(0.9, 0.95),
        clip_norm=0.0,
    )
    context = RunContext(events.append, Adjustments(folder / "adjustments.json"))
    hardware = set_up_hardware(RuntimeRecipe(device="cpu", precision="float32"))
    summary = TrainingLoop(job, hardware, context, Timing(checkpoint_s=1e9, report_s=0)).run()
    return objective, events, summary["losses"]


@pytest.mark.parametrize("piece", [3, 1])
def test_that_pieces_train_as_the_whole_batch_does(tmp_path: Path, piece: int) -> None:
    whole, _, losses = trained(tmp_path / "whole", room=ROWS, piece=ROWS)
    cut, _, cut_losses = trained(tmp_path / "cut", room=ROWS, piece=piece)
    torch.testing.assert_close(cut.layer.weight, whole.layer.weight, atol=1e-6, rtol=1e-5)
    assert cut_losses == pytest.approx(losses, rel=1e-5)


def test_that_memory_running_out_in_either_pass_costs_no_step(tmp_path: Path) -> None:
    whole, _, _ = trained(tmp_path / "whole", room=ROWS, piece=ROWS)
    # The whole batch has one pass, which runs out; pieces of 4 run out in their first.
    short, events, _ = trained(tmp_path / "short", room=3, piece=ROWS)
    said = [event.text for event in events if isinstance(event, Noticed)]
    assert ["now computed 4" in said[0], "now computed 2" in said[1]] == [True, True]
    assert len(said) == 2
    torch.testing.assert_close(short.layer.weight, whole.layer.weight, atol=1e-6, rtol=1e-5)
