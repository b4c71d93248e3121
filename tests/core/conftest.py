"""What the tests of the core share: a cache of their own, and a run that exports are made of."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from core.run.folder import RunFolder
from tests.helpers.once import once
from tests.helpers.trainers import finished
from tests.helpers.worlds import World, new_run

if TYPE_CHECKING:
    from core.export.export import Exported

Export = Callable[..., "Exported"]


@pytest.fixture(autouse=True)
def cache(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache folder of this test alone."""
    folder = tmp_path_factory.mktemp("cache")
    monkeypatch.setenv("REDISTILL_CACHE", str(folder))
    return folder


@pytest.fixture(scope="session")
def run(world: World) -> RunFolder:
    """A tiny finished run with every arm."""
    steps = {f"{stage}__steps": 2 for stage in ("pretrain", "distill")}

    def make(folder: Path) -> Path:
        made = new_run(world, folder / "run", **steps, finetune__lr=1e-2)
        return finished(made, world.cache).path

    return RunFolder(once(f"exported-{world.kind}", make))


@pytest.fixture(scope="session")
def exported(run: RunFolder, tmp_path_factory: pytest.TempPathFactory) -> Export:
    """Makes each export once, and hands it out from then on."""
    from core.export.export import Exported
    from tests.helpers.faces import export

    made: dict[tuple[str, str | None], Exported] = {}

    def export_once(format_name: str, precision: str | None = None) -> Exported:
        if (format_name, precision) not in made:
            out = tmp_path_factory.mktemp("exports") / "out"
            made[format_name, precision] = export(run, format_name, out=out, precision=precision)
        return made[format_name, precision]

    return export_once


@pytest.fixture(scope="session")
def pictures(world: World) -> list[Path]:
    """Some of the run's test images."""
    return sorted(world.labeled.glob("test/*/*.png"))[::3]
