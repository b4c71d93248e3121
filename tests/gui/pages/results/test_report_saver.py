"""The report is saved from the results page, without holding up the window."""

from pathlib import Path

import pytest
from PySide6.QtGui import QDesktopServices
from pytestqt.qtbot import QtBot

from core.run.folder import RunFolder
from gui.pages.results import report_saver


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    files: list[str] = []
    monkeypatch.setattr(
        QDesktopServices, "openUrl", lambda url: files.append(url.toLocalFile()) or True
    )
    return files


def test_that_the_report_is_saved_and_shown(
    opened, undisturbed: RunFolder, qtbot: QtBot, tmp_path: Path, shown, monkeypatch
) -> None:
    page = opened(undisturbed)
    monkeypatch.setattr(report_saver, "choose_new_file", lambda *args: tmp_path / "mine")
    with qtbot.waitSignal(page.notice, timeout=60_000) as told:
        page.report.button.click()
        assert page.report.is_busy
        assert not page.report.button.isEnabled()
    assert told.args[0] == "ok"
    file = tmp_path / "mine.html"
    assert page.outcome.verdict.split(":")[0] in file.read_text(encoding="utf-8")
    assert [Path(each) for each in shown] == [file]
    qtbot.waitUntil(page.report.button.isEnabled)


def test_that_a_place_that_can_not_be_written_is_said(
    opened, undisturbed: RunFolder, qtbot: QtBot, tmp_path: Path, shown, monkeypatch
) -> None:
    page = opened(undisturbed)
    nowhere = tmp_path / "nowhere" / "report.html"
    monkeypatch.setattr(report_saver, "choose_new_file", lambda *args: nowhere)
    with qtbot.waitSignal(page.notice, timeout=60_000) as told:
        page.report.button.click()
    tone, what, action = told.args
    assert tone == "bad"
    assert str(nowhere) in what
    assert action
    assert shown == []
    qtbot.waitUntil(page.report.button.isEnabled)
