import pytest
import torch

from tests.core.models.tiny_models import build_vit_mae


@pytest.fixture(autouse=True)
def one_thread():
    """Tiny models gain nothing from threads, and lose much on a busy machine."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture
def vit_mae():
    return build_vit_mae()
