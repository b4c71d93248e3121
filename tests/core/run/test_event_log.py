"""The event log: whole lines, whatever a crash or a full disk left behind."""

import errno
import os
import threading
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.run.event_json import from_json, to_json
from core.run.event_log import EventLog, last_events, read_events, valid_steps
from core.run.events import Event, Noticed, Outcome, RunEnded, StageResumed, StepDone


def step_done(step: int, loss: float = 1.0, stage: str = "01-further-pretrain") -> StepDone:
    return StepDone(
        stage=stage,
        step=step,
        num_steps=100,
        losses={"loss": loss},
        lr=0.1,
        images_per_s=5.0,
        stage_left_s=None,
        run_left_s=None,
        memory_gib=0.5,
    )


@given(st.text(), st.text())
def test_that_an_event_is_read_back_as_it_was_written(notice_id: str, text: str) -> None:
    event = Noticed(id=notice_id, text=text)
    assert "\n" not in to_json(event)
    assert from_json(to_json(event)) == event


def test_that_an_outcome_is_read_back_as_one() -> None:
    event = RunEnded(outcome=Outcome.PAUSED, text="x")
    again = from_json(to_json(event))
    assert isinstance(again, RunEnded)
    assert again.outcome is Outcome.PAUSED


def test_that_numbers_json_lacks_become_null() -> None:
    assert '"loss": null' in to_json(step_done(1, float("nan")))


@pytest.mark.parametrize(
    "line", ["", "{", "[]", "3", '{"kind": "from_the_future", "x": 1}', '{"kind": "noticed"}']
)
def test_that_torn_and_unknown_lines_are_no_event(line: str) -> None:
    assert from_json(line) is None


def test_that_a_torn_last_line_costs_only_itself(tmp_path: Path) -> None:
    file = tmp_path / "events.jsonl"
    EventLog(file).append(Noticed(id="first", text=""))
    with file.open("ab") as torn:
        torn.write(to_json(Noticed(id="torn", text="")).encode()[:25])
    EventLog(file).append(Noticed(id="after", text=""))
    assert [event.id for event in read_events(file) if isinstance(event, Noticed)] == [
        "first",
        "after",
    ]


def test_that_two_threads_write_whole_lines(tmp_path: Path) -> None:
    file = tmp_path / "events.jsonl"
    log = EventLog(file)

    def write(name: str) -> None:
        for number in range(200):
            log.append(Noticed(id=f"{name}-{number}", text="x" * (number * 7 % 900)))

    threads = [threading.Thread(target=write, args=[name]) for name in "ab"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    ids = [event.id for event in read_events(file) if isinstance(event, Noticed)]
    assert len(file.read_text().splitlines()) == 400
    for name in "ab":
        assert [at for at in ids if at.startswith(name)] == [f"{name}-{n}" for n in range(200)]


def test_that_events_wait_while_the_disk_is_full(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "events.jsonl"
    log = EventLog(file)
    log.append(Noticed(id="before", text=""))
    write = os.write

    def half_a_line(descriptor: int, line: bytes) -> int:
        return write(descriptor, line[: len(line) // 2])

    def no_room(descriptor: int, line: bytes) -> int:
        raise OSError(errno.ENOSPC, "full")

    for refusing, name in ((half_a_line, "half"), (no_room, "none")):
        monkeypatch.setattr(os, "write", refusing)
        log.append(Noticed(id=name, text=""))
        assert len(file.read_bytes().splitlines()) == 1
    monkeypatch.setattr(os, "write", write)
    log.append(Noticed(id="after", text=""))
    assert [event.id for event in read_events(file) if isinstance(event, Noticed)] == [
        "before",
        "half",
        "none",
        "after",
    ]


def test_that_a_missing_log_is_empty(tmp_path: Path) -> None:
    assert list(read_events(tmp_path / "none")) == []
    assert last_events(tmp_path / "none") == []


def test_that_the_newest_events_are_read_from_the_end(tmp_path: Path) -> None:
    file = tmp_path / "events.jsonl"
    log = EventLog(file)
    for step in range(1, 200):
        log.append(step_done(step))
    newest = last_events(file, 2000)
    steps = [event.step for event in newest if isinstance(event, StepDone)]
    assert 3 < len(steps) < 20
    assert steps == list(range(200 - len(steps), 200))
    assert last_events(file) == list(read_events(file))


def test_that_steps_after_a_resume_point_are_void() -> None:
    other = "02-self-distill-round-1"
    events: list[Event] = [
        step_done(1, 1.0),
        step_done(2, 2.0),
        step_done(1, 9.0, other),
        step_done(3, 3.0),
        StageResumed(stage="01-further-pretrain", step=1, num_steps=100),
        step_done(2, 2.5),
    ]
    steps = valid_steps(iter(events))
    assert [(done.step, done.losses["loss"]) for done in steps["01-further-pretrain"]] == [
        (1, 1.0),
        (2, 2.5),
    ]
    assert [done.step for done in steps[other]] == [1]
