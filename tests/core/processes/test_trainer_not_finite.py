"""A loss that is no number: back to the checkpoint, half the learning rate, at most three times."""

from pathlib import Path

import pytest

from core.run.events import Noticed, Outcome, StepDone
from core.training.context import Adjustments
from tests.helpers.trainers import Trainer, events_of, outcome
from tests.helpers.worlds import World, new_run, with_text_when_slow

pytestmark = with_text_when_slow


def test_that_a_loss_that_stays_no_number_is_explained(world: World, tmp_path: Path) -> None:
    run = new_run(
        world,
        tmp_path / "run",
        pretrain__lr=10.0,
        pretrain__beta1=0.0,
        pretrain__weight_decay=1000.0,
        finetune__steps=0,
    )
    trainer = Trainer(run, world.cache)
    assert trainer.wait() == 2
    ended = outcome(run)
    assert ended.outcome is Outcome.FAILED
    assert ended.error_id == "loss-not-finite"
    assert "lower learning rate" in ended.text
    assert "Traceback" not in ended.text
    halved = [event for event in events_of(run, Noticed) if event.id == "learning-rate-halved"]
    assert len(halved) == 3
    assert Adjustments.load(run.path / "adjustments.json").lr_scale("01-further-pretrain") == 1 / 8


@pytest.mark.slow
def test_that_halving_the_learning_rate_can_heal_a_run(world: World, tmp_path: Path) -> None:
    # Decay multiplies the weights by 1 - lr * decay each step: beyond 2 they grow without end.
    run = new_run(
        world,
        tmp_path / "run",
        pretrain__lr=1.0,
        pretrain__steps=60,
        pretrain__weight_decay=12.0,
        distill__rounds=0,
        finetune__steps=0,
        # So that the checkpoint to go back to is not a step before the end.
        runtime__checkpoint_minutes=5.0,
    )
    trainer = Trainer(run, world.cache)
    assert trainer.wait() == 0, trainer.said()[-2000:]
    notices = [event.id for event in events_of(run, Noticed)]
    assert "learning-rate-halved" in notices
    last = events_of(run, StepDone)[-1]
    assert last.step == 60
    assert last.losses["loss"] < 100
