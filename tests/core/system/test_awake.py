"""The computer stays awake while a trainer works, and no longer."""

import logging
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from core.system.awake import awake
from tests.helpers.trainers import ROOT, Trainer
from tests.helpers.worlds import World, new_run

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="systemd-inhibit is Linux's")
EXPECTED = ["--what=sleep:idle", "--mode=block", "--who=Redistill", "--why=Training my run", "cat"]
FAKE = """#!/bin/sh
for argument; do printf '%s\\n' "$argument"; done > "{log}.new"
echo $$ > "{log}.pid"
mv "{log}.new" "{log}"
while [ "$1" != "${{1#--}}" ]; do shift; done
exec "$@"
"""
HOLDS = """
import sys, time
from core.system.awake import awake
with awake("Training my run"):
    print("held", flush=True)
    time.sleep(60)
"""


@pytest.fixture
def log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """What a false `systemd-inhibit` was called with; its process is in `log.pid`."""
    file = tmp_path / "log"
    tool = tmp_path / "bin" / "systemd-inhibit"
    tool.parent.mkdir()
    tool.write_text(FAKE.format(log=file))
    tool.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tool.parent}{os.pathsep}{os.environ['PATH']}")
    return file


def wait_until(happened: Callable[[], bool]) -> None:
    end = time.monotonic() + 20
    while not happened():
        assert time.monotonic() < end, "it never happened"
        time.sleep(0.01)


def pid_of(log: Path) -> int:
    wait_until(log.exists)
    return int(log.with_name("log.pid").read_text())


def is_there(pid: int) -> bool:
    # Who lost its parent may stay a zombie where nobody reaps.
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def test_that_the_system_is_asked_and_then_released(log: Path) -> None:
    with awake("Training my run"):
        pid = pid_of(log)
        assert log.read_text().splitlines() == EXPECTED
        assert is_there(pid)
    assert not is_there(pid)


def test_that_an_error_releases_it_too(log: Path) -> None:
    def fails() -> None:
        with awake("Training my run"):
            pid_of(log)
            raise ValueError("in the block")

    with pytest.raises(ValueError, match="in the block"):
        fails()
    assert not is_there(pid_of(log))


def test_that_kill_9_releases_it(log: Path) -> None:
    process = subprocess.Popen([sys.executable, "-c", HOLDS], cwd=ROOT, stdout=subprocess.PIPE)
    assert process.stdout is not None
    with process:
        assert process.stdout.readline() == b"held\n"
        pid = pid_of(log)
        assert is_there(pid)
        process.send_signal(signal.SIGKILL)
    wait_until(lambda: not is_there(pid))


def test_that_ctrl_c_in_a_terminal_does_not_release_it(log: Path) -> None:
    with awake("Training my run"):
        assert os.getsid(pid_of(log)) != os.getsid(0)


def test_that_a_missing_tool_is_logged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with caplog.at_level(logging.INFO, "redistill.awake"), awake("Training"):
        pass
    assert "no systemd-inhibit here" in caplog.text


@pytest.mark.parametrize("text", ["#!/bin/sh\nexit 1\n", "not a program"])
def test_that_a_refusal_is_logged(log: Path, text: str, caplog: pytest.LogCaptureFixture) -> None:
    (log.parent / "bin" / "systemd-inhibit").write_text(text)
    with caplog.at_level(logging.INFO, "redistill.awake"), awake("Training"):
        time.sleep(0.3)
    assert "computer" in caplog.text


@pytest.mark.slow
def test_that_a_trainer_keeps_the_computer_awake(log: Path, world: World, tmp_path: Path) -> None:
    run = new_run(world, tmp_path / "my run", pretrain__steps=1, distill__steps=1)
    trainer = Trainer(run, world.cache, environment={"PATH": os.environ["PATH"]})
    assert trainer.wait() == 0, trainer.said()
    assert log.read_text().splitlines() == EXPECTED
    assert not is_there(pid_of(log))
