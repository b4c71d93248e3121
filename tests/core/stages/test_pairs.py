"""Fine-tuning on pairs of labeled examples: the loss by hand, in pieces, and its place in a run."""

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.numpy import load_file

from core.recipe import Recipe, preset_recipe
from core.run.events import Event, Noticed, Progress
from core.run.folder import RunFolder
from core.run.plan import USUAL_COSTS, plan_stages
from core.stages.finetune import finetune
from core.stages.finetune_job import first_classifier
from core.stages.pairs import PairsObjective, pair_losses, pairs_job
from core.stages.pipeline import run_stages
from core.stages.search import found_by_search, search
from core.stages.setup import RunSetup
from core.training.context import Adjustments, Interrupted, RunContext
from core.training.device import set_up_hardware
from core.training.feed import BatchPlace
from tests.helpers.faces import prepare
from tests.helpers.worlds import World, tiny_recipe, with_text_when_slow

SEARCH, TUNED = "01-search-base", "02-finetune-base-seed-0"
SETTINGS: dict[str, Any] = {
    "pretrain__steps": 0,
    "distill__rounds": 0,
    "finetune__steps": 6,
    "finetune__arms": ["base"],
    "finetune__head": "regularised-probe",
    "finetune__search": True,
    # Nothing but pairs changes anything.
    "finetune__search_rates": [1e-9, 2e-9],
    "finetune__pairs": True,
    "finetune__pairs_lr": 1e-3,
}


def prepared(world: World, path: Path, events: list[Event], **changes: object) -> RunSetup:
    recipe = tiny_recipe(world, **{**SETTINGS, **changes})
    run = RunFolder.open(path) if path.exists() else RunFolder.create(path, recipe)
    context = RunContext(events.append, Adjustments.load(run.path / "adjustments.json"))
    found: RunSetup = prepare(run, recipe, set_up_hardware(recipe.runtime), context)
    return found


