"""Recipes on disk: they name the same folders wherever they are read."""

from pathlib import Path

import pytest

from core.api.asking import new_run, recipe_of
from core.recipe import Recipe
from core.run.folder import RunFolder
from core.run.whole_paths import with_whole_paths


def test_that_a_new_run_names_the_same_folders_wherever_it_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("USERPROFILE", str(tmp_path / "home"))
    (tmp_path / "my" / "model").mkdir(parents=True)
    asked = {
        "data": {
            "unlabeled": ["plain", "/elsewhere", "~/photos", "D:\\photos"],
            "labeled": "labeled",
            "corrections": "~/suspects.csv",
        },
        "model": {"name": "my/model"},
    }
    recipe = RunFolder.create(tmp_path / "run", Recipe.model_validate(asked)).recipe()
    plain, home = str(tmp_path / "plain"), tmp_path / "home"
    assert list(recipe.data.unlabeled) == [
        plain,
        "/elsewhere",
        str(home / "photos"),
        "D:\\photos",
    ]
    assert recipe.data.labeled == str(tmp_path / "labeled")
    assert recipe.data.corrections == str(home / "suspects.csv")
    assert recipe.model.name == str(tmp_path / "my" / "model")


def test_that_names_of_models_stay_what_they_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    # A folder of that name does not hide the bundled model when one is loaded either.
    (tmp_path / "starter").mkdir()
    for name in ("facebook/vit-mae-base", "starter", "random:starter", "timm/vit_tiny"):
        recipe = Recipe.model_validate({"model": {"name": name}})
        assert with_whole_paths(recipe).model.name == name


def test_that_the_home_folder_is_found_where_no_shell_names_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / "home"
    (home / "notes").mkdir(parents=True)
    for number in range(3):
        (home / "notes" / f"{number}.txt").write_text(f"A note, the {number}th of three.")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("USERPROFILE", str(home))
    recipe = recipe_of(
        None,
        unlabeled=[Path("~/notes")],
        labeled=None,
        model=None,
        preset="quick",
        settings={},
        report=lambda what, done, total: None,
    )
    # Found, and looked into: they are texts.
    assert recipe.data.kind == "text"
    assert list(recipe.data.unlabeled) == [str(home / "notes")]
    run = new_run(recipe, Path("~/run"))
    assert run.path == home / "run"
    assert RunFolder.open(Path("~/run")).path == run.path
    assert not (tmp_path / "~").exists()
