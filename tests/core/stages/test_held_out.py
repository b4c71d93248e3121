"""Without a validation part: what is known of answers, from examples that were held out."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file

from core.evaluate.margin import margin_of
from core.predict.unknown import limit_of, open_sets
from core.readers.outcome import read_outcome
from core.recipe.tasks import MULTI, SINGLE
from core.run.decision import read_decision
from core.run.folder import RunFolder
from core.stages.held_out import cross_fitted
from core.stages.modality import LabeledExamples
from core.stages.results import groups_in_words
from core.stages.setup import RunSetup
from core.stages.tasks.choose import STAGE_TASKS
from core.training.context import Adjustments, RunContext
from core.training.device import set_up_hardware
from tests.helpers.faces import predict, prepare
from tests.helpers.numbers import write_shades
from tests.helpers.once import once
from tests.helpers.several_labels import drawn_labels, write_shapes
from tests.helpers.trainers import finished
from tests.helpers.worlds import COLOURS, World, draw_pictures, new_run, tiny_recipe

SEARCHED = {
    "pretrain__steps": 0,
    "distill__rounds": 0,
    "finetune__steps": 4,
    # A search is one for all of them.
    "finetune__num_seeds": 2,
    "finetune__arms": ["base"],
    "finetune__head": "regularised-probe",
    "finetune__search": True,
    "finetune__search_rates": [1e-4, 1e-3],
}


def searched(
    world: World, name: str, write: Callable[[Path, int], Path], number: int, **data: object
) -> RunFolder:
    """A run without a validation part whose learning rate was searched; only to be read."""

    def make(folder: Path) -> Path:
        written = write(folder / "data", number)
        named = {"unlabeled": [], "labeled": str(written), **data}
        run = new_run(world, folder / "run", data=named, **SEARCHED)
        return finished(run, world.cache).path

    return RunFolder(once(name, make))


@pytest.fixture
def numbers(image_world: World) -> RunFolder:
    return searched(image_world, "numbers-searched", write_shades, 60)


@pytest.fixture
def several(image_world: World) -> RunFolder:
    def write(folder: Path, number: int) -> Path:
        return write_shapes(folder, drawn_labels(number))

    return searched(image_world, "several-searched", write, 60)


@pytest.fixture
def untested(image_world: World) -> RunFolder:
    """Nothing but training images, a fifth of which the search held out."""

    def write(folder: Path, number: int) -> Path:
        for seed, colour in enumerate(COLOURS):
            draw_pictures(folder / colour, number // len(COLOURS), seed=seed, label=colour)
        return folder

    return searched(image_world, "untested-searched", write, 120, test_fraction=0.0)


def folders(run: RunFolder) -> list[Path]:
    return [run.frozen / "probe-base", run.stage("02-finetune-base-seed-0")]


def test_that_answers_are_softened_as_dividing_the_logits_does() -> None:
    # Odds of 9 to 1 are 3 to 1 at a temperature of 2, be it of two classes or of one label.
    shares = np.array([[0.9, 0.1]], dtype=np.float32)
    np.testing.assert_allclose(STAGE_TASKS[SINGLE].tempered(shares, 2.0), [[0.75, 0.25]], rtol=1e-6)
    np.testing.assert_allclose(STAGE_TASKS[MULTI].tempered(shares, 2.0), [[0.75, 0.25]], rtol=1e-5)


def test_that_numbers_have_margins_from_what_was_held_out(numbers: RunFolder) -> None:
    for folder in folders(numbers):
        kept, decision = load_file(folder / "held-out.safetensors"), read_decision(folder)
        errors = np.abs(kept["probabilities"][:, 0] - kept["targets"])
        assert decision.num_examples == len(errors) >= 9
        assert decision.margin == pytest.approx(margin_of(errors, 0.9), rel=1e-5)
    words = read_outcome(numbers).calibration
    assert words.startswith("There is no validation part, so how far a prediction may be off")
    assert "about 90%" in words


def test_that_thresholds_and_temperatures_are_of_what_was_held_out(several: RunFolder) -> None:
    for folder in folders(several):
        kept, decision = load_file(folder / "held-out.safetensors"), read_decision(folder)
        task, num_classes = STAGE_TASKS[MULTI], kept["targets"].shape[1]
        again = task.decision(kept["probabilities"], kept["targets"], num_classes)
        assert decision.thresholds == pytest.approx(again.thresholds)
        # They are calibrated already; surer, those of a search are only as far as they prove.
        cautious = folder.parent != several.frozen
        left = task.temperature(kept["probabilities"], kept["targets"], cautious=cautious)
        assert left == pytest.approx(1, abs=0.1)
    words = read_outcome(several).calibration
    assert "from which probability on a label is said" in words
    assert "As trained" not in words


def test_that_a_classifier_is_chosen_on_training_examples_that_were_held_out(
    untested: RunFolder,
) -> None:
    found = untested.read_json("results.json")["recommended"]
    assert (found["chosen_on"], found["num_examples"]) == ("held out", 24)
    assert "on training images that were held out for this): on these 24 " in found["words"]
    held = load_file(untested.stage("01-search-base") / "held-out.safetensors")
    frozen = load_file(untested.frozen / "probe-base" / "held-out.safetensors")
    # The same example is in the same row of both.
    places = {
        int(row): int(target) for row, target in zip(frozen["rows"], frozen["targets"], strict=True)
    }
    assert len(places) == 120
    assert held["targets"].tolist() == [places[int(row)] for row in held["rows"]]
    assert len(set(held["targets"].tolist())) == 3


def test_that_few_held_out_examples_do_not_choose_where_there_are_test_examples(
    numbers: RunFolder,
) -> None:
    assert numbers.read_json("results.json")["recommended"]["chosen_on"] == "test"


@pytest.fixture
def setup(
    image_world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., RunSetup]:
    monkeypatch.setenv("REDISTILL_CACHE", str(image_world.cache))

    def made(**changes: object) -> RunSetup:
        recipe = tiny_recipe(image_world, **{**SEARCHED, **changes})
        run = RunFolder.create(tmp_path / f"run-{len(changes)}", recipe)
        context = RunContext(lambda event: None, Adjustments.load(run.path / "adjustments.json"))
        found: RunSetup = prepare(run, recipe, set_up_hardware(recipe.runtime), context)
        return found

    return made


def of_noise(setup: RunSetup, groups: int) -> tuple[float, float]:
    """How often layers are right of labels that features tell nothing of but whose they are."""
    random = np.random.default_rng(0)
    number = len(setup.train)
    own = np.arange(number) % groups
    features = random.normal(0, 1, (groups, 64)).astype(np.float32)[own]
    targets = random.permutation(np.arange(groups) % 2)[own]
    train = LabeledExamples(setup.train.examples, targets)
    setup = replace(setup, train=train)
    layer = setup.task.fit_layer(features, targets, 3, seed=0, balanced=False, strength=5.0)
    assert layer is not None
    held_out = cross_fitted(setup, features, layer)
    assert held_out is not None
    assert held_out.targets.tolist() == targets.tolist()
    right = held_out.probabilities.argmax(axis=1) == targets
    return float((layer.logits(features).argmax(axis=1) == targets).mean()), float(right.mean())


def test_that_no_layer_answers_what_it_was_fitted_on(setup: Callable[..., RunSetup]) -> None:
    fitted, held_out = of_noise(setup(), 24)
    assert fitted == 1
    assert held_out < 0.9


def test_that_examples_that_belong_together_are_held_out_together(
    setup: Callable[..., RunSetup],
) -> None:
    # Of each class eight pictures, by number eight groups of three: copies of each other.
    grouped = setup(data__group_pattern=r"-0([0-7])")
    fitted, held_out = of_noise(grouped, 8)
    assert fitted == 1
    assert held_out < 0.9


def test_that_the_answer_says_how_many_groups_the_intervals_go_by(
    setup: Callable[..., RunSetup],
) -> None:
    grouped = setup(data__group_pattern=r"-0([0-7])")
    tests = grouped.manifest.used_split("test")
    number = len({each.path.rpartition("-0")[2][0] for each in tests})
    assert number < len(tests)
    assert f"independent ones among them: {number}." in groups_in_words(grouped)
    assert groups_in_words(setup()) == ""


def test_that_a_class_that_no_fold_could_learn_tells_nothing(
    setup: Callable[..., RunSetup],
) -> None:
    own = setup()
    features = np.random.default_rng(0).normal(0, 1, (24, 8)).astype(np.float32)
    targets = np.array([2] + [0, 1] * 11 + [0])
    own = replace(own, train=LabeledExamples(own.train.examples, targets))
    layer = own.task.fit_layer(features, targets, 3, seed=0, balanced=False, strength=0.05)
    assert layer is not None
    found = cross_fitted(own, features, layer)
    # Its probability would be next to nothing, and all others would be softened for it.
    assert found is not None
    assert found.targets.tolist() == targets[1:].tolist()


def test_that_unknown_goes_by_what_was_held_out(undisturbed: RunFolder, image_world: World) -> None:
    folder = undisturbed.frozen / "probe-base"
    kept = load_file(folder / "held-out.safetensors")
    true = kept["probabilities"][np.arange(24), kept["targets"]]
    sets = open_sets(folder, 0.9)
    assert sets.limit == limit_of(true, 0.9)
    images = sorted((image_world.labeled / "test").rglob("*.png"))
    for found in predict(undisturbed, images, "probe-base", unknown=0.9):
        wanted = tuple(name for name, share in found.probabilities if share >= sets.limit)
        assert found.candidates == wanted
