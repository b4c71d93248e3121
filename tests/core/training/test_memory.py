"""What is left of a process after memory ran out."""

import pytest
import torch
from torch import nn

from core.training.memory import free_cached_memory, is_out_of_memory

_NO_CODE = RuntimeError("could not create a primitive")


def test_that_a_process_whose_onednn_ran_out_computes_the_same_without_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    torch.manual_seed(0)
    layer, images = nn.Conv2d(3, 8, 4, stride=4), torch.randn(2, 3, 16, 16)
    wanted = layer(images)
    assert is_out_of_memory(_NO_CODE)
    # Set back at the end of the test.
    monkeypatch.setattr(torch.backends.mkldnn, "enabled", True)
    free_cached_memory("[enforce fail] can't allocate memory")
    assert torch.backends.mkldnn.enabled
    free_cached_memory(str(_NO_CODE))
    assert not torch.backends.mkldnn.enabled
    torch.testing.assert_close(layer(images), wanted)
