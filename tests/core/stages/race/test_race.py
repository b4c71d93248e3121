"""The race of ways to adapt the model: what wins, what is out, and that nothing ends it badly."""

import json
import os
import signal
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from core.errors import RunError
from core.planning.candidates import candidates_of, winners_recipe, with_candidate
from core.run.event_log import EventLog
from core.run.events import Event, Noticed, Progress, RaceMoved, RunStarted
from core.run.files import RACE, SPENT
from core.run.folder import RunFolder
from core.run.plan import StagePlan
from core.run.raced import raced, read_raced
from core.stages.pipeline import run_stages
from core.stages.race.board import Board
from core.stages.race.clock import Spent
from core.stages.race.speeds import measured_speeds
from core.stages.race.trial import Candidates, NoTimeError
from core.stages.setup import RunSetup
from core.system.atomic import write_json
from core.training.context import Adjustments, Interrupted, RunContext
from core.training.device import set_up_hardware
from tests.helpers.faces import prepare
from tests.helpers.trainers import Trainer, weights_of
from tests.helpers.worlds import World, tiny_recipe, with_text_when_slow

STAGE = "01-race"
# More time than the most steps can take: nothing depends on the clock.
PLENTY: dict[str, Any] = {
    "minutes": 1_000.0,
    "rates": [1e-3],
    "objectives": ["masked"],
    "train": ["all"],
}
SETTINGS: dict[str, Any] = {
    "race": PLENTY,
    "pretrain__steps": 2,
    "distill__steps": 2,
    "finetune__steps": 4,
    "runtime__checkpoint_minutes": 1000.0,
}


class Attempt:
    """One process that takes up a run, and what it told."""

    def __init__(self, world: World, path: Path, **changes: object) -> None:
        recipe = tiny_recipe(world, **{**SETTINGS, **changes})
        self.run = RunFolder.create(path, recipe) if not path.exists() else RunFolder.open(path)
        self.events: list[Event] = []
        self.pause_after = 10**9
        adjustments = Adjustments.load(self.run.path / "adjustments.json")
        self._context = RunContext(self._hear, adjustments)
        hardware = set_up_hardware(recipe.runtime)
        self.setup: RunSetup = prepare(self.run, self.run.recipe(), hardware, self._context)

    def _hear(self, event: Event) -> None:
        self.events.append(event)
        self.pause_after -= isinstance(event, Progress) and event.stage == STAGE
        if self.pause_after == 0:
            self._context.request("pause")

    def entries(self) -> dict[str, dict[str, Any]]:
        """The last that was told of the race."""
        moved = [event for event in self.events if isinstance(event, RaceMoved)]
        return {each["name"]: each for each in moved[-1].entries}

    def stages(self) -> list[str]:
        """The last plan that was told."""
        return [event.stages for event in self.events if isinstance(event, RunStarted)][-1]


@dataclass(frozen=True)
class DiesAt:
    """Ends a trainer at once when it has reported so many steps of the race."""

    number: int

    def __call__(self) -> None:
        """Count from now on."""
        append, left = EventLog.append, [self.number]

        def watched(log: EventLog, event: Event) -> None:
            append(log, event)
            left[0] -= isinstance(event, Progress) and event.stage == STAGE
            if left[0] == 0:
                os.kill(os.getpid(), signal.SIGKILL)

        EventLog.append = watched  # type: ignore[method-assign]


