"""The list of runs that wait: order, what is known of each, and what can't be read."""

import json
from datetime import datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner

from core.cli.main import app
from core.errors import RunError
from core.queue.items import Item, RunQueue, Turn
from core.queue.runner import work
from core.queue.until import in_words, next_time
from core.recipe import Recipe
from core.run.folder import RunFolder, RunState


@pytest.fixture
def queue(tmp_path: Path) -> RunQueue:
    return RunQueue(tmp_path / "data")


def queued(queue: RunQueue, folder: Path, *names: str) -> list[Item]:
    recipe = Recipe.model_validate({"data": {"labeled": str(folder / "labeled")}})
    return [queue.add(RunFolder.create(folder / name, recipe)) for name in names]


def names(queue: RunQueue) -> list[str]:
    return [item.run.name for item in queue.read().items]


def test_that_runs_keep_their_order_and_can_be_moved_and_removed(
    queue: RunQueue, tmp_path: Path
) -> None:
    a, b, c = queued(queue, tmp_path, "a", "b", "c")
    assert (a.number, b.number, c.number) == (1, 2, 3)
    queue.move("3", 1)
    assert names(queue) == ["c", "a", "b"]
    queue.move(str(tmp_path / "c"), 99)
    assert names(queue) == ["a", "b", "c"]
    assert [item.run.name for item in queue.remove(["b"])] == ["b"]
    assert names(queue) == ["a", "c"]
    assert (tmp_path / "b" / "recipe.toml").exists()
    (d,) = queued(queue, tmp_path, "d")
    assert d.number == 4
    queue.put_back([(2, b), (9, a)])
    assert names(queue) == ["a", "b", "c", "d"]
    queue.remove(["b"])
    with pytest.raises(RunError) as caught:
        queue.move("b", 1)
    assert caught.value.id == "queue-unknown"


def test_that_a_run_is_in_it_once_and_waits_again_after_it_failed(
    queue: RunQueue, tmp_path: Path
) -> None:
    (a,) = queued(queue, tmp_path, "a")
    run = RunFolder.open(a.run)
    assert queue.add(run) == a
    queue.ended(a.number, Turn.FAILED, "no room")
    (failed,) = queue.read().items
    assert (failed.turn(), failed.text) == (Turn.FAILED, "no room")
    assert queue.add(run).turn() is Turn.WAITING
    assert len(queue.read().items) == 1
    run.write_status(RunState.FINISHED, "Done.")
    assert queue.read().items[0].turn() is Turn.FINISHED
    with pytest.raises(RunError) as caught:
        queue.add(run)
    assert caught.value.id == "queue-finished"
    assert [item.run for item in queue.remove_done()] == [a.run]


def test_that_a_run_whose_folder_is_gone_is_done_and_one_that_trains_stays(
    queue: RunQueue, tmp_path: Path
) -> None:
    a, b = queued(queue, tmp_path, "a", "b")
    (a.run / "recipe.toml").unlink()
    run = RunFolder.open(b.run)
    run.write_status(RunState.RUNNING, "Training.")
    with run.lock():
        assert [item.turn() for item in queue.read().items] == [Turn.GONE, Turn.RUNNING]
        with pytest.raises(RunError) as caught:
            queue.remove(["b"])
        assert caught.value.id == "queue-running"
    assert [item.run.name for item in queue.remove_done()] == ["a"]


def test_that_only_one_works_on_it(queue: RunQueue) -> None:
    assert not queue.is_worked_on()
    with queue.working():
        assert queue.is_worked_on()
        with pytest.raises(RunError) as caught, RunQueue(queue.folder).working():
            pass
        assert caught.value.id == "queue-worked-on"
    assert not queue.is_worked_on()


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("no list", "queue-damaged"),
        ('{"format": 1}', "queue-damaged"),
        ('{"format": 99, "items": []}', "queue-newer"),
    ],
)
def test_that_a_list_that_can_t_be_read_is_left_alone(
    queue: RunQueue, tmp_path: Path, text: str, error: str
) -> None:
    queue.folder.mkdir()
    queue.file.write_text(text)
    with pytest.raises(RunError) as caught:
        queued(queue, tmp_path, "a")
    assert caught.value.id == error
    assert queue.file.read_text() == text


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-11-{text}").astimezone()


def test_that_a_time_of_day_is_the_next_one() -> None:
    evening, morning = at("29T22:15"), at("29T06:00")
    assert next_time("07:30", evening) == at("30T07:30")
    assert next_time("7:30", morning) == at("29T07:30")
    assert next_time("22:15", evening) == at("30T22:15")
    assert [next_time(text, evening) for text in ("24:00", "7", "7:60", "half")] == [None] * 4
    assert in_words(at("30T07:30"), evening) == "07:30 tomorrow"


def test_that_names_that_are_no_unicode_survive(queue: RunQueue, tmp_path: Path) -> None:
    name = b"run-\xff".decode("utf-8", "surrogateescape")
    queued(queue, tmp_path, name)
    json.loads(queue.file.read_text(encoding="ascii"))
    assert names(queue) == [name]


def test_that_a_second_one_that_is_refused_leaves_the_time_to_end_alone(queue: RunQueue) -> None:
    queue.stop_at("2026-11-30T07:30:00+00:00")
    with queue.working(), pytest.raises(RunError) as caught:
        work(queue, lambda words: None, lambda: False, until="")
    assert caught.value.id == "queue-worked-on"
    assert queue.read().until == "2026-11-30T07:30:00+00:00"
    said: list[str] = []
    work(
        queue, said.append, lambda: False, lambda: at("29T22:15"), until=at("30T07:30").isoformat()
    )
    assert said == ["Until 07:30 tomorrow."]
    work(queue, said.append, lambda: False)
    assert queue.read().until == at("30T07:30").isoformat()
    work(queue, said.append, lambda: False, until="")
    assert not queue.read().until


def test_that_the_place_that_is_said_is_the_one_that_it_got(
    queue: RunQueue, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REDISTILL_DATA", str(queue.folder))
    queued(queue, tmp_path, "a", "b")
    said = CliRunner().invoke(app, ["queue", "move", "1", "99"])
    assert "is number 2 of 2 now" in said.output


def test_that_settings_beside_a_run_that_is_there_are_refused(
    queue: RunQueue, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REDISTILL_DATA", str(queue.folder))
    RunFolder.create(tmp_path / "a", Recipe())
    asked = ["queue", "add", str(tmp_path / "a")]
    said = CliRunner().invoke(app, [*asked, "--set", "pretrain.steps=9", "--out", "b"])
    assert said.exit_code == 2
    assert "--set" in said.output
    assert "--out" in said.output
    assert not queue.read().items
    assert CliRunner().invoke(app, [*asked, "--processes", "2"]).exit_code == 0
    assert queue.read().items[0].processes == 2
