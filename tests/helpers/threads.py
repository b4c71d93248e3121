"""Threads for tests of tiny models."""

import pytest


@pytest.fixture(autouse=True)
def one_thread():
    """Tiny models gain nothing from threads, and lose much on a busy machine."""
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)
