"""Predicting what the pretrained encoder sees in hidden places."""

from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from core.errors import RunError
from core.images.model.store import open_model
from core.recipe.files import validated_recipe
from core.run.folder import RunFolder
from core.stages.objectives.features import FeaturesObjective
from core.training.feed import BatchPlace
from tests.helpers.trainers import At, Trainer, finished, losses_of
from tests.helpers.worlds import World, new_run


def test_that_the_loss_is_of_normalised_features_in_hidden_places_by_hand(world: World) -> None:
    model, teacher = open_model(world.model).eval(), open_model(world.model).eval()
    model.predict_features()
    with torch.no_grad():
        for parameter in model.decoder.pred.parameters():
            parameter.zero_()
        model.decoder.pred.bias.fill_(0.25)
    generator = torch.Generator().manual_seed(0)
    pixels = torch.rand(3, 3, 32, 32, generator=generator)
    noise = torch.rand(3, 16, generator=generator)
    objective = FeaturesObjective(model, teacher=teacher)
    losses = objective({"pixels": pixels, "noise": noise}, BatchPlace(0, 0, 3))
    with torch.no_grad():
        tokens = teacher.represent({"pixels": pixels}, "all_tokens")[:, 1:]
    expected = []
    for row in range(3):
        # A quarter of the sixteen stays visible: those with the least noise.
        for place in noise[row].argsort()[4:].tolist():
            seen = tokens[row, place]
            seen = (seen - seen.mean()) / (seen.var(unbiased=False) + 1e-5).sqrt()
            off = (seen - 0.25).abs()
            expected += torch.where(off < 1, off**2 / 2, off - 0.5).tolist()
    assert losses["loss"].item() == pytest.approx(sum(expected) / len(expected), rel=1e-5)
    assert losses["features"] is losses["loss"]


def test_that_only_the_model_learns_and_its_new_decoder_at_a_rate_of_its_own(world: World) -> None:
    model, teacher = open_model(world.model), open_model(world.model)
    model.predict_features()
    objective = FeaturesObjective(model, teacher=teacher)
    batch = {"pixels": torch.rand(2, 3, 32, 32), "noise": torch.rand(2, 16)}
    objective(batch, BatchPlace(0, 0, 2))["loss"].backward()
    assert all(parameter.grad is None for parameter in teacher.parameters())
    assert model.encoder.blocks[0].mlp.fc1.weight.grad is not None
    trained = {name for name, value in model.named_parameters() if value.requires_grad}
    own = objective.own_parameters()
    assert {f"decoder.{name}" for name in ("embed.weight", "pred.bias")} <= own.keys() <= trained
    assert not any(name.startswith("encoder") for name in own)


def _run(world: World, path: Path, **more: object) -> RunFolder:
    changes: dict[str, object] = {
        "pretrain__objective": "features",
        "pretrain__steps": 4,
        "distill__steps": 3,
        "distill__distance": "smooth_l1",
        "pretrain__batch_size": 7,
        "pretrain__flips": True,
        "probe__every": 0,
        "finetune__steps": 0,
        "finetune__warmup_steps": 0,
    }
    return new_run(world, path, **changes, **more)


@pytest.mark.slow
def test_that_kills_and_micro_batches_change_nothing(world: World, tmp_path: Path) -> None:
    whole = finished(_run(world, tmp_path / "whole"), world.cache)
    cut = _run(world, tmp_path / "cut", runtime__micro_batch_size=3)
    died = At(cut.path, "step_done", "02-further-pretrain", 2, dies=True)
    assert Trainer(cut, world.cache, died).wait() == -9
    finished(cut, world.cache)
    stages = ["01-decoder-warmup", "02-further-pretrain", "03-self-distill-round-1"]
    losses = losses_of(whole)
    # The model brought a decoder; that of features begins fresh all the same.
    assert list(losses) == stages
    assert losses[stages[1]][1].keys() == {"loss", "features"}
    assert losses[stages[2]][1].keys() == {"loss", "features", "distill"}
    for stage in stages:
        for step, parts in losses_of(cut)[stage].items():
            assert parts == pytest.approx(losses[stage][step], rel=1e-4), (stage, step)
        one, other = (load_file(run.stage(stage) / "encoder.safetensors") for run in (whole, cut))
        for name, value in one.items():
            torch.testing.assert_close(other[name], value, atol=3e-5, rtol=1e-4)
    initial = load_file(whole.model / "encoder.safetensors")
    warmed = load_file(whole.stage(stages[0]) / "encoder.safetensors")
    assert all(torch.equal(warmed[name], value) for name, value in initial.items())


def test_that_texts_have_no_such_objective() -> None:
    with pytest.raises(RunError) as refused:
        validated_recipe({"data": {"kind": "text"}, "pretrain": {"objective": "features"}})
    assert "with text there is no objective features" in refused.value.what
