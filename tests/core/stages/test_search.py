"""The search for a learning rate, and fine-tuning with all that the preset `strong` has."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image
from safetensors.numpy import load_file, save_file

from core.images.model.open_classifier import open_classifier
from core.readers.outcome import read_outcome
from core.recipe import Recipe, preset_recipe
from core.recipe.families import DINO, MAE, SENTENCE, UNKNOWN
from core.run.events import Event, Noticed, Progress, StepDone
from core.run.folder import RunFolder
from core.run.plan import Costs, plan_stages, search_rungs
from core.stages.finetune_job import first_classifier
from core.stages.flips import decided_flips
from core.stages.known_features import KnownFeatures
from core.stages.modality import LabeledExamples
from core.stages.pipeline import run_stages
from core.stages.search import search, usual_rate
from core.stages.setup import RunSetup
from core.stages.trial import Trial, with_trial
from core.stages.validation_part import validation_part
from core.training.context import Adjustments, Interrupted, RunContext
from core.training.device import set_up_hardware
from tests.helpers.faces import prepare
from tests.helpers.worlds import World, tiny_recipe, with_text_when_slow

SEARCH, BASE = "01-search-base", "02-finetune-base-seed-0"
STRONG: dict[str, Any] = {
    "pretrain__steps": 0,
    "distill__rounds": 0,
    "finetune__steps": 4,
    "finetune__arms": ["base"],
    "finetune__layer_decay": 0.7,
    "finetune__decay_norms": False,
    "finetune__own_dropout": True,
    "finetune__drop_path": 0.3,
    "finetune__label_smoothing": 0.1,
    "finetune__averaging": 0.2,
    "finetune__flips": "auto",
    "finetune__random_resized_crops": True,
    "finetune__head": "regularised-probe",
    "finetune__search": True,
    "finetune__interpolate": True,
    "finetune__search_rates": [1e-9, 1e-3, 3e-3],
}


@pytest.fixture
def cache(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REDISTILL_CACHE", str(world.cache))


class Attempt:
    """One process that takes up a run, and what it told."""

    def __init__(self, world: World, path: Path, **changes: object) -> None:
        recipe = tiny_recipe(world, **{**STRONG, **changes})
        self.run = RunFolder.create(path, recipe) if not path.exists() else RunFolder.open(path)
        self.events: list[Event] = []
        self.pause_after = 10**9
        adjustments = Adjustments.load(self.run.path / "adjustments.json")
        self.context = RunContext(self._hear, adjustments)
        hardware = set_up_hardware(recipe.runtime)
        self.setup: RunSetup = prepare(self.run, recipe, hardware, self.context)

    def _hear(self, event: Event) -> None:
        self.events.append(event)
        self.pause_after -= 1
        if self.pause_after == 0:
            self.context.request("pause")

    def summary(self, stage: str) -> dict[str, Any]:
        found: dict[str, Any] = self.run.read_json(f"stages/{stage}/summary.json")
        return found

    def weights(self) -> bytes:
        return (self.run.stage(BASE) / "classifier.safetensors").read_bytes()


def test_that_each_rung_has_half_the_rates_and_twice_the_steps() -> None:
    recipe = Recipe.model_validate({"finetune": {"search": True, "steps": 100, "warmup_steps": 0}})
    assert search_rungs(recipe) == [(25, 4), (50, 2)]
    many = {"search_rates": [1e-5 * 2**k for k in range(9)], "steps": 4000}
    assert search_rungs(Recipe.model_validate({"finetune": many})) == [
        (250, 9),
        (500, 5),
        (1000, 3),
        (2000, 2),
    ]
    two = {"search_rates": [1e-4, 1e-3], "steps": 1, "warmup_steps": 0}
    assert search_rungs(Recipe.model_validate({"finetune": two})) == [(1, 2)]


def test_that_searches_are_planned_before_all_fine_tunings() -> None:
    recipe = Recipe.model_validate(
        {"finetune": {"search": True, "num_seeds": 2, "arms": ["base", "further"]}}
    )
    stages = plan_stages(recipe, Costs(0.25, 0.1), decoder_is_fresh=False, can_finetune=True)
    names = [stage.name.partition("-")[2] for stage in stages][-6:]
    assert names == [
        "search-base",
        "search-further",
        *(f"finetune-{arm}-seed-{seed}" for arm in ("base", "further") for seed in (0, 1)),
    ]
    # Two rungs, each of the steps of a fine-tuning.
    assert stages[-6].work == 2 * stages[-1].work


def test_that_a_head_is_fitted_once_for_all_seeds_and_is_the_same(
    world: World, cache: None, tmp_path: Path
) -> None:
    class Counted(KnownFeatures):
        number = 0

        def of(self, parts: tuple[bytes, ...], compute: Callable[[], np.ndarray]) -> np.ndarray:
            def counted() -> np.ndarray:
                self.number += 1
                return compute()

            return super().of(parts, counted)

    known = Counted()
    setup = Attempt(world, tmp_path / "run", finetune__num_seeds=2).setup
    stages = [stage for stage in setup.stages if stage.kind == "finetune"]
    one, other = (first_classifier(replace(setup, features=known), each) for each in stages)
    # The features, and the probe on them.
    assert known.number == 2
    alone = first_classifier(replace(setup, features=KnownFeatures()), stages[1])
    for first, second, third in zip(
        *(each.output_layer.parameters() for each in (one, other, alone)), strict=True
    ):
        assert torch.equal(first, second)
        assert torch.equal(second, third)


def test_that_a_softened_head_is_said_once_for_each_arm(
    world: World, cache: None, tmp_path: Path
) -> None:
    made = Attempt(world, tmp_path / "run", finetune__num_seeds=2)
    # Labels that no feature tells of: a fitted head can only know them by heart.
    random = np.random.default_rng(0).permutation(made.setup.train.targets)
    setup = replace(made.setup, train=replace(made.setup.train, targets=random))
    of_search, *tuned = setup.stages
    for stage in (of_search, *tuned[:2]):
        first_classifier(setup, stage)
    (said,) = [e.text for e in made.events if isinstance(e, Noticed) and e.id == "head-softened"]
    assert said.startswith(f"{tuned[0].name} starts from a head that is fitted to 24 training ")
    assert "divided by" in said
    assert "finetune.head=probe" in said


@with_text_when_slow
def test_that_an_arm_is_fine_tuned_as_its_search_found(
    world: World, cache: None, tmp_path: Path
) -> None:
    made = Attempt(world, tmp_path / "run")
    run_stages(made.setup)
    found = made.summary(SEARCH)
    assert found["arm"] == "base"
    tried = [(each["lr"], each["steps"]) for each in found["trials"]]
    assert tried[:3] == [(1e-9, 1), (1e-3, 1), (3e-3, 1)]
    assert [steps for _, steps in tried[3:]] == [2, 2]
    assert found["num_validation"] == 6
    assert found["start"]["steps"] == 0
    summary = made.summary(BASE)
    assert (summary["lr"], summary["steps"]) == (found["lr"], found["steps"])
    assert found["steps"] in {2, 4}
    assert any(isinstance(event, Progress) and event.stage == SEARCH for event in made.events)
    told = [each.text for each in made.events if isinstance(each, Noticed)]
    assert any(f"learning rate {found['lr']:g}" in text for text in told)
    assert any("of them warm-up" in text for text in told)
    # Checkpoints of trials are gone; what is left says what was tried.
    assert {file.name for file in made.run.stage(SEARCH).iterdir()} == {
        "held-out.safetensors",
        "summary.json",
        "trials.json",
    }
    assert found["share"] in {0.0, 0.25, 0.5, 0.75, 1.0}
    assert summary.get("share", 1.0) == found["share"]
    assert summary["train_accuracy"] > 0.3
    # What the search held out sets how sure the classifier is: there is no validation part.
    of_search = load_file(made.run.stage(SEARCH) / "held-out.safetensors")
    _, held, _ = validation_part(made.setup)
    assert of_search["targets"].tolist() == held.targets.tolist()
    calibration = summary["calibration"]
    assert (calibration["num_examples"], calibration["source"]) == (6, "held out")
    task, temperature = made.setup.task, calibration["temperature"]
    said = of_search["probabilities"]
    assert temperature == task.temperature(said, held.targets, cautious=True)
    kept = load_file(made.run.stage(BASE) / "held-out.safetensors")
    np.testing.assert_allclose(
        kept["probabilities"], task.tempered(of_search["probabilities"], temperature), atol=1e-6
    )
    results = made.run.read_json("results.json")["calibration"]
    assert results["num_examples"] == 6
    assert "6 images, of which a like training knew nothing" in results["words"]
    assert "by cross-validation on 24 images" in results["words"]


def test_that_where_no_rate_gains_the_classifier_is_the_fitted_head(
    world: World, cache: None, tmp_path: Path
) -> None:
    # Rates that wreck the model, and two seeds of an arm that learns from the others.
    made = Attempt(
        world,
        tmp_path / "run",
        finetune__search_rates=[5.0, 10.0],
        finetune__arms=["base", "pseudo-labels"],
        finetune__num_seeds=2,
    )
    results = run_stages(made.setup)
    found = made.summary(SEARCH)
    assert found["share"] == 0
    assert "base is not fine-tuned" in found["words"]
    frozen = made.run.frozen / "probe-base"
    layer = load_file(frozen / "classifier.safetensors")
    for seed in (0, 1):
        folder = made.run.stage(f"0{2 + seed}-finetune-base-seed-{seed}")
        assert json.loads((folder / "summary.json").read_text())["steps"] == 0
        own = load_file(folder / "classifier.safetensors")
        # As sure as its own calibration says, and otherwise the same.
        surer = np.divide(own["head.weight"], layer["head.weight"]).mean()
        for name, values in own.items():
            factor = surer if name.startswith("head") else 1.0
            np.testing.assert_allclose(values, factor * layer[name], rtol=1e-4, err_msg=name)
    # The arm is its own frozen row, which everyone is told.
    base, row = results["arms"]["base"], results["frozen"]["probe-base"]
    assert (base["accuracy"], base["num_seeds"]) == (row["accuracy"], 2)
    assert row["against"]["base"]["value"] == 0
    for said in (results["verdict"], read_outcome(made.run).harm):
        assert "fine-tuning alone: searched, but not fine-tuned" in said
    trained = {event.stage for event in made.events if isinstance(event, StepDone)}
    # Who learns from more than the labels is trained all the same, as gently as was tried.
    taught = {f"0{4 + seed}-finetune-pseudo-labels-seed-{seed}" for seed in (0, 1)}
    assert trained == taught
    assert all(made.summary(stage)["share"] == 0.25 for stage in taught)


def test_that_without_interpolation_no_gain_is_the_gentlest_of_all(
    world: World, cache: None, tmp_path: Path
) -> None:
    made = Attempt(
        world,
        tmp_path / "run",
        finetune__search_rates=[5.0, 10.0],
        finetune__interpolate=False,
    )
    run_stages(made.setup)
    found = made.summary(SEARCH)
    assert (found["lr"], found["share"]) == (5.0, 1.0)
    assert "the gentlest of what was tried" in found["words"]
    assert made.summary(BASE)["steps"] == found["steps"]


@pytest.mark.slow
def test_that_a_run_paused_anywhere_learns_the_same_bit_for_bit(
    world: World, cache: None, tmp_path: Path
) -> None:
    whole = Attempt(world, tmp_path / "whole")
    run_stages(whole.setup)
    told = len(whole.events)
    # The second counts from where the first had come to.
    for moment in (told // 5, told // 4):
        paused = Attempt(world, tmp_path / "paused")
        paused.pause_after = moment
        with pytest.raises(Interrupted):
            run_stages(paused.setup)
    last = Attempt(world, tmp_path / "paused")
    run_stages(last.setup)
    assert last.weights() == whole.weights()
    for stage in (SEARCH, BASE):
        assert last.summary(stage) == whole.summary(stage)


@pytest.mark.slow
def test_that_a_rate_that_diverges_loses(world: World, cache: None, tmp_path: Path) -> None:
    made = Attempt(
        world,
        tmp_path / "run",
        finetune__search_rates=[1e-4, 10.0],
    )
    # A loss that is no number, as a rate that is far too high makes it.
    file = made.run.stage(SEARCH) / "trials.json"
    file.write_text(
        json.dumps([{"lr": 10.0, "steps": 2, "loss": None, "accuracy": 0.0, "share": 1.0}])
    )
    run_stages(made.setup)
    assert made.summary(SEARCH)["lr"] == 1e-4


class Tried(Attempt):
    """A search whose trials are all done: (1, 4 rates) and (2, 2 rates), judged on six images."""

    RATES = (1e-4, 1e-3, 1e-2, 1e-1)

    def __init__(self, world: World, path: Path) -> None:
        rates = {"finetune__search_rates": self.RATES, "finetune__lr": 4e-4}
        super().__init__(world, path, finetune__interpolate=False, **rates)
        self._held = validation_part(self.setup)[1]
        self._kept: list[dict[str, float]] = []

    def of(self, lr: float, steps: int, right: list[float]) -> None:
        """What a trial said: the probability of what is right, for each image."""
        others = (1 - np.array(right)) / 2
        said = np.repeat(others[:, None], 3, axis=1)
        said[np.arange(6), self._held.targets] = right
        loss = self.setup.task.loss(said, self._held.targets, balanced=False)
        self._kept.append({"lr": lr, "steps": steps, "loss": loss, "score": 0.5, "share": 1.0})
        folder = self.run.stage(SEARCH)
        folder.mkdir(exist_ok=True)
        (folder / "trials.json").write_text(json.dumps(self._kept))
        file = folder / f"answers-{lr:g}-{steps}.safetensors"
        save_file({"probabilities": said.astype(np.float32)}, file)

    def chosen(self) -> tuple[float, int]:
        """By the search, without any training."""
        stage = next(stage for stage in self.setup.stages if stage.kind == "search")
        self.events.clear()
        found = search(self.setup, stage)
        assert not [event for event in self.events if isinstance(event, Progress)]
        return found["lr"], found["steps"]


# The probability that each of six images is given for its own class.
POOR = [0.34, 0.3, 0.36, 0.3, 0.34, 0.36]
FAIR = [0.5, 0.45, 0.5, 0.55, 0.25, 0.2]
GOOD = [0.85, 0.8, 0.85, 0.9, 0.5, 0.45]
# Surer of each than FAIR is, and right of none that FAIR is not.
SURER = [0.95, 0.9, 0.95, 0.97, 0.32, 0.32]
# A little better than FAIR on the whole, which other images would not say.
LUCKY = [0.2, 0.3, 0.5, 0.55, 0.55, 0.55]


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        # By luck another rate is the best of the last two: the usual one stands, with all steps.
        ({1e-4: LUCKY, 1e-3: FAIR, 1e-2: POOR, 1e-1: POOR}, {1e-4: LUCKY, 1e-3: FAIR}, (1e-3, 4)),
        # Two are better by luck after the fewest steps: the usual one goes on all the same.
        ({1e-4: LUCKY, 1e-3: FAIR, 1e-2: LUCKY, 1e-1: POOR}, {1e-4: FAIR, 1e-3: FAIR}, (1e-3, 4)),
        # Each image has a smaller loss with another rate, and none is right that was not.
        ({1e-4: SURER, 1e-3: FAIR, 1e-2: POOR, 1e-1: POOR}, {1e-4: SURER, 1e-3: FAIR}, (1e-3, 4)),
        # Each image says that another rate is better.
        ({1e-4: POOR, 1e-3: FAIR, 1e-2: GOOD, 1e-1: POOR}, {1e-3: FAIR, 1e-2: GOOD}, (1e-2, 4)),
        # Each says that two are, so that the usual one is out.
        ({1e-4: POOR, 1e-3: POOR, 1e-2: GOOD, 1e-1: FAIR}, {1e-2: GOOD, 1e-1: FAIR}, (1e-2, 4)),
        # And that fewer steps are, also of a rate that more steps put out.
        ({1e-4: POOR, 1e-3: GOOD, 1e-2: FAIR, 1e-1: POOR}, {1e-3: FAIR, 1e-2: POOR}, (1e-3, 1)),
        ({1e-4: POOR, 1e-3: FAIR, 1e-2: GOOD, 1e-1: POOR}, {1e-3: FAIR, 1e-2: POOR}, (1e-2, 1)),
    ],
)
def test_that_a_search_departs_from_what_is_asked_for_only_by_more_than_chance(
    image_world: World,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    first: dict[float, list[float]],
    second: dict[float, list[float]],
    expected: tuple[float, int],
) -> None:
    monkeypatch.setenv("REDISTILL_CACHE", str(image_world.cache))
    tried = Tried(image_world, tmp_path / "run")
    tried.of(0.0, 0, POOR)
    for steps, found in ((1, first), (2, second)):
        for lr, right in found.items():
            tried.of(lr, steps, right)
    assert tried.chosen() == expected
    # What is calibrated by is what the same training said, or the one that is most like it.
    lr, steps = expected
    said = load_file(tried.run.stage(SEARCH) / "held-out.safetensors")
    own = said["probabilities"][np.arange(6), said["targets"]]
    np.testing.assert_allclose(own, (first if steps == 1 else second)[lr], rtol=1e-5)


def test_that_a_model_that_fills_in_pixels_is_fine_tuned_faster_as_a_rule() -> None:
    recipe = preset_recipe("quick", "images")
    assert usual_rate(recipe, DINO) == usual_rate(recipe, UNKNOWN) == 3e-4
    assert usual_rate(recipe, MAE) == 1e-3
    assert usual_rate(preset_recipe("quick", "text"), SENTENCE) == 2e-4


@pytest.mark.parametrize(
    ("warmup", "steps", "expected"),
    [
        (30, 300, 30),
        (90, 150, 45),
        # Not below 30 steps, or a third of them.
        (30, 150, 30),
        (30, 45, 15),
        (30, 5, 1),
        (30, 1, 0),
        # Who wants none has none.
        (0, 150, 0),
    ],
)
def test_that_warm_up_keeps_its_share_of_the_steps(warmup: int, steps: int, expected: int) -> None:
    recipe = Recipe.model_validate({"finetune": {"steps": 300, "warmup_steps": warmup}})
    assert with_trial(recipe, Trial(1e-3, steps)).finetune.warmup_steps == expected


# --- what it is judged on -----------------------------------------------------------------------


def test_that_a_fifth_of_each_class_is_held_out_and_no_test_example(
    world: World, cache: None, tmp_path: Path
) -> None:
    setup = Attempt(world, tmp_path / "run").setup
    train, held, source = validation_part(setup)
    assert source == "a fifth of the training part"
    assert np.bincount(held.targets).tolist() == [2, 2, 2]
    assert not set(train.examples) & set(held.examples)
    assert set(train.examples) | set(held.examples) == set(setup.train.examples)
    own = LabeledExamples(np.arange(30), np.arange(30) % 3)
    assert validation_part(replace(setup, val=own))[1] is own


def test_that_groups_are_held_out_whole(world: World, cache: None, tmp_path: Path) -> None:
    setup = Attempt(world, tmp_path / "run", data__group_pattern=r"-0([0-7])").setup
    _, held, _ = validation_part(setup)
    positions = np.searchsorted(setup.train.examples, held.examples)
    files = [Path(each.path).stem for each in setup.manifest.used_split("train")]
    numbers = {files[position].rpartition("-")[2] for position in positions}
    # Eight groups, of each of the three classes one picture.
    assert len(numbers) == 2
    assert len(held) == 6


def test_that_groups_of_a_table_are_held_out_whole(
    world: World, cache: None, tmp_path: Path
) -> None:
    setup = Attempt(world, tmp_path / "run").setup
    named = [int(Path(each.path).stem.rpartition("-")[2]) // 2 for each in setup.manifest.labeled]
    grouped = replace(setup.manifest, groups=tuple(named))
    _, held, _ = validation_part(replace(setup, manifest=grouped))
    positions = np.searchsorted(setup.train.examples, held.examples)
    used = dict(zip(setup.manifest.labeled, named, strict=True))
    groups = [used[each] for each in setup.manifest.used_split("train")]
    inside = {groups[position] for position in positions}
    assert inside
    assert sum(group in inside for group in groups) == len(held) < len(groups)


# --- flips --------------------------------------------------------------------------------------


def draw_arrows(folder: Path, number: int, *, flipped: bool) -> None:
    """A bright block on one side, at a random height."""
    folder.mkdir(parents=True)
    random = np.random.default_rng(1 + flipped)
    for index in range(number):
        pixels = random.normal(90, 8, (32, 32, 3))
        start = int(random.integers(4, 20))
        pixels[start : start + 8, 2:14] += 120
        pixels = pixels[:, ::-1] if flipped else pixels
        Image.fromarray(pixels.clip(0, 255).astype(np.uint8)).save(folder / f"{index}.png")


@pytest.mark.parametrize("harmless", [False, True])
def test_that_images_whose_flip_is_another_class_are_not_flipped(
    world: World, cache: None, tmp_path: Path, harmless: bool
) -> None:
    for label, flipped in (("left", False), ("right", True)):
        for part, number in (("train", 40), ("test", 4)):
            draw_arrows(tmp_path / "arrows" / part / label, number, flipped=flipped)
    # The classes of the world are colours.
    labeled = world.labeled if harmless else tmp_path / "arrows"
    made = Attempt(world, tmp_path / "run", data={"unlabeled": [], "labeled": str(labeled)})
    assert decided_flips(made.setup) is harmless, made.events[-1]
    (told,) = [
        each for each in made.events if isinstance(each, Noticed) and each.id == "flips-decided"
    ]
    assert ("images are flipped at random" in told.text) is harmless
    assert "Set finetune.flips" in told.text
    # Kept: it is asked and told once.
    number = len(made.events)
    assert decided_flips(made.setup) is harmless
    assert len(made.events) == number
    assert made.run.read_json("flips.json")["flips"] is harmless


def test_that_what_a_recipe_says_of_flips_is_not_asked_again(
    world: World, cache: None, tmp_path: Path
) -> None:
    for flips in (True, False):
        made = Attempt(world, tmp_path / f"run-{flips}", finetune__flips=flips)
        assert decided_flips(made.setup) is flips
        assert not (made.run.path / "flips.json").exists()


@pytest.mark.slow
def test_that_a_strong_classifier_opens_as_any_other(
    world: World, cache: None, tmp_path: Path
) -> None:
    made = Attempt(world, tmp_path / "run", finetune__search=False)
    run_stages(made.setup)
    _, classes = open_classifier(made.run.stage("01-finetune-base-seed-0"))
    assert classes == ["blue", "green", "red"]
