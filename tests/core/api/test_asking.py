"""What was asked, as a recipe."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from core.api.adapting import adapt
from core.api.asking import new_run, paths_of, recipe_of
from core.errors import RunError
from core.recipe import Recipe


def asked(preset: str | None, file: Path | None = None, **settings: Any) -> Recipe:
    named = {name.replace("__", "."): value for name, value in settings.items()}
    return recipe_of(
        file,
        unlabeled=[],
        labeled=None,
        model=None,
        preset=preset,
        settings=named,
        report=lambda *_: None,
    )


@pytest.mark.parametrize(
    ("preset", "steps", "warmup"),
    # quick warms up for 30 of 300 steps, balanced for 250 of 2,500.
    [("quick", 20, 2), ("quick", 30, 3), ("quick", 31, 30), ("best", 100, 10), ("quick", 5, 0)],
)
def test_that_few_steps_shorten_a_warmup_that_would_not_end(
    preset: str, steps: int, warmup: int
) -> None:
    found = asked(preset, finetune__steps=steps).finetune
    assert (found.steps, found.warmup_steps) == (steps, warmup)
    # Sections are the same as names with dots.
    assert asked(preset, finetune={"steps": steps}).finetune == found


def test_that_a_warmup_that_is_asked_for_stays(tmp_path: Path) -> None:
    with pytest.raises(RunError, match="warmup_steps 30 must be below steps 20"):
        asked("quick", finetune__steps=20, finetune__warmup_steps=30)
    file = tmp_path / "recipe.toml"
    file.write_text("[pretrain]\nsteps = 1000\nwarmup_steps = 100\n")
    assert asked(None, file, pretrain__steps=50).pretrain.warmup_steps == 5
    assert asked(None, file, pretrain__steps=500).pretrain.warmup_steps == 100


def test_that_paths_are_of_the_callers_home_and_nothing_else_is_taken_for_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    home = [tmp_path / "photos", Path("more")]
    for given in (["~/photos", "more"], (Path(each) for each in ("~/photos", "more"))):
        assert paths_of(given, "unlabeled") == home
    assert paths_of("~/photos", "unlabeled") == home[:1]
    assert paths_of(None, "unlabeled") == []
    pixels = np.zeros((2, 2, 3), np.uint8)
    for wrong in (3, pixels, [pixels], Image.fromarray(pixels), b"bytes", ["photos", None]):
        with pytest.raises(TypeError, match=r"unlabeled takes a path \(str or pathlib.Path\), not"):
            paths_of(wrong, "unlabeled")  # type: ignore[arg-type]
    # They are iterated by their names, which are no paths.
    for table in ({"path": ["a.png"]}, pd.DataFrame({"path": ["a.png"]})):
        with pytest.raises(TypeError, match=r"unlabeled takes paths, not .*: give one of its"):
            paths_of(table, "unlabeled")
    assert paths_of(pd.Series(["more"]), "unlabeled") == home[1:]


def test_that_wrong_arguments_are_refused_by_name_before_a_folder_is_made(tmp_path: Path) -> None:
    out = tmp_path / "run"
    wrong: list[tuple[dict[str, Any], str]] = [
        ({"labeled": ["a", "b"]}, "labeled takes a path"),
        ({"labeled": "a", "settings": ["pretrain.steps=3"]}, "settings is a dict"),
        ({"labeled": "a", "settings": {3: 4}}, "settings have names"),
        ({"labeled": "a", "processes": 0}, "processes is 0; it is at least 1"),
        ({"labeled": "a", "recipe": 3}, "recipe takes a path"),
    ]
    for arguments, words in wrong:
        with pytest.raises((TypeError, ValueError), match=words):
            adapt(out=out, **arguments)
    assert not out.exists()
    # A path is as good as its name.
    corrections = asked(None, data__corrections=tmp_path / "suspects.csv").data.corrections
    assert corrections == str(tmp_path / "suspects.csv")


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"model.image_size": 57}, "starter cuts images into patches of 8 pixels: 57"),
        ({"pretrain.train": "last:99"}, "set it to last:6"),
        ({"pretrain.train": "lora:9999"}, "such as lora:8"),
        ({"race.minutes": 1.0, "race.train": ["all", "last:7"]}, "last:7 is more than there is"),
        ({"model.name": "starter-text", "data.kind": "text", "pretrain.train": "last:99"}, "last:"),
    ],
)
def test_that_what_a_known_model_lacks_is_refused_before_there_is_a_run(
    settings: dict[str, Any], words: str, tmp_path: Path
) -> None:
    recipe = asked("quick", data__unlabeled=[str(tmp_path)], **settings)
    out = tmp_path / "beside" / "run"
    with pytest.raises(RunError, match=words) as caught:
        new_run(recipe, out)
    assert caught.value.id == "settings-misfit"
    assert not out.parent.exists()


def test_that_a_part_that_is_not_trained_is_no_misfit(tmp_path: Path) -> None:
    none = asked("quick", data__unlabeled=["x"], pretrain__train="last:99", pretrain__steps=0,
                 distill__rounds=0)  # fmt: skip
    assert new_run(none, tmp_path / "run").recipe() is not None
