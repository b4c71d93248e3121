"""Fine-tuning: its classes, its arms, what it does when there is nothing to tell apart."""

import shutil
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.numpy import load_file
from safetensors.torch import load_file as load_torch_file
from safetensors.torch import save_file

from core.images.model.classifier import Classifier
from core.images.model.open_classifier import open_classifier
from core.images.model.store import open_model
from core.report.facts import gather
from core.run.events import Noticed, StepDone
from core.run.folder import RunFolder
from core.stages.finetune_objective import FinetuneObjective
from core.stages.tasks.single_label import CrossEntropy, class_weights
from core.training.feed import BatchPlace
from tests.helpers.trainers import (
    events_of,
    finished,
    losses_of,
    outcome,
    summary_of,
)
from tests.helpers.worlds import World, draw_pictures, new_run

ARMS = ("base", "further", "distilled")


def stage(number: int, arm: str, seed: int = 0) -> str:
    return f"{number:02d}-finetune-{arm}-seed-{seed}"


# --- the result ---------------------------------------------------------------------------------


def test_that_the_results_compare_all_arms_with_their_intervals(undisturbed: RunFolder) -> None:
    results = undisturbed.read_json("results.json")
    assert tuple(results["arms"]) == ARMS
    for arm in results["arms"].values():
        for metric in ("accuracy", "balanced_accuracy", "macro_f1"):
            assert 0 <= arm["intervals"][metric]["low"] <= arm[metric]
            assert arm[metric] <= arm["intervals"][metric]["high"] <= 1
        assert arm["num_images"] == 12
        (seed,) = arm["seeds"]
        assert np.asarray(seed["confusion_matrix"]).sum() == 12
    assert results["data"]["classes"] == ["blue", "green", "red"]
    assert results["data"]["pretraining_images"] == 48
    assert results["verdict"] == outcome(undisturbed).text
    assert (undisturbed.path / results["encoder"]).is_file()
    assert [name.partition("-")[2] for name in results["stages"]] == [
        "further-pretrain",
        "self-distill-round-1",
        "self-distill-round-2",
        *(f"finetune-{arm}-seed-0" for arm in ARMS),
    ]


def test_that_the_accuracy_is_that_of_the_saved_predictions(undisturbed: RunFolder) -> None:
    for number, arm in enumerate(ARMS, 4):
        predictions = load_file(undisturbed.stage(stage(number, arm)) / "predictions.safetensors")
        probabilities, targets = predictions["probabilities"], predictions["targets"]
        assert probabilities.shape == (12, 3)
        np.testing.assert_allclose(probabilities.sum(axis=1), 1, atol=1e-5)
        assert np.bincount(targets).tolist() == [4, 4, 4]
        accuracy = undisturbed.read_json("results.json")["arms"][arm]["accuracy"]
        assert (probabilities.argmax(axis=1) == targets).mean() == pytest.approx(accuracy)


def test_that_each_arm_starts_from_its_own_encoder_with_the_same_head_and_order(
    world: World, tmp_path: Path
) -> None:
    # Nothing moves while fine-tuning, so the classifiers show what they started from.
    run = new_run(world, tmp_path / "run", finetune__lr=1e-12, finetune__num_seeds=2)
    finished(run, world.cache)
    sources = {
        "base": run.model,
        "further": run.stage("01-further-pretrain"),
        "distilled": run.stage("02-self-distill-round-1"),
    }
    heads: dict[int, list[torch.Tensor]] = {0: [], 1: []}
    number = 2
    for arm, folder in sources.items():
        encoder = load_torch_file(folder / "encoder.safetensors")
        for seed in (0, 1):
            number += 1
            classifier, classes = open_classifier(run.stage(stage(number, arm, seed)))
            assert classes == ["blue", "green", "red"]
            for name, value in classifier.model.encoder.state_dict().items():
                torch.testing.assert_close(value, encoder[name], atol=1e-9, rtol=1e-6)
            heads[seed].append(classifier.head.weight)
    for same in heads.values():
        for head in same[1:]:
            torch.testing.assert_close(head, same[0], atol=1e-9, rtol=1e-6)
    assert not torch.equal(heads[0][0], heads[1][0])


