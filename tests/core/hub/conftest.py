import pytest

from tests.core.images.model.tiny_models import build_vit_mae
from tests.helpers.threads import one_thread

__all__ = ["one_thread"]


@pytest.fixture
def vit_mae():
    return build_vit_mae()
