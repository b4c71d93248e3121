"""What the window remembers, and that nothing in its file can keep it from starting."""

from pathlib import Path

import pytest
from PySide6.QtCore import QByteArray

from gui.state.settings import Settings
from gui.theme import Look
from gui.theme.screen_text import text_size_on


def test_that_choices_are_remembered(tmp_path: Path, qapp: object) -> None:
    file = tmp_path / "window.ini"
    settings = Settings(file)
    settings.look = Look.HIGH_CONTRAST
    settings.runs_folder = tmp_path / "Läufe"
    settings.geometry = QByteArray(b"\x01\x02")
    settings.remember_run(tmp_path / "one")
    settings.remember_run(tmp_path / "two")
    settings.remember_run(tmp_path / "one")
    settings.set_flag("toured", True)
    settings.sync()
    again = Settings(file)
    assert again.look is Look.HIGH_CONTRAST
    assert again.runs_folder == tmp_path / "Läufe"
    assert again.geometry == QByteArray(b"\x01\x02")
    assert again.runs == [tmp_path / "one", tmp_path / "two"]
    assert again.flag("toured")
    again.forget_run(tmp_path / "one")
    assert again.runs == [tmp_path / "two"]


def test_that_a_large_screen_begins_with_text_that_can_be_read(
    tmp_path: Path, qapp: object
) -> None:
    settings = Settings(tmp_path / "window.ini")
    # 3840 x 2160 without scaling on 27 inches, on a television; scaled; of no known size; a laptop.
    kinds = [(2160, 163), (2160, 70), (1080, 82), (2160, 0), (1080, 157), (2160, 4000)]
    assert [text_size_on(*kind) for kind in kinds] == [150, 100, 100, 100, 100, 100]
    settings.usual_text_size = 150
    assert settings.text_size == 150
    settings.text_size = 100
    assert settings.text_size == 100


@pytest.mark.parametrize("content", [b"\x00\x01\x02\xff" * 50, b"no settings at all\nnothing"])
def test_that_a_damaged_file_is_set_aside(tmp_path: Path, qapp: object, content: bytes) -> None:
    file = tmp_path / "window.ini"
    file.write_bytes(content)
    settings = Settings(file)
    assert settings.look is Look.SYSTEM
    assert settings.set_aside is not None
    assert settings.set_aside.read_bytes() == content
    settings.look = Look.DARK
    settings.sync()
    assert Settings(file).look is Look.DARK


def test_that_values_that_make_no_sense_count_as_not_set(tmp_path: Path, qapp: object) -> None:
    file = tmp_path / "window.ini"
    file.write_text("[General]\nlook=purple\ngeometry=12\nruns_folder=\nruns=@Invalid()\n")
    settings = Settings(file)
    assert settings.set_aside is None
    assert settings.look is Look.SYSTEM
    assert settings.geometry.isEmpty()
    assert settings.runs == []
    assert settings.runs_folder.name == "Redistill"