@pytest.mark.slow
def test_that_a_fitted_head_starts_as_the_probe_of_its_own_encoder(
    world: World, tmp_path: Path
) -> None:
    run = new_run(
        world,
        tmp_path / "run",
        finetune__lr=1e-12,
        finetune__head="probe",
        finetune__arms=["base", "further"],
    )
    finished(run, world.cache)
    stages = [stage(3, "base"), stage(4, "further")]
    # Nothing moved since: what it gets right, it owes to the head it started from.
    for name in stages:
        assert summary_of(run, name)["train_accuracy"] > 0.8
    base, further = (open_classifier(run.stage(name))[0].head.weight for name in stages)
    assert not torch.allclose(base, further)


def test_that_an_encoder_with_switched_off_features_is_fine_tuned(
    image_world: World, tmp_path: Path
) -> None:
    # As the last norm of MiniLM-L6 has three.
    model = tmp_path / "model"
    shutil.copytree(image_world.timm_model, model)
    state = load_torch_file(model / "model.safetensors")
    for name in ("norm.weight", "norm.bias"):
        state[name][:3] *= 1e-33
    save_file(state, model / "model.safetensors")
    run = new_run(
        image_world,
        tmp_path / "run",
        model__name=str(model),
        pretrain__steps=0,
        distill__rounds=0,
        finetune__head="regularised-probe",
        finetune__arms=["base"],
    )
    finished(run, image_world.cache)
    classifier, _ = open_classifier(run.stage(stage(1, "base")))
    assert classifier.head.weight.abs().max() < 100
    # Gradients reach the encoder, and not by way of those alone.
    name = "blocks.0.attn.qkv.weight"
    after = classifier.model.encoder.get_parameter(name)
    assert (after - state[name]).abs().max() > 1e-4
    # The run says which it took for switched off, and how it guessed.
    (said,) = [e.text for e in events_of(run, Noticed) if e.id == "features-left-aside"]
    assert said.startswith(
        "Frozen base model: of its 32 features 3 vary by less than 0.0001 of the usual spread (the "
        "median, over 24 training images)."
    )
    assert said in gather(run.path).decisions


@pytest.mark.slow
def test_that_arms_with_equal_encoders_see_equal_images_and_dropout(
    world: World, tmp_path: Path
) -> None:
    # Pre-training that hardly moves leaves two arms with the same encoder: all that could then
    # differ is the head, the order, the flips and the dropout.
    run = new_run(
        world,
        tmp_path / "run",
        pretrain__lr=1e-12,
        distill__rounds=0,
        finetune__dropout=0.3,
        finetune__arms=["base", "further"],
    )
    finished(run, world.cache)
    losses = losses_of(run)
    base, further = losses[stage(2, "base")], losses[stage(3, "further")]
    assert len(base) == 6
    for step, parts in base.items():
        assert further[step] == pytest.approx(parts, abs=1e-6)


# --- skewed classes -----------------------------------------------------------------------------


def test_that_class_weights_are_inverse_to_the_counts_with_mean_one() -> None:
    targets = np.repeat([0, 1, 3], [6, 3, 1])
    weights = class_weights(targets, 4).numpy()
    assert weights[targets].mean() == pytest.approx(1)
    assert weights[1] == pytest.approx(2 * weights[0])
    assert weights[3] == pytest.approx(6 * weights[0])


def test_that_the_weights_reach_the_loss(world: World) -> None:
    torch.manual_seed(0)
    classifier = Classifier(open_model(world.model), 3, dropout=0.0)
    generator = torch.Generator().manual_seed(0)
    batch = {
        "pixels": torch.rand(4, 3, 32, 32, generator=generator),
        "label": torch.tensor([0, 1, 1, 2]),
    }
    weights = torch.tensor([2.0, 0.5, 4.0])
    place = BatchPlace(0, 0, 4)
    single = torch.stack(
        [
            FinetuneObjective(classifier, CrossEntropy(), (0, "x"))(
                {key: value[row : row + 1] for key, value in batch.items()}, place
            )["loss"]
            for row in range(4)
        ]
    )
    weighted = FinetuneObjective(classifier, CrossEntropy(weights), (0, "x"))(batch, place)["loss"]
    torch.testing.assert_close(weighted, (single * weights[batch["label"]]).mean())


