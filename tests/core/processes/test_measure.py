"""What a recipe costs on this machine, measured by a real tiny run."""

import io
import json
from pathlib import Path

import pytest

from core.processes.measure import measure
from core.system.json_lines import MessageWriter
from core.system.stopping import Stopped
from tests.helpers.worlds import World, tiny_recipe


class Listener(io.StringIO):
    """Hears a helper's messages; with a number of steps, wants no more after them."""

    def __init__(self, most: int | None = None) -> None:
        super().__init__()
        self._most = most

    def write(self, line: str) -> int:
        heard = super().write(line)
        if self._most is not None and json.loads(line)["done"] >= self._most:
            raise OSError("nobody listens")
        return heard


# Images are measured in the window's story (tests/gui/test_story.py).
@pytest.mark.parametrize("world", ["text"], indirect=True)
def test_that_every_kind_of_stage_is_measured_and_nothing_stays(
    world: World, tmp_path: Path
) -> None:
    found = measure(tiny_recipe(world), MessageWriter(Listener()), tmp_path)
    assert found.masked_step_s > 0
    assert found.distill_step_s > 0
    assert found.finetune_image_s > 0
    assert set(found.memory_gib) >= {"further-pretrain", "self-distill", "finetune"}
    assert list(tmp_path.iterdir()) == []


def test_that_it_ends_at_the_next_step_when_nobody_wants_to_know(
    world: World, tmp_path: Path
) -> None:
    listener = Listener(most=3)
    with pytest.raises(Stopped):
        measure(tiny_recipe(world), MessageWriter(listener), tmp_path)
    last = json.loads(listener.getvalue().splitlines()[-1])
    assert (last["kind"], last["done"]) == ("progress", 3)
    assert list(tmp_path.iterdir()) == []
