"""The recipe: strict, explained, the same when read again."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from core.errors import RunError
from core.recipe import (
    PRESETS,
    Recipe,
    dump_recipe,
    files,
    parse_recipe,
    preset_recipe,
    read_recipe,
    write_recipe,
)
from core.recipe.tree import RECIPE_FORMAT


def refusal(text: str) -> RunError:
    with pytest.raises(RunError) as caught:
        parse_recipe(text)
    return caught.value


@pytest.mark.parametrize("name", sorted(PRESETS))
def test_that_a_preset_is_the_same_when_read_again(name: str, tmp_path: Path) -> None:
    recipe = preset_recipe(name)
    assert parse_recipe(dump_recipe(recipe)) == recipe
    write_recipe(tmp_path / "recipe.toml", recipe)
    assert read_recipe(tmp_path / "recipe.toml") == recipe


# A busy machine draws slowly; that is no fault of the recipe.
@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    seed=st.integers(0, 2**31 - 1),
    folders=st.lists(st.text(st.characters(exclude_categories=["Cs"])), max_size=3),
    lr=st.floats(1e-12, 10),
    micro=st.none() | st.integers(1, 10_000),
)
def test_that_any_recipe_survives_its_file(
    seed: int, folders: list[str], lr: float, micro: int | None
) -> None:
    values: dict[str, Any] = {
        "seed": seed,
        "data": {"unlabeled": folders},
        "pretrain": {"lr": lr},
        "runtime": {"micro_batch_size": micro},
    }
    recipe = Recipe.model_validate(values)
    assert parse_recipe(dump_recipe(recipe)) == recipe


@pytest.mark.parametrize("kind", ["images", "text"])
@pytest.mark.parametrize("preset", ["quick", "balanced", "best"])
def test_that_short_presets_do_no_harm(preset: str, kind: str) -> None:
    recipe = preset_recipe(preset, kind)
    for section in (recipe.pretrain, recipe.distill):
        assert section.stop_early
        assert section.keep == "best"
    assert recipe.probe.every
    assert (recipe.pretrain.objective, recipe.pretrain.train) == ("auto", "auto")
    assert recipe.finetune.num_seeds == 3
    assert (recipe.distill.distance, recipe.distill.match) == ("smooth_l1", "auto")
    # As published: nothing of it.
    published = preset_recipe("paper", kind)
    for section in (published.pretrain, published.distill):
        assert not section.stop_early
        assert section.keep == "last"
    assert (published.distill.distance, published.distill.match) == ("squared", "class_token")


def test_that_defaults_are_the_papers() -> None:
    recipe = preset_recipe("paper")
    assert (recipe.pretrain.steps, recipe.distill.steps, recipe.finetune.steps) == (
        20_000,
        20_000,
        10_000,
    )
    assert (recipe.pretrain.lr, recipe.pretrain.batch_size) == (1.5e-4, 64)
    assert (recipe.distill.rounds, recipe.distill.weight, recipe.distill.match) == (
        1,
        1.0,
        "class_token",
    )
    assert not recipe.pretrain.flips
    assert not recipe.distill.random_resized_crops


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[pretrain]\nstep = 3", "pretrain.step: there is no such key; did you mean steps?"),
        ("[distil]\nrounds = 2", "distil: there is no such key; did you mean distill?"),
        ("[runtime]\nxyzzy = 1", "runtime.xyzzy: there is no such key"),
    ],
)
def test_that_a_mistyped_key_is_named_with_the_likely_one(text: str, words: str) -> None:
    error = refusal(text)
    assert error.id == "recipe-invalid"
    assert words in str(error)


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("[pretrain]\nlr = -1.0", "pretrain.lr"),
        ("[pretrain]\nlr = inf", "pretrain.lr"),
        ('[pretrain]\nsteps = "many"', "pretrain.steps"),
        ("[pretrain]\nsteps = true", "pretrain.steps"),
        ("[pretrain]\nbatch_size = 0", "pretrain.batch_size"),
        ("[pretrain]\nmask_ratio = 1.0", "pretrain.mask_ratio"),
        ("[pretrain]\nsteps = 5\nwarmup_steps = 5", "warmup_steps 5 must be below steps 5"),
        ("[finetune]\nsteps = 5", "warmup_steps 500 must be below steps 5"),
        ('[finetune]\narms = ["base", "base"]', "base"),
        ('[finetune]\narms = ["best"]', "finetune.arms"),
        ('[distill]\nmatch = "cls"', "distill.match"),
        ("[distill]\nsteps = 0", "distill.steps is 0"),
        ("[pretrain]\nsteps = 0", "pretrain.steps above 0"),
        ("[model]\ndecoder_dim = 30", "decoder_dim 30"),
        ('[runtime]\ndevice = "gpu"', "runtime.device"),
        (
            '[distill]\ntargets = "precomputed"\nrandom_resized_crops = true',
            "random_resized_crops",
        ),
        ("[pretrain]\nweight_decay = 1e9", "pretrain.weight_decay"),
        ("[pretrain]\nbatch_size = 1_000_000_000", "pretrain.batch_size"),
        ("[finetune]\nbatch_size = 99_999_999_999", "finetune.batch_size"),
        ("[model]\ndecoder_depth = 100_000", "model.decoder_depth"),
        ("[model]\ndecoder_dim = 1_000_000", "model.decoder_dim"),
        ("[objectives]\ncontrastive_dim = 1_000_000", "objectives.contrastive_dim"),
        ("[probe]\nneighbours = 99_999_999_999_999_999_999", "probe.neighbours"),
        ('[race]\ntrain = ["all", "first:2"]', "race.train: first:2 must be all"),
        ('[pretrain]\nobjective = "contrastive"\nbatch_size = 1', "batch_size to 2 or more"),
        ('[pretrain]\nobjective = "contrastive"\n[distill]\nbatch_size = 1', "2 or more"),
    ],
)
def test_that_an_impossible_value_is_refused_by_name(text: str, named: str) -> None:
    error = refusal(text)
    assert error.id == "recipe-invalid"
    assert named in str(error)


def test_that_all_problems_are_named_at_once() -> None:
    error = refusal('[pretrain]\nlr = 0.0\nstep = 1\n[runtime]\nprecision = "half"')
    for named in ("pretrain.lr", "pretrain.step", "runtime.precision"):
        assert named in str(error)


def test_that_a_newer_format_is_refused_as_one() -> None:
    error = refusal(f"format = {RECIPE_FORMAT + 1}\n[unheard_of]\nx = 1")
    assert error.id == "recipe-newer"
    assert "Update" in error.action


def test_that_version_0_1_0_refuses_what_this_one_writes_in_words(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    written = dump_recipe(Recipe())
    assert f"format = {RECIPE_FORMAT}\n" in written
    # All that it looked at before any key.
    monkeypatch.setattr(files, "RECIPE_FORMAT", 1)
    error = refusal(written)
    assert error.id == "recipe-newer"
    assert f"has format {RECIPE_FORMAT}; this version of Redistill reads up to 1" in error.what


def test_that_an_older_recipe_is_read_and_written_as_one_of_today() -> None:
    old = parse_recipe("format = 1\n[pretrain]\nsteps = 7")
    assert old == parse_recipe("[pretrain]\nsteps = 7")
    assert dump_recipe(old).startswith(f"format = {RECIPE_FORMAT}\n")
    with pytest.raises(ValidationError, match=f"reads up to {RECIPE_FORMAT}"):
        Recipe(format=RECIPE_FORMAT + 1)


def test_that_no_toml_is_unreadable() -> None:
    assert refusal("steps == 3").id == "recipe-unreadable"


@pytest.mark.parametrize("content", [None, b"\xff\xfe\x00"])
def test_that_a_missing_or_binary_file_is_unreadable(tmp_path: Path, content: bytes | None) -> None:
    file = tmp_path / "recipe.toml"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(RunError) as caught:
        read_recipe(file)
    assert caught.value.id == "recipe-unreadable"
    assert str(file) in str(caught.value)


def test_that_a_byte_order_mark_is_passed_over(tmp_path: Path) -> None:
    file = tmp_path / "recipe.toml"
    file.write_bytes(b"\xef\xbb\xbfseed = 5\n")
    assert read_recipe(file).seed == 5


@pytest.mark.parametrize(
    ("part", "words"),
    [
        ("lora:0", "needs at least rank 1"),
        ("last:0", "needs at least one block"),
        ("half", "must be all, auto, last:N"),
        ("last:-1", "must be all, auto, last:N"),
    ],
)
def test_that_a_part_to_train_that_is_none_is_refused_in_words(part: str, words: str) -> None:
    error = refusal(f'[pretrain]\ntrain = "{part}"')
    assert "pretrain.train" in str(error)
    assert words in str(error)
