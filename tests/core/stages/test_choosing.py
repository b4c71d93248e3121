"""Of mixed unlabeled examples those near the labeled ones, chosen once."""

import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from core.readers.chosen import chosen_of
from core.readers.outcome import read_outcome
from core.report.facts import gather
from core.run.events import Noticed, Progress
from core.run.folder import RunFolder
from tests.helpers.trainers import At, Trainer, events_of, finished, weights_of
from tests.helpers.worlds import World, draw_pictures, in_both_worlds, new_run

FURTHER = "01-further-pretrain"
# Nothing trains but a step of pre-training.
BRIEFLY = {
    "pretrain__steps": 1,
    "distill__rounds": 0,
    "finetune__steps": 0,
    "finetune__warmup_steps": 0,
    "probe__every": 0,
}
# One that was trained, and sees what is alike.
TRAINED = {"model": {"name": "starter", "image_size": 32}}


@pytest.fixture(scope="module")
def mixed_world(image_world: World, tmp_path_factory: pytest.TempPathFactory) -> World:
    """Nine pictures like the labeled ones, among 27 of black and white noise."""
    folder = tmp_path_factory.mktemp("mixed")
    for number, label in enumerate(("blue", "green", "red")):
        draw_pictures(folder / "unlabeled" / f"near-{label}", 3, seed=77 + number, label=label)
    (folder / "unlabeled" / "far").mkdir()
    random = np.random.default_rng(5)
    for number in range(27):
        noise = 255 * random.integers(0, 2, (32, 32), dtype=np.uint8)
        Image.fromarray(noise).save(folder / "unlabeled" / "far" / f"{number:02d}.png")
    return World(
        folder / "unlabeled",
        image_world.labeled,
        image_world.model,
        image_world.timm_model,
        folder / "cache",
    )


def choosing(world: World, path: Path, share: float, **more: object) -> RunFolder:
    data = {"unlabeled": [str(world.unlabeled)], "labeled": str(world.labeled)}
    return new_run(
        world,
        path,
        **{"data": {"kind": world.kind, **data, "choose_unlabeled": share}, **BRIEFLY, **more},
    )


@pytest.fixture(scope="module")
def chosen(mixed_world: World, tmp_path_factory: pytest.TempPathFactory) -> RunFolder:
    """A quarter of them."""
    run = choosing(mixed_world, tmp_path_factory.mktemp("chosen") / "run", 0.25, **TRAINED)
    return finished(run, mixed_world.cache)


def test_that_what_is_like_the_labeled_ones_is_kept_and_said(chosen: RunFolder) -> None:
    found = chosen_of(chosen)
    assert found is not None
    assert (found.num_kept, found.num_unlabeled, found.num_references) == (9, 36, 24)
    rows = np.load(chosen.path / "chosen" / "chosen.npy")
    # In the order of the paths: "far" comes first, the labeled ones of training last.
    assert rows.tolist() == [*range(27, 36), *range(36, 60)]
    words = "Of 36 unlabeled images 9 are pre-trained on"
    assert any(words in event.text for event in events_of(chosen, Noticed))
    assert read_outcome(chosen).num_pretraining == 33
    facts = gather(chosen.path)
    assert facts.data["num_pretraining"] == 33
    assert any(words in decision for decision in facts.decisions)
    # The features take room only until the choice is made.
    assert not (chosen.path / "chosen" / "targets.npy").exists()


@pytest.mark.slow
def test_that_a_kill_chooses_the_same_and_a_new_share_anew(
    chosen: RunFolder, mixed_world: World, tmp_path: Path
) -> None:
    run = choosing(mixed_world, tmp_path / "run", 0.25, **TRAINED)
    died = At(run.path, Progress.kind, "prepare", 0, dies=True)
    assert Trainer(run, mixed_world.cache, died).wait() == -9
    finished(run, mixed_world.cache)
    assert weights_of(run) == weights_of(chosen)
    before = (run.path / "chosen" / "chosen.npy").read_bytes()
    text = run.recipe_file.read_text()
    run.recipe_file.write_text(text.replace("choose_unlabeled = 0.25", "choose_unlabeled = 0.5"))
    shutil.rmtree(run.stage(FURTHER))
    finished(run, mixed_world.cache)
    found = chosen_of(run)
    assert found is not None
    assert found.num_kept == 18
    assert (run.path / "chosen" / "chosen.npy").read_bytes() != before


@in_both_worlds
def test_that_a_share_is_chosen_of_either_kind(world: World, tmp_path: Path) -> None:
    run = finished(choosing(world, tmp_path / "run", 0.5), world.cache)
    found = chosen_of(run)
    assert found is not None
    assert found.num_kept == round(0.5 * found.num_unlabeled)
    # Pictures with labels stay in any case; of texts they are pieces like all others.
    num_labeled = 24 if world.kind == "images" else 0
    assert read_outcome(run).num_pretraining == found.num_kept + num_labeled


def test_that_without_labels_all_are_used_and_it_is_said(world: World, tmp_path: Path) -> None:
    data = {"unlabeled": [str(world.unlabeled)], "choose_unlabeled": 0.5}
    run = finished(choosing(world, tmp_path / "run", 0.5, data=data), world.cache)
    assert chosen_of(run) is None
    assert any(event.id == "nothing-to-choose-by" for event in events_of(run, Noticed))
