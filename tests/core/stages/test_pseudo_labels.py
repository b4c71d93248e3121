"""Fine-tuning once more, on what all other classifiers are sure of."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from safetensors.numpy import load_file

from core.errors import RunError
from core.planning.comparison import with_more_seeds
from core.readers.judgement import TAUGHT_ONCE
from core.readers.outcome import read_outcome
from core.recipe.arms import BASE, SIMPLEST_FIRST
from core.recipe.tasks import MULTI, REGRESSION, TASKS
from core.run.decision import Decision
from core.run.events import Noticed, StepDone
from core.run.folder import RunFolder
from core.run.plan import USUAL_COSTS, plan_stages
from core.run.possible import missing_for
from core.run.scale import Scale
from core.stages.modality import LabeledExamples
from core.stages.pseudo_labels import joined
from core.stages.tasks.choose import STAGE_TASKS
from core.stages.tasks.regression import Regression
from tests.helpers.numbers import write_shades, write_weights
from tests.helpers.several_labels import drawn_labels, write_shapes, write_texts
from tests.helpers.trainers import At, Trainer, events_of, finished, summary_of, weights_of
from tests.helpers.worlds import World, draw_pictures, in_both_worlds, new_run, tiny_recipe

ARM = "pseudo-labels"


@pytest.fixture(scope="module")
def mixed_world(image_world: World, tmp_path_factory: pytest.TempPathFactory) -> World:
    """Unlabeled pictures of three colours, with copies of a labeled one of each split."""
    folder = tmp_path_factory.mktemp("mixed")
    for number, label in enumerate(("blue", "green", "red")):
        draw_pictures(folder / "unlabeled" / label, 6, seed=50 + number, label=label)
        for split in ("train", "test"):
            source = image_world.labeled / split / label / f"{label}-00.png"
            # Other bytes, the same pixels: no copy by its hash.
            Image.open(source).save(folder / "unlabeled" / f"{split}-{label}.bmp")
    return World(
        folder / "unlabeled",
        image_world.labeled,
        image_world.model,
        image_world.timm_model,
        folder / "cache",
    )


def a_run(world: World, path: Path) -> RunFolder:
    return new_run(
        world,
        path,
        pretrain={"steps": 0},
        distill={"rounds": 0},
        finetune__arms=[ARM, BASE],
        finetune__num_seeds=2,
        finetune__steps=12,
        finetune__head="probe",
        data={
            "unlabeled": [str(world.unlabeled)],
            "labeled": str(world.labeled),
            "val_fraction": 0.25,
        },
    )


@pytest.fixture(scope="module")
def taught(mixed_world: World, tmp_path_factory: pytest.TempPathFactory) -> RunFolder:
    """A small run with the arm."""
    run = a_run(mixed_world, tmp_path_factory.mktemp("taught") / "run")
    return finished(run, mixed_world.cache)


def test_that_labels_and_pseudo_labels_weigh_about_the_same() -> None:
    train = LabeledExamples(np.array([3, 4]), np.array([0, 1]))
    found = joined(train, np.array([7, 8, 9, 10, 11]), np.array([1, 1, 0, 0, 0]))
    assert found.examples.tolist() == [3, 4, 3, 4, 7, 8, 9, 10, 11]
    assert found.targets.tolist() == [0, 1, 0, 1, 1, 1, 0, 0, 0]
    none = joined(train, np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64))
    assert none.examples.tolist() == [3, 4]
    several = LabeledExamples(np.array([3]), np.array([[0.0, 1.0]], dtype=np.float32))
    both = joined(several, np.array([7, 8]), np.array([[1, 1], [0, 0]], dtype=np.float32))
    assert both.targets.tolist() == [[0, 1], [0, 1], [1, 1], [0, 0]]


def test_that_the_label_which_is_least_sure_counts() -> None:
    task = STAGE_TASKS[MULTI]
    decision = Decision(TASKS[MULTI], (0.5, 0.2))
    answers = np.array([[0.9, 0.2], [0.1, 0.0], [0.5, 0.6]])
    assert task.sureness(answers, None, decision) == pytest.approx([0.5, 0.9, 0.5])
    labels = task.labels_of(answers, decision)
    assert labels.tolist() == [[1, 1], [0, 0], [1, 1]]
    assert labels.dtype == np.float32
    right = task.are_right(answers, np.array([[1, 1], [0, 1], [1, 0]]), decision)
    assert right is not None
    assert right.tolist() == [True, False, False]


def test_that_numbers_are_sure_where_classifiers_agree() -> None:
    task = Regression(Scale(mean=10.0, spread=4.0))
    answers, spread = np.array([[12.0], [8.0]]), np.array([[0.0], [4.0]])
    decision = task.decision(None, None, 1)
    assert task.sureness(answers, spread, decision) == pytest.approx([1.0, 0.5])
    # One alone agrees with nobody.
    assert task.sureness(answers, None, decision).tolist() == [0, 0]
    assert task.labels_of(answers, decision).tolist() == [12.0, 8.0]
    assert task.sureness_in_words(0.5) == "a standard deviation of 4.00 between classifiers"


def few_of_them_labeled(folder: Path, world: World, task: str) -> tuple[Path, Path]:
    """Examples of a task without labels, and a table that has some of them with labels."""
    if world.kind == "images":
        if task == MULTI:
            write_shapes(folder, drawn_labels(54))
        else:
            write_shades(folder, 54)
        table = folder / "labels.csv"
        table.write_text("".join(table.read_text().splitlines(keepends=True)[:25]))
        return folder / "img", folder
    if task == MULTI:
        write_texts(folder / "labeled", drawn_labels(54))
    else:
        write_weights(folder / "labeled", 54)
    table, rest = folder / "labeled" / "all.jsonl", folder / "rest.jsonl"
    lines = table.read_text().splitlines(keepends=True)
    table.write_text("".join(lines[:24]))
    rest.write_text("\n".join(json.dumps({"text": json.loads(line)["text"]}) for line in lines))
    return rest, folder / "labeled"


@in_both_worlds
@pytest.mark.parametrize("task", [MULTI, REGRESSION])
def test_that_several_labels_and_numbers_are_learned_from_too(
    world: World, tmp_path: Path, task: str
) -> None:
    unlabeled, labeled = few_of_them_labeled(tmp_path / "data", world, task)
    run = new_run(
        world,
        tmp_path / "run",
        pretrain={"steps": 0},
        distill={"rounds": 0},
        finetune__arms=[ARM, BASE],
        finetune__num_seeds=2,
        finetune__steps=3,
        finetune__head="probe",
        data={"kind": world.kind, "unlabeled": [str(unlabeled)], "labeled": str(labeled)},
    )
    finished(run, world.cache)
    outcome = read_outcome(run)
    assert outcome.task.name == task
    assert np.isfinite(outcome.arm(ARM).score.value)
    (stage,) = run.stages.glob(f"*-finetune-{ARM}-seed-0")
    about = summary_of(run, stage.name)["pseudo_labels"]
    targets = load_file(run.path / "pseudo-labels" / "labels.safetensors")["targets"]
    # The surest half, and what is as sure, as there is no validation part.
    assert about["num_asked"] // 2 <= len(targets) == about["num_labels"]
    assert 0 < len(targets) <= about["num_asked"]
    assert targets.dtype == np.float32
    assert targets.shape == ((len(targets), 3) if task == MULTI else (len(targets),))
    (told,) = [each.text for each in events_of(run, Noticed) if each.id == "pseudo-labels"]
    assert f"{about['limit']}; the surest 50%" in told


def test_that_it_learns_from_what_all_others_are_sure_of(taught: RunFolder) -> None:
    about = summary_of(taught, "03-finetune-pseudo-labels-seed-0")["pseudo_labels"]
    stored = load_file(taught.path / "pseudo-labels" / "labels.safetensors")
    assert 0 < about["num_labels"] == len(stored["examples"]) <= about["num_asked"]
    # 18 pictures of its own: the copies of training and test pictures are none of them.
    assert about["num_asked"] == 18
    # Which colour a picture has is easily told; there are six of each.
    assert (np.bincount(stored["targets"], minlength=3) > 0).all()
    assert "validation images" in about["chosen_by"]
    assert any(event.id == "pseudo-labels" for event in events_of(taught, Noticed))
    outcome = read_outcome(taught)
    assert TAUGHT_ONCE in outcome.verdict
    assert outcome.arm(ARM).score.value > 0.5


def test_that_it_comes_after_all_that_teach_it(taught: RunFolder) -> None:
    stages = list(dict.fromkeys(event.stage for event in events_of(taught, StepDone)))
    assert [name.partition("-")[2] for name in stages] == [
        f"finetune-{arm}-seed-{seed}" for arm in (BASE, ARM) for seed in (0, 1)
    ]
    # It is made of all others, and so the least simple.
    assert SIMPLEST_FIRST[-1] == ARM


@pytest.mark.slow
def test_that_a_kill_while_it_trains_changes_nothing(
    taught: RunFolder, mixed_world: World, tmp_path: Path
) -> None:
    run = a_run(mixed_world, tmp_path / "run")
    died = At(run.path, StepDone.kind, "03-finetune-pseudo-labels-seed-0", 3, dies=True)
    assert Trainer(run, mixed_world.cache, died).wait() == -9
    asked = (run.path / "pseudo-labels" / "labels.safetensors").read_bytes()
    finished(run, mixed_world.cache)
    assert (run.path / "pseudo-labels" / "labels.safetensors").read_bytes() == asked
    assert weights_of(run) == weights_of(taught)


def test_that_it_is_not_made_where_pretraining_sees_test_examples(world: World) -> None:
    recipe = tiny_recipe(world, finetune__arms=[BASE, ARM])
    assert missing_for(ARM, recipe) == ""
    on_test = recipe.model_copy(
        update={"data": recipe.data.model_copy(update={"pretrain_on_test": True})}
    )
    assert "pretrain_on_test" in missing_for(ARM, on_test)
    plan = plan_stages(on_test, USUAL_COSTS, decoder_is_fresh=False, can_finetune=True)
    assert not any(stage.arm == ARM for stage in plan)
    alone = tiny_recipe(world, finetune__arms=[ARM])
    assert "no other arm" in missing_for(ARM, alone)


def test_that_seeds_are_not_added_to_what_learned_from_all_of_them(
    taught: RunFolder, tmp_path: Path
) -> None:
    shutil.copytree(taught.path, tmp_path / "run")
    with pytest.raises(RunError, match="start a new comparison"):
        with_more_seeds(RunFolder.open(tmp_path / "run"), 3)
