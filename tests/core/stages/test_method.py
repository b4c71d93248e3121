"""The method, seen from outside: what its stages start from, learn from and leave behind."""

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from core.run.encoder_files import kept_encoder
from core.run.events import CheckpointSaved, ProbeDone, Progress, StepDone
from core.run.folder import RunFolder
from tests.helpers.trainers import (
    At,
    Trainer,
    events_of,
    finished,
    losses_of,
    summary_of,
    weights_of,
)
from tests.helpers.worlds import World, draw_pictures, new_run

FURTHER = "01-further-pretrain"
ROUND_1 = "02-self-distill-round-1"
ROUND_2 = "03-self-distill-round-2"
NO_FINETUNING = {"finetune__steps": 0, "finetune__warmup_steps": 0, "probe__every": 0}


def teacher_was_stored(run: RunFolder) -> bool:
    return any(event.what == "teacher targets" for event in events_of(run, Progress))


def same_losses(one: RunFolder, other: RunFolder, stage: str, tolerance: float) -> None:
    losses, others = losses_of(one)[stage], losses_of(other)[stage]
    assert losses.keys() == others.keys()
    for step, parts in losses.items():
        assert parts == pytest.approx(others[step], rel=tolerance, abs=tolerance), step


# --- the teacher --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("match", "flips", "distance", "teacher"),
    [
        pytest.param("class_token", False, "squared", "further", marks=pytest.mark.slow),
        pytest.param("class_token", True, "squared", "further", marks=pytest.mark.slow),
        pytest.param("patch_mean", True, "smooth_l1", "further", marks=pytest.mark.slow),
        ("class_and_patches", True, "cosine", "averaged"),
        pytest.param("all_tokens", True, "squared", "further", marks=pytest.mark.slow),
    ],
)
def test_that_stored_targets_give_the_losses_of_a_live_teacher(
    world: World, tmp_path: Path, match: str, flips: bool, distance: str, teacher: str
) -> None:
    runs = []
    for targets in ("precomputed", "live"):
        run = new_run(
            world,
            tmp_path / targets,
            distill__match=match,
            distill__flips=flips,
            distill__targets=targets,
            distill__distance=distance,
            distill__teacher=teacher,
            pretrain__steps=3,
            **NO_FINETUNING,
        )
        runs.append(finished(run, world.cache))
    stored, live = runs
    assert teacher_was_stored(stored)
    assert not teacher_was_stored(live)
    assert losses_of(stored)[ROUND_1][1]["distill"] > 1e-5
    same_losses(stored, live, ROUND_1, 1e-6)
    # A file of the size of the data is not left behind.
    assert not (stored.stage(ROUND_1) / "targets.npy").exists()


@pytest.mark.slow
def test_that_the_teacher_looks_only_at_what_a_short_stage_comes_to(
    world: World, tmp_path: Path
) -> None:
    more = {"distill__steps": 2, "distill__batch_size": 4, "pretrain__steps": 3, **NO_FINETUNING}
    stored, live = (
        finished(new_run(world, tmp_path / how, distill__targets=how, **more), world.cache)
        for how in ("precomputed", "live")
    )
    assert stored.read_json(f"stages/{ROUND_1}/targets.json")["shape"][:2] == [1, 8]
    same_losses(stored, live, ROUND_1, 1e-6)


@pytest.mark.slow
def test_that_with_random_crops_the_teacher_is_live(world: World, tmp_path: Path) -> None:
    run = new_run(world, tmp_path / "run", distill__random_resized_crops=True, **NO_FINETUNING)
    finished(run, world.cache)
    assert not teacher_was_stored(run)
    assert len(losses_of(run)[ROUND_1]) == 6


