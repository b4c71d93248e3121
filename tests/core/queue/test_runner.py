"""Work on the queue: real trainers, a failure, a kill, a time to end."""

import json
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import psutil
import pytest

from core.queue.items import RunQueue, Turn
from core.queue.runner import Why, work
from core.queue.until import local_time
from core.run.files import TRAINER_OUTPUT
from core.run.folder import RunFolder, RunState
from core.system import process_names
from core.system.own_process import child_environment
from tests.helpers.worlds import World, new_run


def wait_until(is_so: Callable[[], bool], seconds: float = 180) -> None:
    until = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < until
        time.sleep(0.05)


def queue_command(data: Path, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", process_names.COMMAND_LINE, "queue", *arguments],
        env={**child_environment(), "REDISTILL_DATA": str(data)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def is_training(run: RunFolder) -> bool:
    return run.status().state is RunState.RUNNING


@pytest.mark.slow
def test_that_a_failure_does_not_stop_the_next_and_a_killed_queue_goes_on(
    image_world: World, tmp_path: Path
) -> None:
    queue = RunQueue(tmp_path / "data")
    broken = new_run(image_world, tmp_path / "broken", model__name=str(tmp_path / "no-model"))
    whole = new_run(image_world, tmp_path / "whole")
    for run in (broken, whole):
        queue.add(run)
    runner = queue_command(queue.folder, "run")
    wait_until(lambda: is_training(whole))
    first, _ = queue.read().items
    assert first.turn() is Turn.FAILED
    assert "no-model" in first.text
    # A second one does not work beside the first.
    said, _ = queue_command(queue.folder, "run").communicate()
    assert "Another process works on the queue already" in said
    runner.kill()
    runner.communicate()
    # As after a power cut.
    psutil.Process(whole.status().pid).kill()
    wait_until(lambda: not whole.is_locked())
    assert not queue.is_worked_on()
    assert queue.read().items[1].turn() is Turn.WAITING
    again = queue_command(queue.folder, "run")
    said, _ = again.communicate(timeout=240)
    assert whole.status().state is RunState.FINISHED, said
    assert again.returncode == 2
    assert "Some failed" in said
    listed, _ = queue_command(queue.folder, "list", "--json").communicate()
    assert [each["state"] for each in json.loads(listed)["items"]] == ["failed", "finished"]


def test_that_a_trainer_that_was_still_starting_is_waited_for(
    image_world: World, tmp_path: Path
) -> None:
    queue = RunQueue(tmp_path / "data")
    run = new_run(image_world, tmp_path / "run")
    queue.add(run)
    told: list[str] = []

    def train() -> None:
        # What a killed queue left behind takes the run after the queue has looked for it.
        wait_until((run.path / TRAINER_OUTPUT).exists)
        with run.lock():
            run.write_status(RunState.RUNNING, "Training.")
            wait_until(lambda: any(words.startswith(("Waiting", "Failed")) for words in told))
            run.write_status(RunState.FINISHED, "Done.")

    other = threading.Thread(target=train)
    other.start()
    assert work(queue, told.append, lambda: False) is Why.DONE
    other.join()
    assert [words.partition(" ")[0] for words in told] == ["Training", "Waiting", "Finished"]
    assert queue.read().items[0].outcome == Turn.FINISHED


@pytest.mark.slow
def test_that_what_runs_is_paused_in_time_and_goes_on_the_next_time(
    image_world: World, tmp_path: Path
) -> None:
    queue = RunQueue(tmp_path / "data")
    run = new_run(image_world, tmp_path / "run")
    queue.add(run)
    queue.stop_at((local_time() + timedelta(hours=9)).isoformat())
    told: list[str] = []
    trained: list[bool] = []

    def clock() -> datetime:
        if is_training(run):
            trained.append(True)
        return local_time() + timedelta(hours=10 if trained else 0)

    assert work(queue, told.append, lambda: False, clock) is Why.LATE
    assert run.status().state is RunState.PAUSED
    assert queue.read().items[0].turn() is Turn.WAITING
    # Somebody asks for a pause from elsewhere; then it goes on to its end.
    queue.stop_at("")
    runner = queue_command(queue.folder, "run")
    wait_until(lambda: is_training(run))
    said, _ = queue_command(queue.folder, "pause").communicate()
    assert "Asked to pause" in said
    said, _ = runner.communicate(timeout=120)
    assert run.status().state is RunState.PAUSED, said
    last = queue_command(queue.folder, "run")
    wait_until(lambda: is_training(run))
    last.send_signal(signal.SIGINT)
    said, _ = last.communicate(timeout=120)
    assert "Pausing what runs" in said
    assert run.status().state is RunState.PAUSED
