"""The arithmetic of a step, against known numbers for ViT-B/16 at 224 px."""

import pytest

from tests.benchmarks.flops import model_flops
from tests.benchmarks.throughput import asked


@pytest.mark.parametrize(("stage", "giga"), [("further", 58), ("distill", 162), ("finetune", 105)])
def test_that_operations_per_image_are_those_of_the_method(stage: str, giga: int) -> None:
    settings = asked(["--preset", "vit-b-224", "--stage", stage])
    assert model_flops(settings) / 1e9 == pytest.approx(giga, rel=0.03)
