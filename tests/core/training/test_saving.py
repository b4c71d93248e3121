"""Checkpoints written beside the training: of the step they were taken at, and never half there."""

import errno
import threading
from collections.abc import Sequence
from pathlib import Path

import pytest
import torch
from torch import Tensor, nn

from core.devices.kind import ReadAlready, Reading
from core.devices.others import Cpu
from core.errors import RunError
from core.run.events import CheckpointSaved, Event, Noticed
from core.training import checkpoint
from core.training.checkpoint import load_newest_checkpoint, newest_step
from core.training.context import Adjustments, RunContext
from core.training.feed import Feed
from core.training.job import Job
from core.training.optim import build_adamw, decays_in_pretraining
from core.training.order import shuffled_order
from core.training.saving import Saver
from core.training.stored import Counters, Probed, StoredJob


class Nothing:
    def batch(self, indices: object) -> dict[str, Tensor]:
        return {}


class Slow(Cpu):
    """A device whose copies arrive when they are let go."""

    def __init__(self) -> None:
        self.let_go = threading.Event()

    def copy_out(self, values: Sequence[Tensor]) -> Reading:
        copied, let_go = ReadAlready(values), self.let_go

        class Late:
            def is_there(self) -> bool:
                return let_go.is_set()

            def wait(self) -> list[Tensor]:
                assert let_go.wait(30)
                return copied.wait()

        return Late()


class Full(Cpu):
    """A device whose host has no memory for a copy."""

    def copy_out(self, values: Sequence[Tensor]) -> Reading:
        raise RuntimeError("[enforce fail] DefaultCPUAllocator: can't allocate memory: you tried")


class Stage:
    """A layer with its optimizer, and what is heard of its checkpoints."""

    def __init__(self, folder: Path, kind: Cpu) -> None:
        self.folder = folder
        self.model = nn.Linear(3, 2)
        parameters = dict(self.model.named_parameters())
        decays = decays_in_pretraining
        optimizer = build_adamw(
            parameters.items(), weight_decay=0.0, betas=(0.9, 0.95), decays=decays
        )
        order = shuffled_order(4, 2, 1)
        feed = Feed(
            source=Nothing(), examples=torch.arange(4).numpy(), order=order, batch_size=2, place=()
        )
        job = Job(
            stage="s",
            kind="further-pretrain",
            section="pretrain",
            folder=folder,
            seed=1,
            objective=self.model,
            parameters=parameters,
            feed=feed,
            num_steps=9,
            micro_batch_size=2,
            lr=0.1,
            warmup_steps=0,
            weight_decay=0.0,
            decays=decays,
            betas=(0.9, 0.95),
            clip_norm=0.0,
        )
        self.heard: list[Event] = []
        context = RunContext(self.heard.append, Adjustments(folder / "adjustments.json"))
        self.saver = Saver(StoredJob(job, optimizer, None), kind, context, "s")

    def save(self, step: int, *, beside: bool = True) -> None:
        """Save a state whose weights are all the step's number, and go on to another."""
        self._fill(step)
        self.saver.save(Counters(step, {}, Probed()), beside=beside)
        self._fill(-1)

    def _fill(self, value: float) -> None:
        with torch.no_grad():
            self.model.weight.fill_(value)

    @property
    def saved(self) -> list[int]:
        return [event.step for event in self.heard if isinstance(event, CheckpointSaved)]

    @property
    def noticed(self) -> list[str]:
        return [event.id for event in self.heard if isinstance(event, Noticed)]

    def weight_on_disk(self) -> float:
        def refuse(file: Path, reason: str) -> None:
            raise AssertionError(f"{file}: {reason}")

        loaded = load_newest_checkpoint(self.folder, "s", refuse)
        assert loaded is not None
        (value,) = set(loaded[0]["model/weight"].flatten().tolist())
        assert loaded[1].step == newest_step(self.folder)
        return float(value)


def test_that_training_goes_on_while_the_state_of_its_step_is_written(tmp_path: Path) -> None:
    slow = Slow()
    stage = Stage(tmp_path, slow)
    stage.save(5)
    stage.saver.look()
    assert (stage.saved, newest_step(tmp_path)) == ([], 0)
    slow.let_go.set()
    stage.saver.finish()
    assert stage.saved == [5]
    assert stage.weight_on_disk() == 5
    stage.saver.close()


def test_that_the_next_checkpoint_waits_for_the_one_before(tmp_path: Path) -> None:
    slow = Slow()
    stage = Stage(tmp_path, slow)
    stage.save(1)
    threading.Timer(0.1, slow.let_go.set).start()
    stage.save(2)
    # The first is on the disk, and told of, before the second is copied.
    assert stage.saved == [1]
    stage.saver.close()
    assert stage.saved == [1, 2]
    assert stage.weight_on_disk() == 2


def test_that_without_memory_for_a_copy_it_is_written_at_once(tmp_path: Path) -> None:
    stage = Stage(tmp_path, Full())
    stage.save(3)
    assert stage.saved == [3]
    assert stage.weight_on_disk() == 3
    stage.saver.close()


def test_that_no_copy_is_taken_where_it_would_not_fit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.training.saving.free_bytes", lambda: 100)
    stage = Stage(tmp_path, Slow())
    stage.save(3)
    assert stage.saved == [3]
    stage.saver.close()


def refuse_writes(monkeypatch: pytest.MonkeyPatch, times: int, number: int) -> None:
    write, left = checkpoint.write_json, [times]

    def refuse(path: Path, value: object) -> None:
        left[0] -= 1
        if left[0] >= 0:
            raise OSError(number, "refused")
        write(path, value)

    monkeypatch.setattr(checkpoint, "write_json", refuse)


def test_that_a_disk_that_fills_up_beside_training_is_waited_for_in_the_same_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage = Stage(tmp_path, Cpu())
    refuse_writes(monkeypatch, 2, errno.ENOSPC)
    stage.save(4)
    stage.saver.close()
    assert stage.noticed == ["disk-full", "disk-has-room"]
    assert stage.saved == [4]
    assert stage.weight_on_disk() == 4


def test_that_a_folder_that_can_not_be_written_ends_the_run_at_the_next_look(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage = Stage(tmp_path, Cpu())
    refuse_writes(monkeypatch, 9, errno.EROFS)
    stage.save(4)
    with pytest.raises(RunError) as caught:
        stage.saver.finish()
    assert caught.value.id == "run-not-writable"
    assert stage.saved == []
    stage.saver.close()