@pytest.fixture(autouse=True)
def cache(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REDISTILL_CACHE", str(world.cache))


def test_that_a_class_is_to_be_alike_and_apart_from_others() -> None:
    half = math.sqrt(0.5)
    seen = torch.tensor([[1.0, 0.0, 0], [half, half, 0], [0.0, 1.0, 1]])
    # The first two have a cosine of 0.707 to each other, 0 and 0.707 to the third.
    wanted = [
        0.5 * (1 - half) ** 2 + 0.5 * 0.0,
        0.5 * (1 - half) ** 2 + 0.5 * half**2,
        # Nothing is of its class.
        0.5 * (0.0 + half**2) / 2,
    ]
    torch.testing.assert_close(pair_losses(seen), torch.tensor(wanted))


@with_text_when_slow
def test_that_pieces_have_loss_and_gradient_of_the_whole_batch(
    world: World, tmp_path: Path
) -> None:
    setup = prepared(world, tmp_path / "run", [])
    classifier = first_classifier(setup, setup.stages[-1])
    objective = PairsObjective(classifier).train()
    assert not any(part.training for part in classifier.modules())
    batch = setup.source.batch(setup.train.examples[::3][:7])
    batch["label"] = torch.from_numpy(setup.train.targets[::3][:7])

    def gradients() -> list[torch.Tensor]:
        found = [each.grad for each in classifier.parameters() if each.grad is not None]
        objective.zero_grad()
        return [each.clone() for each in found]

    whole = objective(batch, BatchPlace(0, 0, 7))["loss"]
    whole.backward()
    wanted = gradients()
    assert wanted
    with torch.no_grad():
        seen = objective.look(batch)
    pulled, total = {**batch, **objective.pulls(seen)}, 0.0
    for rows in (slice(0, 3), slice(3, 7)):
        piece = {name: value[rows] for name, value in pulled.items()}
        loss = objective(piece, BatchPlace(0, rows.start, 7))["loss"]
        share = (rows.stop - rows.start) / 7
        (share * loss).backward()
        total += share * float(loss.detach())
    assert total == pytest.approx(float(whole.detach()), rel=1e-5)
    for own, other in zip(gradients(), wanted, strict=True):
        torch.testing.assert_close(own, other, rtol=1e-3, atol=1e-6)


def test_that_only_the_encoder_learns_from_pairs(world: World, tmp_path: Path) -> None:
    setup = prepared(world, tmp_path / "run", [])
    classifier = first_classifier(setup, setup.stages[-1])
    job = pairs_job(setup, setup.stages[-1], classifier, tmp_path, flips=False)
    output = {id(each) for each in classifier.output_layer.parameters()}
    assert not output & {id(each) for each in job.parameters.values()}
    assert len(job.parameters) > 4
    # Each class as often as any other, whatever there is of it.
    drawn = setup.train.targets[np.concatenate([job.feed.order(step) for step in range(200)])]
    shares = np.bincount(drawn) / len(drawn)
    assert shares == pytest.approx(np.full(len(setup.classes), 1 / len(setup.classes)), abs=0.05)


@with_text_when_slow
def test_that_a_search_tries_pairs_and_the_fine_tuning_goes_by_it(
    world: World, tmp_path: Path
) -> None:
    events: list[Event] = []
    setup = prepared(world, tmp_path / "run", events)
    summary = search(setup, setup.stages[0])
    (tried,) = [each for each in summary["trials"] if each["on_pairs"]]
    assert (tried["lr"], tried["steps"]) == (1e-3, 6)
    others = [each["loss"] for each in (*summary["trials"], summary["start"]) if each != tried]
    assert summary["on_pairs"] == (tried["loss"] < min(others))
    # Whatever these pictures say: as if pairs had been better.
    file = setup.run.stage(SEARCH) / "summary.json"
    file.write_text(json.dumps({**summary, "lr": 1e-3, "steps": 6, "share": 1, "on_pairs": True}))
    found = found_by_search(setup, "base")
    assert found is not None
    assert found.on_pairs
    before = first_classifier(setup, setup.stages[1])
    tuned = finetune(setup, setup.stages[1])
    assert (tuned["on_pairs"], tuned["lr"]) == (True, 1e-3)
    assert tuned["train_accuracy"] > 0.9
    kept = load_file(setup.run.stage(TUNED) / "classifier.safetensors")
    moved = [
        name
        for name, value in before.state_dict().items()
        if name in kept and not np.allclose(value.float().numpy(), kept[name], atol=1e-6)
    ]
    # The encoder has learned, and a head is fitted to what it has become.
    assert len(moved) > 4
    chosen = [event.text for event in events if isinstance(event, Noticed)]
    assert any("trials on" in text for text in chosen)


def test_that_an_arm_that_is_held_back_is_not_trained_on_pairs(
    world: World, tmp_path: Path
) -> None:
    setup = prepared(world, tmp_path / "run", [], finetune__arms=["base", "l2sp"])
    (stage,) = [each for each in setup.stages if each.kind == "search" and each.arm == "l2sp"]
    summary = search(setup, stage)
    assert summary["trials"]
    assert not any(each["on_pairs"] for each in summary["trials"])


class Pausing(list[Event]):
    """Asks for a pause in the middle of the trial on pairs."""

    context: RunContext | None = None

    def append(self, event: Event) -> None:
        super().append(event)
        if self.context and isinstance(event, Progress) and event.what.endswith("on pairs"):
            self.context.request("pause")
            self.context = None


def test_that_a_run_with_pairs_goes_on_where_it_was_paused(world: World, tmp_path: Path) -> None:
    whole = prepared(world, tmp_path / "whole", [])
    run_stages(whole)
    events = Pausing()
    paused = prepared(world, tmp_path / "paused", events)
    events.context = paused.context
    with pytest.raises(Interrupted):
        run_stages(paused)
    assert not (paused.run.stage(SEARCH) / "summary.json").exists()
    run_stages(prepared(world, tmp_path / "paused", []))
    weights = [
        (setup.run.stage(TUNED) / "classifier.safetensors").read_bytes()
        for setup in (whole, paused)
    ]
    assert weights[0] == weights[1]


def test_that_pairs_are_for_few_labels(world: World, tmp_path: Path) -> None:
    setup = prepared(world, tmp_path / "run", [])
    assert setup.tries_pairs
    assert not prepared(world, tmp_path / "other", [], finetune__pairs=False).tries_pairs
    plan = {
        most: plan_stages(
            Recipe.model_validate(
                {"data": {"labels_per_class": most}, "finetune": {"search": True, "pairs": True}}
            ),
            USUAL_COSTS,
            decoder_is_fresh=False,
            can_finetune=True,
        )
        for most in (50, 51)
    }
    few, many = (sum(each.num_steps for each in plan[most]) for most in (50, 51))
    # One more fine-tuning for each arm: base, further, distilled.
    assert few - many == 3 * Recipe().finetune.steps
    assert preset_recipe("quick", "text").finetune.pairs
    assert not preset_recipe("paper", "text").finetune.pairs
