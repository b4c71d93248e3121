"""On CUDA itself, as far as torch can follow devices without one: through the pass forward."""

import torch
from torch._subclasses.fake_tensor import FakeTensorMode

from core.images.model.mae import MaskedAutoencoder
from core.models.masked_model import MaskedModel
from core.stages.objectives.distill import DistillObjective
from core.stages.objectives.masked import MaskedObjective
from core.text.model.store import load_masked_lm
from core.training.feed import Batch, BatchPlace
from tests.helpers.worlds import TINY, World, in_both_worlds


def model_of(world: World) -> MaskedModel:
    if world.kind == "images":
        return MaskedAutoencoder(TINY)
    return load_masked_lm(str(world.model), max_length=24, whole_words=True, offline=True, seed=1)


def batch_of(model: MaskedModel, rows: int, device: str = "cuda") -> Batch:
    if isinstance(model, MaskedAutoencoder):
        return {
            "pixels": torch.zeros(rows, 3, 32, 32, dtype=torch.uint8, device=device),
            "noise": torch.rand(rows, 16, device=device),
            "flip": torch.zeros(rows, dtype=torch.bool, device=device),
            "crop": torch.rand(rows, 4, device=device),
        }
    numbers = torch.zeros(rows, 16, dtype=torch.int64, device=device)
    return {
        **dict.fromkeys(("input_ids", "attention_mask", "word_start"), numbers),
        "noise": torch.rand(rows, 24, 3, device=device),
        "chosen": numbers[:, :8],
    }


@in_both_worlds
def test_that_a_step_of_distillation_stays_on_cuda_whole(world: World) -> None:
    model, teacher = model_of(world), model_of(world)
    with FakeTensorMode(allow_non_fake_inputs=True) as mode:
        for part in (model, teacher):
            for owner in part.modules():
                for name, value in list(owner.named_parameters(recurse=False)):
                    moved = mode.from_tensor(value.detach()).to("cuda")
                    setattr(owner, name, torch.nn.Parameter(moved, value.requires_grad))
                for name, buffer in list(owner.named_buffers(recurse=False)):
                    setattr(owner, name, mode.from_tensor(buffer).to("cuda"))
        objective = DistillObjective(
            model,
            match="class_token",
            distance="squared",
            weight=1.0,
            teacher=teacher,
            objective=MaskedObjective(model),
        )
        losses = objective(batch_of(model, 4), BatchPlace(0, 0, 4))
    assert sorted(losses) == ["distill", "loss", "masked"]
    assert {value.device.type for value in losses.values()} == {"cuda"}
    assert losses["loss"].requires_grad
