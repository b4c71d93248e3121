"""From what was given to a run that can start: archives too, again after the cache was cleared."""

import shutil
from pathlib import Path

import pytest

from core.data.manifest_file import read_manifest
from core.errors import RunError
from core.images.model.mae import MaskedAutoencoder
from core.images.model.resize import resized
from core.images.model.store import open_model, save_model
from core.run.events import Event
from core.system.cache_folder import cache_folder
from core.training.context import Adjustments, RunContext
from core.training.device import set_up_hardware
from tests.helpers.faces import prepare
from tests.helpers.worlds import World, new_run, tiny_recipe


def test_that_a_run_on_an_archive_opens_it_again(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("REDISTILL_CACHE", str(tmp_path / "cache"))
    packed = shutil.make_archive(str(tmp_path / "labeled"), "zip", world.labeled)
    changes = {"data__labeled": packed, "data__unlabeled": []}
    recipe = tiny_recipe(world, **changes)
    run = new_run(world, tmp_path / "run", **changes)
    assert run.recipe().data.labeled == packed
    for attempt in ("fresh", "resumed, with the cache cleared"):
        events: list[Event] = []
        context = RunContext(events.append, Adjustments.load(run.path / "adjustments.json"))
        setup = prepare(run, recipe, set_up_hardware(recipe.runtime), context)
        assert len(setup.manifest.labeled) == 36, attempt
        assert len(setup.train) == 24, attempt
        root = Path(read_manifest(run.manifest_file).roots[0])
        assert root.is_relative_to(cache_folder()), attempt
        assert root.is_dir(), attempt
        shutil.rmtree(cache_folder())
        for store in run.path.glob("*.u8"):
            store.unlink()


@pytest.mark.parametrize(("asked", "taken"), [(None, 64), (128, 128), (32, 32)])
def test_that_a_model_is_fitted_to_small_images_where_the_size_is_open(
    image_world: World, tmp_path: Path, asked: int | None, taken: int
) -> None:
    model = tmp_path / "large"
    model.mkdir()
    save_model(model, resized(open_model(image_world.model), 128))
    changes = {
        "model__name": str(model),
        "model__fit_image_size": True,
        "model__image_size": asked,
    }
    recipe = tiny_recipe(image_world, **changes)
    run = new_run(image_world, tmp_path / "run", **changes)
    said: list[str] = []
    for _ in ("fresh", "resumed"):
        events: list[Event] = []
        context = RunContext(events.append, Adjustments.load(run.path / "adjustments.json"))
        setup = prepare(run, recipe, set_up_hardware(recipe.runtime), context)
        assert open_model(run.model).preprocessing.image_size == (taken, taken)
        assert setup.modality.example_size(open_model(run.model)).num_bytes == 3 * taken**2
        said += [each.text for each in events if getattr(each, "id", "") == "model-fitted"]
    if asked is None:
        (words,) = said
        assert "about 32 px" in words
        assert "at 64 px instead" in words
        assert "Set model.image_size to decide otherwise." in words
    else:
        assert not said


def test_that_a_kill_while_a_model_is_fitted_leaves_none(
    image_world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Half of one size and half of another would be a model that nobody asked for."""
    model = tmp_path / "large"
    model.mkdir()
    save_model(model, resized(open_model(image_world.model), 128))
    changes = {"model__name": str(model), "model__fit_image_size": True}
    recipe = tiny_recipe(image_world, **changes)
    run = new_run(image_world, tmp_path / "run", **changes)
    context = RunContext(lambda _: None, Adjustments.load(run.path / "adjustments.json"))
    saved: list[Path] = []

    def dies_the_second_time(folder: Path, made: MaskedAutoencoder) -> None:
        if saved:
            raise KeyboardInterrupt
        saved.append(folder)
        save_model(folder, made)

    with monkeypatch.context() as patched:
        patched.setattr("core.images.modality.save_model", dies_the_second_time)
        with pytest.raises(KeyboardInterrupt):
            prepare(run, recipe, set_up_hardware(recipe.runtime), context)
    assert not (run.model / "source.json").exists()
    prepare(run, recipe, set_up_hardware(recipe.runtime), context)
    assert open_model(run.model).preprocessing.image_size == (64, 64)


def test_that_a_table_without_labels_is_refused_before_anything_trains(
    text_world: World, tmp_path: Path
) -> None:
    """Hours of pre-training, and then no classifier: whoever gave labels waits for one."""
    table = tmp_path / "notes.csv"
    lines = [f"a text with number {number},nothing {number}" for number in range(20)]
    table.write_text("\n".join(["text,note", *lines]))
    data = {"kind": "text", "labeled": str(table)}
    recipe = tiny_recipe(text_world, data=data)
    run = new_run(text_world, tmp_path / "run", data=data)
    context = RunContext(lambda _: None, Adjustments.load(run.path / "adjustments.json"))
    with pytest.raises(RunError, match="says which label a text has") as refused:
        prepare(run, recipe, set_up_hardware(recipe.runtime), context)
    assert refused.value.id == "no-labels-found"
    assert "data.label_column" in refused.value.action
    # Nothing is left that a corrected column would be passed over for.
    assert not run.manifest_file.exists()
