"""Requests, what a run found out about its machine, writes that wait for room."""

import errno
import threading
import time
from pathlib import Path

import pytest

from core.errors import RunError
from core.run.events import Event, Noticed, Outcome
from core.training.context import Adjustments, Interrupted, RunContext


def a_context(tmp_path: Path, heard: list[Event], *, is_main: bool = True) -> RunContext:
    return RunContext(heard.append, Adjustments(tmp_path / "adjustments.json"), is_main=is_main)


class FullDisk:
    """Refuses so many writes."""

    def __init__(self, refusals: int, number: int = errno.ENOSPC) -> None:
        self.refusals = refusals
        self.number = number
        self.written = 0

    def __call__(self) -> None:
        if self.refusals:
            self.refusals -= 1
            raise OSError(self.number, "refused")
        self.written += 1


def test_that_adjustments_are_read_back_as_written(tmp_path: Path) -> None:
    file = tmp_path / "adjustments.json"
    assert Adjustments.load(file) == Adjustments(file)
    written = Adjustments(file, {"finetune": 4}, {"01-further-pretrain": 2})
    written.save()
    assert Adjustments.load(file) == written
    assert written.lr_scale("01-further-pretrain") == 0.25
    assert written.lr_scale("02-finetune") == 1


def test_that_damaged_adjustments_are_a_run_error(tmp_path: Path) -> None:
    file = tmp_path / "adjustments.json"
    file.write_text('{"micro_batch_sizes": {}')
    with pytest.raises(RunError) as caught:
        Adjustments.load(file)
    assert caught.value.id == "run-damaged"


def test_that_a_write_waits_for_room_and_says_so_once(tmp_path: Path) -> None:
    heard: list[Event] = []
    disk = FullDisk(2)
    a_context(tmp_path, heard).write(disk, "a checkpoint")
    assert disk.written == 1
    assert [event.id for event in heard if isinstance(event, Noticed)] == [
        "disk-full",
        "disk-has-room",
    ]


def test_that_any_other_refusal_is_a_run_error(tmp_path: Path) -> None:
    disk = FullDisk(1, errno.EROFS)
    with pytest.raises(RunError) as caught:
        a_context(tmp_path, []).write(disk, "a checkpoint")
    assert caught.value.id == "run-not-writable"
    assert str(tmp_path) in str(caught.value)


@pytest.mark.parametrize(
    ("command", "outcome"), [("pause", Outcome.PAUSED), ("stop", Outcome.STOPPED)]
)
def test_that_a_request_ends_the_wait_for_room(
    tmp_path: Path, command: str, outcome: Outcome
) -> None:
    context = a_context(tmp_path, [])
    threading.Timer(0.05, context.request, [command]).start()
    began = time.monotonic()
    with pytest.raises(Interrupted) as caught:
        context.write(FullDisk(1000), "a checkpoint")
    assert caught.value.outcome is outcome
    assert time.monotonic() - began < 5


def test_that_a_rank_other_than_zero_neither_writes_nor_speaks(tmp_path: Path) -> None:
    heard: list[Event] = []
    context = a_context(tmp_path, heard, is_main=False)
    disk = FullDisk(0)
    context.write(disk, "a checkpoint")
    context.report(Noticed(id="x", text="y"))
    assert (disk.written, heard) == (0, [])


def test_that_nothing_is_raised_before_a_request(tmp_path: Path) -> None:
    context = a_context(tmp_path, [])
    context.raise_if_requested()
    context.request("pause")
    assert context.requested == "pause"
    with pytest.raises(Interrupted):
        context.raise_if_requested()