def test_that_targets_beyond_the_disk_budget_are_said_and_computed_live(
    world: World, tmp_path: Path
) -> None:
    # Room for the pixels (36 images of 32 x 32 x 3 bytes more or less), not for all tokens.
    run = new_run(
        world, tmp_path / "run", distill__match="all_tokens", distill__steps=2, **NO_FINETUNING
    )
    text = run.recipe_file.read_text().replace("disk_budget_gib = 20.0", "disk_budget_gib = 0.0")
    run.recipe_file.write_text(text)
    finished(run, world.cache)
    said = [getattr(event, "id", "") for event in events_of(run)]
    assert "targets-too-large" in said
    assert not teacher_was_stored(run)


@pytest.mark.slow
def test_that_the_teacher_of_round_2_is_the_student_of_round_1(
    world: World, tmp_path: Path
) -> None:
    # Students that hardly move stay the initial model, so a student of round 1 as a teacher is
    # at no distance; the further pre-trained one would be.
    run = new_run(world, tmp_path / "run", distill__rounds=2, distill__lr=1e-12, **NO_FINETUNING)
    finished(run, world.cache)
    losses = losses_of(run)
    assert losses[ROUND_1][1]["distill"] > 1e-3
    assert losses[ROUND_2][1]["distill"] < 1e-8


@pytest.mark.slow
def test_that_an_initial_teacher_needs_no_further_pretraining(world: World, tmp_path: Path) -> None:
    run = new_run(
        world, tmp_path / "run", distill__teacher="initial", finetune__arms=["base", "distilled"]
    )
    finished(run, world.cache)
    first = "01-self-distill-round-1"
    losses = losses_of(run)
    assert losses[first][1]["distill"] < 1e-8 < losses[first][6]["distill"]
    results = run.read_json("results.json")
    assert results["arms"].keys() == {"base", "distilled"}
    assert results["frozen"].keys() == {
        "probe-base",
        "knn-base",
        "probe-distilled",
        "knn-distilled",
    }


def test_that_every_student_starts_from_the_initial_model_with_its_decoder(
    world: World, tmp_path: Path
) -> None:
    lr = 1e-3
    run = new_run(
        world,
        tmp_path / "run",
        distill__rounds=2,
        distill__lr=lr,
        distill__weight_decay=0.0,
        **NO_FINETUNING,
    )
    died = At(run.path, CheckpointSaved.kind, ROUND_2, 1, dies=True)
    assert Trainer(run, world.cache, died).wait() == -9
    after_one_step = load_file(run.stage(ROUND_2) / "checkpoint-00000001.safetensors")
    for part in ("encoder", "decoder"):
        initial = load_file(run.model / f"{part}.safetensors")
        student_1 = load_file(run.stage(ROUND_1) / f"{part}.safetensors")
        moved = {
            name: float((after_one_step[f"model/{part}.{name}"] - value).abs().max())
            for name, value in initial.items()
            if f"model/{part}.{name}" in after_one_step
        }
        # The first step of Adam moves a weight by the learning rate at most.
        assert moved
        assert 0 < max(moved.values()) <= lr * 1.001
        assert (
            max(float((student_1[name] - initial[name]).abs().max()) for name in moved) > 1.5 * lr
        )


def test_that_fixed_positions_stay_fixed_in_every_masked_stage(undisturbed: RunFolder) -> None:
    # MAE's decoder has sine-cosine positions that its authors never train.
    initial = load_file(undisturbed.model / "decoder.safetensors")
    for stage in (FURTHER, ROUND_1, ROUND_2):
        now = load_file(undisturbed.stage(stage) / "decoder.safetensors")
        assert torch.equal(now["pos_embed"], initial["pos_embed"])
        assert not torch.equal(now["mask_token"], initial["mask_token"])


# --- the probes ---------------------------------------------------------------------------------


def test_that_the_representation_is_probed_on_schedule(undisturbed: RunFolder) -> None:
    probed: dict[str, list[int]] = {}
    for event in events_of(undisturbed, ProbeDone):
        assert event.knn is not None
        assert event.linear is not None
        # The start is the initial encoder itself, which the others are better or worse than.
        assert (event.distance_from_initial > 0) is (event.step > 0)
        probed.setdefault(event.stage, []).append(event.step)
    assert probed == {stage: [0, 3, 6] for stage in (FURTHER, ROUND_1, ROUND_2)}


