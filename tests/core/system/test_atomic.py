"""Files that are whole or not there."""

from pathlib import Path

import pytest

from core.system.atomic import write_text


def test_that_a_failure_names_what_was_to_be_written(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    for wrong in (tmp_path / "folder", tmp_path / "nowhere" / "table.csv"):
        with pytest.raises(OSError, match=r"\[Errno") as caught:
            write_text(wrong, "text")
        assert caught.value.filename == str(wrong)
        assert caught.value.filename2 is None
    assert [path.name for path in tmp_path.iterdir()] == ["folder"]
