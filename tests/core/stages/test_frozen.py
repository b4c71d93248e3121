"""What each encoder knows as it is: rows of the results before anything is fine-tuned."""

import json
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file

from core.modalities import predict_of
from core.predict.placing import place_for
from core.recipe.arms import FROZEN, FROZEN_LAYERS
from core.run.events import Noticed, StageStarted
from core.run.folder import RunFolder
from tests.helpers.trainers import events_of, finished
from tests.helpers.worlds import World, in_both_worlds, new_run, with_text_when_slow


@with_text_when_slow
def test_that_every_encoder_is_tested_before_anything_is_fine_tuned(
    undisturbed: RunFolder,
) -> None:
    results = json.loads(undisturbed.results_file.read_text())
    assert list(results["frozen"]) == list(FROZEN)
    for name, row in results["frozen"].items():
        assert row["num_seeds"] == 1
        file = load_file(undisturbed.frozen / name / "predictions.safetensors")
        right = file["probabilities"].argmax(1) == file["targets"]
        assert row["accuracy"] == pytest.approx(right.mean())
        assert set(row["against"]) == set(results["arms"]) | set(FROZEN) - {name}
        # Nothing is random in it, so it is judged against its like; not against one training.
        judged = {other for other, found in row["against"].items() if found["is_judged"]}
        assert judged == set(FROZEN) - {name}
    story = [event for event in events_of(undisturbed) if _is_told(event)]
    told = [index for index, event in enumerate(story) if isinstance(event, Noticed)]
    tuned = [i for i, e in enumerate(story) if isinstance(e, StageStarted) and "fine" in e.stage]
    assert len(told) == 3
    # The pretrained model's before the first step of anything.
    assert told[0] == 0
    assert max(told) < min(tuned)
    # Nothing is said of features where all of them vary.
    ids = {event.id for event in events_of(undisturbed, Noticed)}
    assert "features-left-aside" not in ids


def _is_told(event: object) -> bool:
    return isinstance(event, StageStarted) or getattr(event, "id", "") == "frozen"


@in_both_worlds
def test_that_the_saved_classifier_says_what_was_tested(
    undisturbed: RunFolder, world: World
) -> None:
    recipe = undisturbed.recipe()
    modality = predict_of(recipe.modality)
    place = place_for(recipe.runtime)
    example = "a small text" if world.kind == "text" else ""
    said = []
    for name in FROZEN_LAYERS:
        opened = modality.open(undisturbed.frozen / name, recipe.data, place)
        if example:
            (found,) = opened.of_texts([example])
        else:
            tested = sorted((world.labeled / "test").rglob("*.png"))
            found = next(opened.of_files(tested))
            kept = load_file(undisturbed.frozen / name / "predictions.safetensors")
            row = kept["probabilities"][0]
            assert found.probabilities[0][1] == pytest.approx(float(row.max()), abs=1e-5)
        said.append(dict(found.probabilities))
        assert sum(said[-1].values()) == pytest.approx(1, abs=1e-5)
    # Each has an encoder of its own.
    assert said[0] != said[1] != said[2]


def test_that_the_frozen_encoder_is_the_one_that_the_run_made(undisturbed: RunFolder) -> None:
    stages = {
        "probe-base": undisturbed.model,
        "probe-further": undisturbed.stage("01-further-pretrain"),
        "probe-distilled": undisturbed.stage("03-self-distill-round-2"),
    }
    for name, folder in stages.items():
        kept = load_file(undisturbed.frozen / name / "classifier.safetensors")
        made = load_file(folder / "encoder.safetensors")
        for key, value in made.items():
            np.testing.assert_array_equal(kept[f"model.encoder.{key}"], value)


def test_that_fine_tuning_starts_from_the_layer_that_was_tested(
    world: World, tmp_path: Path
) -> None:
    # Steps so small that they leave all as it was.
    small = {"finetune__steps": 2, "finetune__warmup_steps": 0, "finetune__lr": 1e-12}
    how = {"finetune__head": "regularised-probe", "finetune__arms": ["base", "further"]}
    run = new_run(world, tmp_path / "run", pretrain__steps=2, distill__rounds=0, **small, **how)
    finished(run, world.cache)
    for arm in ("base", "further"):
        frozen = load_file(run.frozen / f"probe-{arm}" / "classifier.safetensors")
        (stage,) = (run.path / "stages").glob(f"*-finetune-{arm}-seed-0")
        tuned = load_file(stage / "classifier.safetensors")
        summary = json.loads((run.frozen / f"probe-{arm}" / "summary.json").read_text())
        # That one has a temperature in it, from cross-validation.
        temperature = summary["calibration"]["temperature"]
        for name in ("head.weight", "head.bias"):
            np.testing.assert_allclose(tuned[name], temperature * frozen[name], atol=1e-5)
