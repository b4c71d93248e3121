"""The window has a warm server, and its helpers come from it."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from core.system import process_names
from core.system.warm import VARIABLE
from gui.processes.json_process import JsonProcess
from gui.processes.warm import WarmProcesses

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="needs fork")

WAIT_MS = 120_000


@pytest.fixture
def processes(qtbot: QtBot) -> Iterator[JsonProcess]:
    """A starter of processes, beside a server that is ready."""
    before = os.environ.pop(VARIABLE, None)
    made = JsonProcess()
    warm = WarmProcesses(made, process_names.HISTORY, after_ms=0)
    qtbot.waitUntil(lambda: warm._server is not None and warm._server.is_ready(), timeout=WAIT_MS)
    yield made
    made.abandon()
    warm.stop()
    assert VARIABLE not in os.environ
    if before is not None:
        os.environ[VARIABLE] = before


def test_that_helpers_answer_stop_and_are_dropped(
    processes: JsonProcess, qtbot: QtBot, tmp_path: Path
) -> None:
    with qtbot.waitSignal(processes.done, timeout=WAIT_MS) as answered:
        processes.start("core.processes.sample", str(tmp_path / "run"))
        assert "core.system.warm_client" in processes._process.arguments()
    assert answered.args[0]["run"] == str(tmp_path / "run")
    with qtbot.waitSignal(processes.failed, timeout=WAIT_MS) as refused:
        processes.start(process_names.HISTORY, str(tmp_path), str(tmp_path / "no" / "h.npz"))
    assert refused.args[0] == "file-not-writable"
    # It waits for a token, and gets the end of its input.
    with qtbot.waitSignal(processes.ended, timeout=WAIT_MS), qtbot.assertNotEmitted(processes.done):
        processes.start("core.processes.push", "/no/folder", "me/model")
        processes.stop()
    with qtbot.assertNotEmitted(processes.ended):
        processes.start("core.processes.push", "/no/folder", "me/model")
        processes.abandon()
    assert not processes.is_busy
