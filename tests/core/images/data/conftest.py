"""Folders of images."""

from pathlib import Path

import pytest

from tests.core.images.data.pictures import put

SHARED = Path(__file__).resolve().parents[5] / "shared" / "data"


@pytest.fixture
def class_folders(tmp_path: Path) -> Path:
    """Two classes of ten different pictures each."""
    for label in range(2):
        for index in range(10):
            put(tmp_path / "set" / f"class {label}" / f"{index}.png", seed=100 * label + index)
    return tmp_path / "set"


@pytest.fixture
def sign_digits() -> Path:
    """A real labeled set, where this machine has it."""
    folder = SHARED / "sign-digits"
    if not folder.is_dir():
        pytest.skip("the shared data sets are not on this machine")
    return folder
