"""Finished runs on texts of one file with labels of any kind; only to be read."""

from collections.abc import Callable
from pathlib import Path

from core.run.folder import RunFolder
from tests.helpers.once import once
from tests.helpers.trainers import finished
from tests.helpers.worlds import World, new_run


def text_run(
    world: World, name: str, write: Callable[[Path], Path], **changes: object
) -> RunFolder:
    """A short run of two arms with a validation part.

    Args:
        world: Of texts.
        name: Of what is made once.
        write: Writes the texts into a folder that it makes; returns it.
        **changes: Of the recipe.
    """

    def make(folder: Path) -> Path:
        data = str(write(folder / "data"))
        named = {"kind": "text", "unlabeled": [data], "labeled": data, "val_fraction": 0.3}
        settings = {"distill__rounds": 0, "pretrain__steps": 2, **changes}
        arms = {"finetune__arms": ["base", "further"]}
        run = new_run(world, folder / "run", data=named, **arms, **settings)
        return finished(run, world.cache).path

    return RunFolder(once(name, make))
