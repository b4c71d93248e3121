"""`kill -9` at random moments changes nothing in what a run learns."""

import random
import shutil
import time
from pathlib import Path

import pytest

from core.run.event_log import last_events
from core.run.events import PreviewSaved
from core.run.folder import RunFolder, RunState
from tests.helpers.trainers import Trainer, events_of, finished, weights_of
from tests.helpers.worlds import World, new_run, with_text_when_slow

# Of each kind of example; a text's run differs in what is prepared, not in the loop.
KILLS = {"images": 6, "text": 5}


def a_run(world: World, path: Path) -> RunFolder:
    return new_run(
        world,
        path,
        model__name=str(world.timm_model),
        distill__rounds=2,
        distill__flips=world.kind == "images",
        finetune__arms=["base", "distilled"],
    )


def how_far(run: RunFolder) -> int:
    """Number of events, without previews: every new trainer writes one, however far it comes."""
    return sum(not isinstance(event, PreviewSaved) for event in events_of(run))


def kill_at_random(trainer: Trainer, moments: random.Random) -> str | None:
    """Kill a trainer some events after it took up work; where that was, None if it was done."""
    seen = how_far(trainer.run)
    # The first few say what was found; half of the kills come later, while it trains.
    wanted = moments.randint(0, 28)
    while trainer.is_alive() and how_far(trainer.run) < seen + wanted:
        time.sleep(0.003)
    time.sleep(moments.uniform(0, 0.08))
    trainer.kill()
    trainer.wait()
    state = trainer.run.status().state
    # The kill may come between a run's last word and the end of its process.
    if state is RunState.FINISHED:
        return None
    assert state in {RunState.INTERRUPTED, RunState.NEW}
    last = last_events(trainer.run.events_file)
    return getattr(last[-1], "stage", "") if last else ""


@with_text_when_slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize("times", [1, pytest.param(5, marks=pytest.mark.slow)])
def test_that_runs_killed_at_random_moments_learn_the_same_bit_for_bit(
    world: World, tmp_path: Path, times: int
) -> None:
    expected = finished(a_run(world, tmp_path / "undisturbed"), world.cache)
    moments, kills = random.Random(20), times * KILLS[world.kind]
    hit: list[str] = []
    disturbed: list[RunFolder] = []
    num_kinds = 3 if world.kind == "images" else 2

    def is_enough() -> bool:
        # On a busy machine the first kills may all come in one stage.
        return len(hit) >= kills and (len(kinds_of(hit)) >= num_kinds or len(hit) >= 4 * kills)

    while not is_enough():
        # Whenever one run reaches its end between two kills, the next begins.
        run = a_run(world, tmp_path / f"run-{len(disturbed)}")
        disturbed.append(run)
        while not is_enough():
            stage = kill_at_random(Trainer(run, world.cache), moments)
            if stage is None:
                break
            hit.append(stage)
    if disturbed[-1].status().state is not RunState.FINISHED:
        finished(disturbed[-1], world.cache)
    assert len(kinds_of(hit)) >= num_kinds, hit
    for run in disturbed:
        assert weights_of(run) == weights_of(expected)
        assert run.read_json("results.json")["arms"] == expected.read_json("results.json")["arms"]
        shutil.rmtree(run.path)


KINDS = ("decoder-warmup", "further-pretrain", "self-distill", "finetune")


def kinds_of(hit: list[str]) -> set[str]:
    """Kinds of the stages that kills have come in."""
    return {kind for kind in KINDS if any(kind in stage for stage in hit)}