def test_that_a_run_without_finetuning_is_probed_all_the_same(world: World, tmp_path: Path) -> None:
    run = new_run(world, tmp_path / "run", pretrain__steps=2, distill__rounds=0, **NO_FINETUNING)
    finished(run, world.cache)
    probed = events_of(run, ProbeDone)
    assert [event.step for event in probed] == [0, 2]
    assert all(event.linear is not None for event in probed)


@pytest.mark.slow
def test_that_the_best_encoder_is_the_one_of_the_best_probe(world: World, tmp_path: Path) -> None:
    changes: dict[str, object] = {**NO_FINETUNING, "probe__every": 1, "distill__rounds": 0}
    run = new_run(world, tmp_path / "run", pretrain__keep="best", **changes)
    died = At(run.path, CheckpointSaved.kind, FURTHER, 1, dies=True)
    assert Trainer(run, world.cache, died).wait() == -9
    folder = run.stage(FURTHER)
    # The first probe, of the initial encoder, is the best so far: nothing beats what it has.
    initial = load_file(run.model / "encoder.safetensors")
    best = load_file(folder / "best_encoder.safetensors")
    assert all(torch.equal(best[name], value) for name, value in initial.items())
    first = (folder / "best_encoder.safetensors").read_bytes()

    finished(run, world.cache)
    probes = {event.step: event for event in events_of(run, ProbeDone)}
    top = max((event.linear, event.knn) for event in probes.values())
    best_step = min(step for step, event in probes.items() if (event.linear, event.knn) == top)
    assert summary_of(run, FURTHER)["best_probe"]["step"] == best_step
    assert max(step for step, event in probes.items() if event.is_best) == best_step
    kept = (folder / "best_encoder.safetensors").read_bytes()
    last = (folder / "encoder.safetensors").read_bytes()
    assert (kept == first) == (best_step == 0)
    assert (kept == last) == (best_step == 6)
    # `keep = "best"` hands it on.
    assert (run.exports / "encoder" / "encoder.safetensors").read_bytes() == kept


def test_that_the_best_encoder_is_handed_on_only_if_asked_and_there(tmp_path: Path) -> None:
    assert kept_encoder(tmp_path, "best").name == "encoder.safetensors"
    (tmp_path / "best_encoder.safetensors").touch()
    assert kept_encoder(tmp_path, "best").name == "best_encoder.safetensors"
    assert kept_encoder(tmp_path, "last").name == "encoder.safetensors"


def test_that_test_images_touch_neither_pretraining_nor_probes(
    world: World, tmp_path: Path
) -> None:
    shutil.copytree(world.labeled, tmp_path / "labeled")
    for number, folder in enumerate(sorted((tmp_path / "labeled" / "test").iterdir())):
        shutil.rmtree(folder)
        draw_pictures(folder, 4, seed=900 + number, label=folder.name)
    other = replace(world, labeled=tmp_path / "labeled", cache=tmp_path / "cache")
    learned = []
    for name, where, on_test in (("a", world, False), ("b", other, False), ("c", other, True)):
        run = new_run(
            where,
            tmp_path / name,
            data={
                "unlabeled": [str(where.unlabeled)],
                "labeled": str(where.labeled),
                "pretrain_on_test": on_test,
            },
            finetune__steps=0,
            finetune__warmup_steps=0,
        )
        finished(run, where.cache)
        probes = [(event.step, event.knn, event.linear) for event in events_of(run, ProbeDone)]
        weights = weights_of(run)
        learned.append(
            ([weights[f"stages/{s}/encoder.safetensors"] for s in (FURTHER, ROUND_1)], probes)
        )
        assert run.read_json("results.json")["data"]["test_images"] == 12
    assert learned[0] == learned[1]
    assert learned[0][0] != learned[2][0]


# --- what stages leave --------------------------------------------------------------------------


