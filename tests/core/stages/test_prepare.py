"""From what was given to a run that can start: archives too, again after the cache was cleared."""

import shutil
from pathlib import Path

import pytest

from core.data.manifest_file import read_manifest
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
