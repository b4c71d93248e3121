"""What the window remembers, and that nothing in its file can keep it from starting."""

from pathlib import Path

import pytest
from PySide6.QtCore import QByteArray

from gui.state.settings import Settings
from gui.theme import Look


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
