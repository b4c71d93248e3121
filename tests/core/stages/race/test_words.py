"""What a race says of its end."""

import numpy as np
import pytest

from core.stages.race.finals import Final
from core.stages.race.words import of_end


@pytest.mark.parametrize(("further", "is_said"), [(1.9, False), (2.1, True)])
def test_that_a_winner_that_is_no_better_than_the_base_model_is_said_to_be(
    further: float, is_said: bool
) -> None:
    losses = {"frozen": np.full(9, 3.0), "base": np.full(9, 2.0), "further": np.full(9, further)}
    final = Final(losses, dict.fromkeys(losses, 0.5), {}, None, 9, "the validation part")
    words = of_end("further", "usual", 5, "50 labeled images", final)
    assert words.startswith("Chosen among 5 ways")
    assert ("no better there than the base model" in words) is is_said
