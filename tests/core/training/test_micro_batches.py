"""How a batch is cut does not change what is learned."""

from pathlib import Path

import pytest

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
