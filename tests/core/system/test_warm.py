"""A process from the warm server is like a new one, and without the server there is a new one."""

import json
import os
import signal
import socket
import struct
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

from core.processes.warm import LOADED
from core.system import process_names
from core.system.own_process import child_environment, module_command, plain_command
from core.system.warm import VARIABLE, bound, may_be_warm
from core.system.warm_server import WarmServer

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="needs fork")

PATIENCE_S = 120
CHECK = "core.processes.check_model"
STARTER = json.dumps({"name": "starter", "offline": True, "kind": "images"})


def until(happened: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE_S
    while not happened():
        assert time.monotonic() < end
        time.sleep(0.01)


def start(command: list[str], **changes: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        command,
        env=child_environment() | changes,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def forks(server: WarmServer) -> list[psutil.Process]:
    assert server._process is not None
    return psutil.Process(server._process.pid).children()


def ended(command: list[str], **changes: str) -> tuple[int, str, str]:
    """Exit code, output and errors; its input stays open, because helpers stop when it ends."""
    with start(command, **changes) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        out, err = process.stdout.read(), process.stderr.read()
    return process.returncode, out, err


@pytest.fixture(scope="module")
def server() -> Iterator[WarmServer]:
    """A server of this module's own."""
    with another_server() as made:
        yield made


@contextmanager
def waiting(server: WarmServer) -> Iterator[subprocess.Popen[str]]:
    """A process that waits for its input."""
    with start(module_command("core.processes.push", "/no/folder", "me/model")) as process:
        until(lambda: len(forks(server)) == 1)
        # Told that it has begun, the process leaves its streams to the fork.
        until(lambda: Path(f"/proc/{process.pid}/fd/0").readlink() == Path(os.devnull))
        yield process


@contextmanager
def another_server() -> Iterator[WarmServer]:
    """A server that loads little, to be used badly."""
    before = os.environ.pop(VARIABLE, None)
    made = WarmServer(process_names.HISTORY)
    made.start()
    until(lambda: made.is_ready() or made.has_ended())
    assert made.is_ready()
    try:
        yield made
    finally:
        made.stop()
        if before is not None:
            os.environ[VARIABLE] = before


@pytest.mark.usefixtures("warm")
def test_that_answers_are_those_of_a_new_process() -> None:
    assert "core.system.warm_client" in module_command(CHECK, STARTER)
    warm = ended(module_command(CHECK, STARTER))
    assert warm == ended(plain_command(CHECK, STARTER))
    assert warm[0] == 0


@pytest.mark.usefixtures("warm")
def test_that_loaded_libraries_left_no_thread_that_a_fork_would_miss() -> None:
    """Those there are have handlers of their own for forks: jemalloc's and OpenBLAS's."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as client:
        client.connect(os.environ[VARIABLE])
        told = client.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i"))
    tasks = Path(f"/proc/{struct.unpack('3i', told)[0]}/task")
    names = {(task / "comm").read_text().strip() for task in tasks.iterdir()}
    assert names <= {"python", Path(sys.executable).resolve().name, "jemalloc_bg_thd"}
    assert not [name for name in LOADED if "onnxruntime" in name]


@pytest.mark.slow
def test_that_exit_codes_and_what_is_wrong_come_through(server: WarmServer, tmp_path: Path) -> None:
    for module, *arguments in (
        ("core.processes.export", "--no-such"),
        ("core.processes.export", str(tmp_path), "--format", "timm"),
        (process_names.HISTORY,),
        ("core.processes.sample",),
        ("core.cli.main", "status", str(tmp_path)),
    ):
        warm = ended(module_command(module, *arguments))
        plain = ended(plain_command(module, *arguments))
        assert warm[:2] == plain[:2], module
        assert warm[2].splitlines()[-1:] == plain[2].splitlines()[-1:], module
        assert warm[0] != 0


def test_that_input_and_its_end_arrive(server: WarmServer) -> None:
    with waiting(server) as process:
        out, _ = process.communicate(timeout=PATIENCE_S)
    # Without a token and a folder it fails, unless it sees first that its input has ended.
    ends = {"stopped": 1, "failed": 2}
    assert process.returncode == ends[json.loads(out.splitlines()[-1])["kind"]]
    until(lambda: not forks(server))


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL])
def test_that_signals_end_it(server: WarmServer, number: int) -> None:
    with waiting(server) as process:
        (fork,) = forks(server)
        process.send_signal(number)
        assert process.wait(PATIENCE_S) == -number
        until(lambda: not fork.is_running())


def test_that_a_killed_process_is_told_as_killed(server: WarmServer) -> None:
    with waiting(server) as process:
        forks(server)[0].kill()
        assert process.wait(PATIENCE_S) == -signal.SIGKILL


@pytest.mark.parametrize("name", ["HF_HUB_OFFLINE", "OMP_NUM_THREADS", "HOME", "LC_ALL"])
def test_that_another_environment_gets_a_new_process(server: WarmServer, name: str) -> None:
    # The client becomes it: nothing is forked.
    with start(module_command("core.processes.push", "x", "y/z"), **{name: "1"}) as process:
        until(lambda: "core.processes.push" in psutil.Process(process.pid).cmdline()[2:3])
        assert not forks(server)
        process.kill()


def test_that_only_our_own_modules_run(server: WarmServer) -> None:
    for module in ("core.processes.trainer", "core.processes.finetune_worker", "http.server"):
        assert not may_be_warm(module)
        assert module_command(module)[2] == module


def test_that_an_open_folder_is_not_trusted(
    server: WarmServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "open").mkdir(mode=0o755)
    (tmp_path / "open" / "socket").symlink_to(os.environ[VARIABLE])
    monkeypatch.setenv(VARIABLE, str(tmp_path / "open" / "socket"))
    assert module_command(CHECK)[2] == CHECK


def test_that_nothing_is_lost_when_the_starter_is_gone() -> None:
    """What was forked goes on to its end; then the server and its folder are gone."""
    with another_server() as own:
        folder = Path(os.environ[VARIABLE]).parent
        assert own._process is not None
        assert own._process.stdin is not None
        with waiting(own) as process:
            own._process.stdin.close()  # as the system does when the starter was killed
            until(lambda: not folder.exists())
            assert module_command(CHECK)[2] == CHECK
            out, _ = process.communicate(timeout=PATIENCE_S)
        assert json.loads(out.splitlines()[-1])["kind"] in {"stopped", "failed"}
        assert own._process.wait(PATIENCE_S) == 0


@pytest.mark.slow
def test_that_a_dead_server_is_no_error(tmp_path: Path) -> None:
    with another_server() as own:
        assert own._process is not None
        with waiting(own) as process:
            own._process.kill()
            assert process.wait(PATIENCE_S) == -signal.SIGKILL
        # Its socket is still there, and nobody listens.
        assert "core.system.warm_client" in module_command("core.processes.sample")
        out = tmp_path / "run"
        code, said, _ = ended(module_command("core.processes.sample", str(out)))
        assert (code, json.loads(said.splitlines()[-1])["kind"]) == (0, "done")


def test_that_what_tests_and_shells_set_binds_nobody() -> None:
    assert bound({"PWD": "/", "REDISTILL_CACHE": "x", "PYTEST_CURRENT_TEST": "y"}) == {}
    assert bound({"HF_HOME": "/x"}) == {"HF_HOME": "/x"}
