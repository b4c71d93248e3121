"""Files for helper processes leave nothing behind."""

import gc
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from gui.processes.scratch import ScratchFolder

_ENDS = """
from gui.processes.scratch import ScratchFolder
kept = ScratchFolder()
kept.again = kept
(kept.path / "pasted.png").write_bytes(b"what somebody has pasted")
print(kept.path)
"""


def test_that_a_folder_goes_with_its_owner() -> None:
    folder = ScratchFolder()
    path = folder.path
    (path / "request.json").write_text("{}")
    del folder
    gc.collect()
    assert not path.exists()


def test_that_a_folder_goes_with_its_process_though_something_holds_it() -> None:
    command = [sys.executable, "-c", _ENDS]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert not Path(done.stdout.strip()).exists()


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="a log-out on Windows closes windows")
def test_that_a_window_that_ends_at_log_out_leaves_none(tmp_path: Path) -> None:
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    environment = {**os.environ, "TMPDIR": str(temporary), "QT_QPA_PLATFORM": "offscreen"}
    with subprocess.Popen([sys.executable, "-m", "gui"], env=environment) as window:
        end = time.monotonic() + 60
        # Of the pages that are made behind the first one, once it listens.
        while len(list(temporary.glob("redistill-*"))) < 5 and time.monotonic() < end:
            time.sleep(0.05)
        window.send_signal(signal.SIGTERM)
        assert window.wait(30) == 0
    assert list(temporary.iterdir()) == []
