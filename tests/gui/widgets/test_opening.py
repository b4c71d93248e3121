"""What the desktop does not open is said."""

from pathlib import Path

import pytest
from PySide6.QtGui import QDesktopServices

from gui.frame.window import MainWindow
from gui.pages.train.page import TrainPage
from gui.widgets.opening import open_outside


def test_that_a_desktop_that_opens_nothing_is_said_with_the_way_there(
    window: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda _: False)
    page = window.page("train")
    assert isinstance(page, TrainPage)
    assert not open_outside(page.log, tmp_path)
    (told,) = window.notices.texts()
    assert told.startswith("No program of this desktop opens folders.")
    assert str(tmp_path) in told
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda _: True)
    window.notices.clear()
    assert open_outside(page.log, tmp_path)
    assert not window.notices.texts()