@pytest.mark.slow
@with_text_when_slow
def test_that_where_nothing_helps_only_the_base_model_is_trained(
    world: World, tmp_path: Path
) -> None:
    made = Attempt(world, tmp_path / "run")
    test, seen = set(made.setup.test.examples.tolist()), []
    read = made.setup.source.batch

    def batch(examples: Any) -> Any:
        seen.append((read_raced(made.run.path) is not None, bool(test & set(examples.tolist()))))
        return read(examples)

    made.setup.source.batch = batch  # type: ignore[method-assign]
    results = run_stages(made.setup)
    found = read_raced(made.run.path)
    assert found is not None
    # The pictures of the tiny world are told apart by their colours: nothing is left to gain.
    assert found.winner in {"frozen", "base"}
    assert "nothing betters it there beyond noise" in results["verdict"]
    assert f"among {found.num_ways} ways" in results["verdict"]
    assert "looked at once, afterwards" in results["verdict"]
    assert results["race"]["num_validation"] == 24
    assert list(results["arms"]) == ["base"]
    assert made.stages() == [STAGE, "02-finetune-base-seed-0"]
    won = [name for name, entry in made.entries().items() if entry["state"] == "won"]
    assert won == [found.winner]
    # Each weight of the distillation was tried, and one of them came to the end.
    of_weight = [entry for name, entry in made.entries().items() if name.startswith("distilled")]
    assert len(of_weight) == 3
    assert sum(entry["why"].startswith("with another weight") for entry in of_weight) == 2
    # Encoders of trials are gone.
    assert not list(made.run.stage(STAGE).rglob("*.safetensors"))
    # No test example was looked at before there was a winner.
    assert not any(is_test for is_decided, is_test in seen if not is_decided)
    assert any(is_test for _, is_test in seen)


@pytest.mark.slow
def test_that_a_race_goes_on_with_the_candidates_that_do_not_diverge(
    world: World, tmp_path: Path
) -> None:
    # Decay multiplies the weights by 1 - lr * decay each step.
    made = Attempt(
        world,
        tmp_path / "run",
        race={**PLENTY, "rates": [10.0, 1e-35]},
        pretrain__weight_decay=1e30,
        pretrain__beta1=0.0,
        pretrain__steps=4,
    )
    run_stages(made.setup)
    entries = {entry["title"].rpartition(" ")[2]: entry for entry in made.entries().values()}
    assert entries["10"]["state"] == "out"
    assert "no number" in entries["10"]["why"]
    assert entries["1e-35"]["scores"][0] is not None
    # It is no failure of the run, whose rates are as they were.
    assert not any(isinstance(e, Noticed) and e.id == "learning-rate-halved" for e in made.events)


@pytest.mark.slow
def test_that_a_race_whose_time_is_over_ends_with_what_it_has(world: World, tmp_path: Path) -> None:
    race = {**PLENTY, "rates": [1e-3, 1e-4, 1e-5]}
    made = Attempt(world, tmp_path / "run", race=race, pretrain__steps=8)
    spent = made.run.stage(STAGE) / SPENT
    # More than half of the time is gone, as if the machine had slowed down.
    write_json(spent, {"seconds": 0.6 * 60 * PLENTY["minutes"]})
    run_stages(made.setup)
    tried = made.entries()
    why = {name: entry["why"] for name, entry in tried.items()}
    assert tried["masked-all-0.001"]["scores"]
    assert why["masked-all-0.0001"] == why["masked-all-1e-05"] == "there was no time left for it"
    assert tried["distilled"]["why"] == "there was no time left for it"
    found = read_raced(made.run.path)
    assert found is not None
    # One rate, the fewest steps: yet there is a winner, and it is trained and tested.
    assert sum(entry["state"] == "won" for entry in tried.values()) == 1
    assert (made.run.path / "results.json").exists()


