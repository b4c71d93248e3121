"""How a batch is cut does not change what is learned."""

from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from core.run.folder import RunFolder
from tests.helpers.trainers import finished, losses_of
from tests.helpers.worlds import World, new_run

# An odd batch, flips, dropout: everything that is drawn per row.
SETTINGS = {
    "pretrain__batch_size": 7,
    "distill__batch_size": 7,
    "distill__flips": True,
    "distill__match": "all_tokens",
    "finetune__batch_size": 7,
    "finetune__dropout": 0.3,
    "finetune__balance": "weights",
    "finetune__arms": ["distilled"],
}


def train(world: World, path: Path, micro_batch_size: int | None) -> RunFolder:
    run = new_run(
        world,
        path,
        model__name=str(world.timm_model),
        runtime__micro_batch_size=micro_batch_size,
        **SETTINGS,
    )
    return finished(run, world.cache)


@pytest.mark.parametrize(
    "objective", ["contrastive", pytest.param("instance", marks=pytest.mark.slow)]
)
def test_that_micro_batches_change_nothing_where_a_loss_sees_views_or_the_whole_batch(
    world: World, tmp_path: Path, objective: str
) -> None:
    changes: dict[str, object] = {
        "pretrain__objective": objective,
        "pretrain__steps": 3,
        "distill__steps": 3,
        "pretrain__batch_size": 7,
        "distill__batch_size": 7,
        "objectives": {"instance_classes": 16},
        "probe__every": 0,
        "finetune__steps": 0,
        "finetune__warmup_steps": 0,
    }
    runs = []
    for size in (None, 3):
        run = new_run(world, tmp_path / f"{size}", runtime__micro_batch_size=size, **changes)
        runs.append(finished(run, world.cache))
    whole, cut = map(losses_of, runs)
    assert list(whole) == ["01-further-pretrain", "02-self-distill-round-1"]
    for stage, steps in whole.items():
        parts = {"loss", objective} | ({"distill"} if "distill" in stage else set())
        for step, losses in steps.items():
            assert losses.keys() == parts
            assert cut[stage][step] == pytest.approx(losses, rel=1e-4, abs=1e-5), (stage, step)
    # The decoder has no part in it.
    decoders = [
        load_file(folder / "decoder.safetensors")
        for folder in (runs[0].path / "model", runs[0].stage("01-further-pretrain"))
    ]
    assert all(torch.equal(value, decoders[1][name]) for name, value in decoders[0].items())


@pytest.fixture(scope="module")
def whole(world: World, tmp_path_factory: pytest.TempPathFactory) -> RunFolder:
    return train(world, tmp_path_factory.mktemp("whole") / "run", None)


@pytest.mark.parametrize("size", [pytest.param(2, marks=pytest.mark.slow), 3])
def test_that_micro_batches_give_the_losses_of_whole_batches_in_every_stage(
    world: World, tmp_path: Path, whole: RunFolder, size: int
) -> None:
    cut = losses_of(train(world, tmp_path / "run", size))
    expected = losses_of(whole)
    assert len(expected) == 4
    assert cut.keys() == expected.keys()
    for stage, steps in expected.items():
        for step, losses in steps.items():
            assert cut[stage][step] == pytest.approx(losses, rel=1e-5, abs=1e-5), (stage, step)
