"""Pushing from the window: by keyboard, to a hub that this test plays, the token kept nowhere."""

import json
from pathlib import Path

import pytest
from PySide6.QtCore import QSettings, Qt
from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot

from gui.pages.export.push import PushPanel
from tests.core.hub.small_hub import SmallHub

_LONG_MS = 90_000
TOKEN = "hf_secret-of-the-user"


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    with SmallHub() as hub:
        hub.owners[TOKEN] = "me"
        for name in ("HF_TOKEN", "HF_HUB_OFFLINE"):
            monkeypatch.delenv(name, raising=False)
        monkeypatch.setenv("HF_ENDPOINT", hub.address)
        monkeypatch.setenv("HF_HOME", str(tmp_path / "home"))
        monkeypatch.setenv("HF_HUB_DISABLE_XET", "1")
        yield hub


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A finished export, as far as a push looks at it."""
    folder = tmp_path / "timm"
    folder.mkdir()
    (folder / "model.safetensors").write_bytes(b"weights" * 100)
    (folder / "README.md").write_text("---\nlicense: mit\n---\n# A model\n")
    noted = {"made_by": "redistill", "format": "timm", "files": ["README.md", "model.safetensors"]}
    (folder / "parity.json").write_text(json.dumps(noted))
    return folder


@pytest.fixture
def panel(qtbot: QtBot, hub: SmallHub):
    made = PushPanel()
    qtbot.addWidget(made)
    made.show()
    yield made
    made.shut_down()


def test_that_an_export_is_pushed_by_keyboard_and_the_token_forgotten(
    qtbot: QtBot, hub: SmallHub, panel: PushPanel, folder: Path
) -> None:
    panel.show_exports({"timm": folder})
    assert panel.token.echoMode() is QLineEdit.EchoMode.Password
    qtbot.keyClicks(panel.repo, "me/fitted")
    qtbot.keyClick(panel.private, Qt.Key.Key_Space)
    qtbot.keyClicks(panel.token, TOKEN)
    with qtbot.waitSignal(panel.pushed, timeout=_LONG_MS) as pushed:
        qtbot.keyClick(panel.token, Qt.Key.Key_Return)
        assert panel.is_busy
        assert panel.token.text() == ""
    assert pushed.args == [f"{hub.address}/me/fitted"]
    assert ("me/fitted", "main", "parity.json") in hub.files
    assert hub.private == {"me/fitted"}
    settings = QSettings()
    assert not any(TOKEN in str(settings.value(key)) for key in settings.allKeys())


def test_that_nothing_is_pushed_without_export_or_name(
    panel: PushPanel, folder: Path, hub: SmallHub
) -> None:
    assert not panel.start.isEnabled()
    assert "no export" in panel.start.accessibleDescription()
    panel.show_exports({"timm": folder})
    assert "no name" in panel.start.accessibleDescription()
    panel.repo.setText("me/fitted")
    assert panel.start.isEnabled()
    assert hub.asked == []


def test_that_a_refused_token_is_said(
    qtbot: QtBot, panel: PushPanel, folder: Path, hub: SmallHub
) -> None:
    panel.show_exports({"timm": folder})
    panel.repo.setText("me/fitted")
    panel.token.setText("hf_wrong")
    with qtbot.waitSignal(panel.failed, timeout=_LONG_MS) as failed:
        panel.start.click()
    assert "does not know the token" in str(failed.args)
    assert not hub.files


@pytest.mark.slow
def test_that_a_push_can_be_cancelled(
    qtbot: QtBot, panel: PushPanel, folder: Path, hub: SmallHub
) -> None:
    hub.go.clear()
    panel.show_exports({"timm": folder})
    panel.repo.setText("me/fitted")
    panel.token.setText(TOKEN)
    panel.start.click()
    qtbot.waitUntil(lambda: any("batch" in path for path in hub.asked), timeout=_LONG_MS)
    panel.cancel.click()
    qtbot.waitUntil(lambda: not panel.is_busy, timeout=_LONG_MS)
    hub.go.set()
    assert panel.start.isEnabled()
    assert not hub.files