@pytest.mark.parametrize("balance", ["weights", pytest.param("sampling", marks=pytest.mark.slow)])
def test_that_balancing_changes_what_is_learned_from_skewed_classes(
    world: World, tmp_path: Path, balance: str
) -> None:
    folder = tmp_path / "skewed"
    for split, counts in (("train", (12, 2)), ("test", (3, 3))):
        for number, (label, count) in enumerate(zip(("blue", "red"), counts, strict=True)):
            seed = 50 + number + 10 * len(split)
            draw_pictures(folder / split / label, count, seed=seed, label=label)
    share = {}
    for how in ("none", balance):
        run = new_run(
            world,
            tmp_path / how,
            data={"labeled": str(folder)},
            pretrain__steps=0,
            distill__rounds=0,
            finetune__balance=how,
            finetune__dropout=0.0,
        )
        finished(run, world.cache)
        predictions = load_file(run.stage(stage(1, "base")) / "predictions.safetensors")
        share[how] = predictions["probabilities"][:, 1].mean()
    assert share[balance] > share["none"] + 0.05


# --- nothing to tell apart ----------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize(
    ("case", "words"),
    [
        ("no labels", "no labeled training images"),
        ("one class", "of one class (blue)"),
        ("one class folder", "of one class (blue)"),
        ("no steps", "finetune.steps is 0"),
    ],
)
def test_that_without_classes_the_encoder_is_exported_and_the_reason_told(
    world: World, tmp_path: Path, case: str, words: str
) -> None:
    one = tmp_path / "one"
    draw_pictures(one / "train" / "blue", 6, seed=70)
    draw_pictures(one / "test" / "blue", 2, seed=71)
    draw_pictures(one / "test" / "red", 2, seed=72, label="red")
    labeled = {
        "no labels": None,
        "one class": str(one),
        "one class folder": str(one / "train"),
        "no steps": str(world.labeled),
    }[case]
    changes: dict[str, object] = (
        {"finetune__steps": 0, "finetune__warmup_steps": 0} if case == "no steps" else {}
    )
    data: dict[str, object] = {"unlabeled": [str(world.unlabeled)]}
    if labeled is not None:
        data["labeled"] = labeled
    run = new_run(world, tmp_path / "run", data=data, **changes)
    finished(run, world.cache)
    said = [event.text for event in events_of(run, Noticed) if event.id == "no-classifier"]
    assert len(said) == 1
    assert words in said[0]
    results = run.read_json("results.json")
    assert results["arms"] == {}
    assert words in results["verdict"]
    assert words in outcome(run).text
    assert (run.exports / "encoder" / "encoder.safetensors").is_file()
    assert not any("finetune" in event.stage for event in events_of(run, StepDone))


def test_that_without_test_images_classifiers_are_made_and_nothing_is_claimed(
    world: World, tmp_path: Path
) -> None:
    data = {"labeled": str(world.labeled / "train"), "test_fraction": 0.0}
    run = new_run(world, tmp_path / "run", data=data, pretrain__steps=0, distill__rounds=0)
    finished(run, world.cache)
    results = run.read_json("results.json")
    assert results["arms"] == {}
    assert "no test images" in results["verdict"]
    assert results["encoder"] is None
    assert 0 <= summary_of(run, stage(1, "base"))["train_accuracy"] <= 1
    _, classes = open_classifier(run.stage(stage(1, "base")))
    assert classes == ["blue", "green", "red"]


def test_that_classes_with_fewer_than_two_labels_are_named(world: World, tmp_path: Path) -> None:
    folder = tmp_path / "few"
    for split, counts in (
        ("train", {"blue": 4, "green": 4, "red": 1}),
        ("test", {"blue": 2, "green": 2}),
    ):
        for number, (label, count) in enumerate(counts.items()):
            seed = 80 + number + 10 * len(split)
            draw_pictures(folder / split / label, count, seed=seed, label=label)
    run = new_run(
        world,
        tmp_path / "run",
        data={"labeled": str(folder)},
        pretrain__steps=0,
        distill__rounds=0,
    )
    finished(run, world.cache)
    said = [event.text for event in events_of(run, Noticed) if event.id == "few-labels"]
    assert len(said) == 1
    assert "red" in said[0]
    assert "blue" not in said[0]
    # It is said, not refused: the other classes are fine.
    assert run.read_json("results.json")["arms"]["base"]["num_images"] == 4
