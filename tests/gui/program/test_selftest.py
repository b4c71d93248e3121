"""What the selftest asks for; the packaged application goes through all of it."""

from pathlib import Path

from core.demo.demo import demo_recipe
from gui.program.selftest import shortened


def test_that_the_sample_can_be_trained_in_a_few_steps() -> None:
    found = shortened(demo_recipe(Path("digits")))
    assert [found.pretrain.steps, found.distill.steps, found.finetune.steps] == [12, 4, 4]
    assert found.model == demo_recipe(Path("digits")).model