@pytest.mark.slow
def test_that_a_race_paused_and_killed_anywhere_ends_the_same_bit_for_bit(
    world: World, tmp_path: Path
) -> None:
    changes = {"race": {**PLENTY, "rates": [1e-3, 1e-4, 1e-5]}, "pretrain__steps": 6}
    whole = Attempt(world, tmp_path / "whole", **changes)
    run_stages(whole.setup)
    told = sum(isinstance(e, Progress) and e.stage == STAGE for e in whole.events)
    for moment in (told // 3, told // 3):
        paused = Attempt(world, tmp_path / "broken", **changes)
        paused.pause_after = moment
        with pytest.raises(Interrupted):
            run_stages(paused.setup)
    killed = Trainer(RunFolder.open(tmp_path / "broken"), world.cache, DiesAt(2))
    assert killed.wait() == -signal.SIGKILL
    last = Attempt(world, tmp_path / "broken", **changes)
    run_stages(last.setup)
    before, after = read_raced(whole.run.path), read_raced(last.run.path)
    assert before is not None
    assert after is not None
    assert (after.entries, after.sections) == (before.entries, before.sections)
    assert weights_of(last.run) == weights_of(whole.run)


def test_that_the_rest_of_the_run_goes_by_the_winner(world: World, tmp_path: Path) -> None:
    asked = tiny_recipe(world, **SETTINGS)
    run = RunFolder.create(tmp_path / "run", asked)
    assert [stage.name for stage in Attempt(world, run.path).setup.stages] == [STAGE]
    (candidate,) = candidates_of(asked, "mae")
    facts: dict[str, Any] = {"title": "", "words": "", "num_ways": 4, "num_validation": 24}
    found = raced("distilled", winners_recipe(asked, "distilled", candidate), seconds=1.0, **facts)
    write_json(run.path / RACE, found.to_json())
    after = Attempt(world, run.path)
    assert [stage.name for stage in after.setup.stages] == [
        STAGE,
        "02-further-pretrain",
        "03-self-distill-round-1",
        "04-finetune-base-seed-0",
        "05-finetune-distilled-seed-0",
    ]
    # Whoever opens the run finds what is carried out, and what was asked.
    assert run.recipe().pretrain.lr == candidate.lr
    assert run.recipe().finetune.arms == ("base", "distilled")
    assert run.asked() == asked


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"data__labels_per_class": 3, "pretrain__steps": 0}, "nothing to try"),
        ({"data__labeled": None}, "no labeled training"),
    ],
)
def test_that_a_race_without_anything_to_try_or_to_judge_by_is_refused(
    world: World, tmp_path: Path, changes: dict[str, Any], reason: str
) -> None:
    distill = {"distill__rounds": 0} if "pretrain__steps" in changes else {}
    with pytest.raises(RunError) as refused:
        Attempt(world, tmp_path / "run", **changes, **distill)
    assert refused.value.id == "race-impossible"
    assert reason in str(refused.value)


def test_that_every_decoder_is_warmed_up_as_long_as_there_is_time_for(
    image_world: World, tmp_path: Path
) -> None:
    """One that predicts features is another one than one that predicts pixels."""
    asked = {**PLENTY, "objectives": ["masked", "features"]}
    made = Attempt(
        image_world,
        tmp_path / "run",
        model__name=str(image_world.timm_model),
        model__decoder_warmup_steps=4,
        race=asked,
    )
    assert made.run.read_json("model/source.json")["decoder_is_fresh"]
    stage = StagePlan(STAGE, "race", 1, 1.0)
    masked, features = candidates_of(made.setup.recipe, "unknown")
    candidates = Candidates(made.setup, stage)
    for candidate in (masked, features, masked):
        assert candidates.timed(candidate, 2) is not None
    own = made.run.stage(STAGE)
    assert {folder.name for folder in own.iterdir()} == {
        "decoder-warmup",
        "decoder-warmup-features",
    }
    for folder in own.iterdir():
        assert json.loads((folder / "warmup.json").read_text()) == {"steps": 4}
        assert json.loads((folder / "summary.json").read_text())["steps"] == 4
    chosen = with_candidate(made.setup.recipe, features, 2)
    assert candidates.warmup_steps(chosen) == 4


def test_that_what_needs_a_long_warmup_is_out_where_time_is_short(
    image_world: World, tmp_path: Path
) -> None:
    asked = {**PLENTY, "minutes": 1e-5, "objectives": ["features", "instance"]}
    made = Attempt(image_world, tmp_path / "run", model__decoder_warmup_steps=500, race=asked)
    stage = StagePlan(STAGE, "race", 1, 1.0)
    features, instance = candidates_of(made.setup.recipe, "unknown")
    candidates = Candidates(made.setup, stage)
    with pytest.raises(NoTimeError, match="no time to warm up its decoder"):
        candidates.timed(features, 2)
    assert candidates.timed(instance, 2) is not None
    board = Board(made.setup.context, stage)
    for each in (features, instance):
        board.add(each.name, each.title)
    own = Spent(made.run.stage(STAGE), made.setup.context, now=lambda: 0.0)
    measured_speeds(made.setup, stage, candidates, [features, instance], own, board)
    assert "500 steps" in board.entries[features.name].why
    assert board.entries[features.name].state == "out"