def test_that_the_distance_from_the_initial_weights_is_told_per_stage(
    undisturbed: RunFolder,
) -> None:
    initial = load_file(undisturbed.model / "encoder.safetensors")
    for stage in (FURTHER, ROUND_1, ROUND_2):
        now = load_file(undisturbed.stage(stage) / "encoder.safetensors")
        squares = sum(float((now[name] - initial[name]).square().sum()) for name in initial)
        distances = summary_of(undisturbed, stage)["distance_from_initial"]
        assert distances["total"] == pytest.approx(squares**0.5, rel=1e-5)
        blocks = sum(value**2 for name, value in distances.items() if name != "total")
        assert blocks**0.5 == pytest.approx(distances["total"], rel=1e-5)
        assert {"blocks.0", "blocks.1", "patch_embed"} <= distances.keys()


def test_that_warming_up_a_fresh_decoder_leaves_the_encoder_alone(
    world: World, tmp_path: Path
) -> None:
    run = new_run(
        world,
        tmp_path / "run",
        model__name=str(world.timm_model),
        pretrain__lr=1e-12,
        **NO_FINETUNING,
    )
    died = At(run.path, CheckpointSaved.kind, "02-further-pretrain", 6, dies=True)
    assert Trainer(run, world.cache, died).wait() == -9
    warm = run.stage("01-decoder-warmup")
    initial = (run.model / "encoder.safetensors").read_bytes()
    assert (warm / "encoder.safetensors").read_bytes() == initial
    assert summary_of(run, "01-decoder-warmup")["distance_from_initial"]["total"] == 0


def test_that_the_warmed_up_decoder_is_where_pretraining_starts(
    world: World, tmp_path: Path
) -> None:
    run = new_run(
        world,
        tmp_path / "run",
        model__name=str(world.timm_model),
        pretrain__lr=0.05,
        distill__lr=1e-12,
        **NO_FINETUNING,
    )
    finished(run, world.cache)
    fresh = load_file(run.model / "decoder.safetensors")
    warmed = load_file(run.stage("01-decoder-warmup") / "decoder.safetensors")
    student = load_file(run.stage("03-self-distill-round-1") / "decoder.safetensors")
    assert any(not torch.equal(fresh[name], warmed[name]) for name in fresh)
    for name, value in warmed.items():
        torch.testing.assert_close(student[name], value, atol=1e-9, rtol=1e-6)


def test_that_the_encoder_of_the_last_round_is_exported(undisturbed: RunFolder) -> None:
    exported = undisturbed.exports / "encoder" / "encoder.safetensors"
    assert (
        exported.read_bytes() == (undisturbed.stage(ROUND_2) / "encoder.safetensors").read_bytes()
    )
    description = json.loads((undisturbed.exports / "encoder" / "model.json").read_text())
    assert description["encoder"]["embed_dim"] == 32


def test_that_another_run_goes_on_from_it_with_another_objective(
    undisturbed: RunFolder, world: World, tmp_path: Path
) -> None:
    made = undisturbed.exports / "encoder"
    run = new_run(
        world,
        tmp_path / "run",
        model__name=str(made),
        pretrain__objective="instance",
        pretrain__steps=2,
        **{**NO_FINETUNING, "distill__rounds": 0},
    )
    finished(run, world.cache)
    begun = (run.model / "encoder.safetensors").read_bytes()
    assert begun == (made / "encoder.safetensors").read_bytes()
    assert not run.read_json("model/source.json")["decoder_is_fresh"]
    assert summary_of(run, FURTHER)["losses"].keys() == {"loss", "instance"}


def test_that_every_step_reports_its_losses(undisturbed: RunFolder) -> None:
    for event in events_of(undisturbed, StepDone):
        parts = {"loss", "masked", "distill"} if "distill-" in event.stage else {"loss", "masked"}
        assert set(event.losses) == ({"loss"} if "finetune" in event.stage else parts)
        assert event.num_steps == 6
