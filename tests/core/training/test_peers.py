"""Processes that train together agree and part, whatever their gradients go over."""

import multiprocessing
import os
import signal
import sys
import time
from collections.abc import Callable
from functools import partial
from multiprocessing.connection import Connection
from typing import Any

import pytest

from tests.helpers.several import environment_of, free_port
from tests.helpers.trainers import ROOT, changed_environment, start_fork_server

_context = multiprocessing.get_context("forkserver" if sys.platform == "linux" else "spawn")
Part = Callable[[Any], object]


def run(part: Part, environment: dict[str, str], pipe: Connection) -> None:
    """One process: meets the others, does its part, sends what came of it."""
    os.environ.update(environment)
    from core.training import peers as module

    module._MOST_MISSED = 4
    peers = module.join(lambda departure: None)
    assert peers is not None
    try:
        pipe.send(part(peers))
    except Exception as error:  # noqa: BLE001  (whatever it is, the test judges it)
        found = getattr(error, "id", type(error).__name__)
        pipe.send((found, str(getattr(error, "outcome", error))))


def results_of(parts: list[Part], timeout_s: float = 60) -> list[Any]:
    """What comes of each part, in a process of its own; None of one that was killed."""
    start_fork_server()
    port = free_port()
    processes, pipes = [], []
    with changed_environment({"PYTHONPATH": str(ROOT)}):
        for rank, part in enumerate(parts):
            ours, theirs = _context.Pipe(duplex=False)
            arguments = (part, environment_of(rank, len(parts), port), theirs)
            process = _context.Process(target=run, args=arguments)
            process.start()
            theirs.close()
            processes.append(process)
            pipes.append(ours)
    end = time.monotonic() + timeout_s
    found: list[Any] = []
    for pipe, part in zip(pipes, parts, strict=True):
        dies = getattr(part, "args", ()) and part.args[0] in (signal.SIGKILL, signal.SIGSTOP)
        if dies:
            found.append(None)
        elif pipe.poll(max(0.0, end - time.monotonic())):
            found.append(pipe.recv())
        else:
            found.append("waited on")
    for process in processes:
        if found.count("waited on") == 0:
            process.join(1)
        process.kill()
        process.join()
    return found


def connected(peers: Any) -> Any:
    """The ranks of processes whose gradients go by a backend without CPU tensors, as NCCL is."""
    import torch
    import torch.distributed as dist

    from core.recipe import RuntimeRecipe
    from core.training.device import set_up_hardware
    from core.training.ranks import Ranks

    dist.init_process_group("cuda:gloo", store=peers.store, rank=peers.rank, world_size=peers.world)
    with pytest.raises(RuntimeError, match="No backend type associated with device type cpu"):
        dist.all_reduce(torch.zeros(1))
    return Ranks(set_up_hardware(RuntimeRecipe(device="cpu", threads=1), peers))


def agrees(peers: Any) -> object:
    import torch

    ranks = connected(peers)
    flags = ranks.any([peers.rank == 0, peers.rank == 1, False])
    same = [ranks.same(7), ranks.same(peers.rank)]
    ranks.wait()
    rows = [part.tolist() for part in ranks.gather(torch.full((2,), float(peers.rank)))]
    ranks.wait()
    return flags, same, rows


def test_that_messages_need_no_backend_that_takes_cpu_tensors() -> None:
    first, second = results_of([agrees, agrees])
    assert first == ([True, True, False], [True, False], [[0.0, 0.0], [1.0, 1.0]])
    assert second == ([True, True, False], [True, False], [])


def waits(peers: Any) -> object:
    ranks = connected(peers)
    ranks.wait()
    began = time.monotonic()
    try:
        ranks.any([False])
    finally:
        assert time.monotonic() - began < 30
        # As a trainer does, so that the others need not find out.
        peers.leave("fail", "came to nothing")
    return "went on"


def dies(number: int, peers: Any) -> object:
    connected(peers).wait()
    os.kill(os.getpid(), number)
    return "lived"


def leaves(how: str, peers: Any) -> object:
    connected(peers).wait()
    peers.leave(how, "no paper in the printer")
    return "left"


@pytest.mark.parametrize(
    ("rank", "number"),
    [
        pytest.param(0, signal.SIGSTOP, marks=pytest.mark.slow),
        (1, signal.SIGKILL),
        pytest.param(0, signal.SIGKILL, marks=pytest.mark.slow),
        pytest.param(1, signal.SIGSTOP, marks=pytest.mark.slow),
    ],
)
def test_that_the_others_notice_a_process_that_died_or_hangs(rank: int, number: int) -> None:
    # Rank 0 keeps the store; frozen, it keeps its connections, too.
    parts: list[Part] = [waits, waits, waits]
    parts[rank] = partial(dies, number)
    found = results_of(parts)
    del found[rank]
    assert {error for error, _ in found} == {"process-lost"}


@pytest.mark.parametrize("rank", [0, pytest.param(1, marks=pytest.mark.slow)])
def test_that_a_failure_is_told_in_its_words(rank: int) -> None:
    parts: list[Part] = [waits, waits]
    parts[rank] = partial(leaves, "fail")
    found = results_of(parts)
    assert found.pop(rank) == "left"
    ((error, text),) = found
    assert error == "process-failed"
    assert f"Process {rank + 1} of the 2" in text
    assert "no paper in the printer" in text


@pytest.mark.parametrize("how", ["pause", pytest.param("stop", marks=pytest.mark.slow)])
def test_that_a_pause_of_one_is_a_pause_of_all(how: str) -> None:
    found = results_of([waits, partial(leaves, how)])
    assert found == [("Interrupted", {"pause": "paused", "stop": "stopped"}[how]), "left"]


def stands_elsewhere(peers: Any) -> object:
    connected(peers).wait()
    return peers.any([], place=3)


def stands_here(peers: Any) -> object:
    connected(peers).wait()
    return peers.any([True], place=4)


@pytest.mark.slow
def test_that_messages_of_different_places_are_not_mixed_up() -> None:
    found = results_of([stands_here, stands_elsewhere])
    assert {error for error, _ in found} == {"AssertionError"}


@pytest.mark.slow
def test_that_processes_that_do_not_meet_are_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    from datetime import timedelta

    from core.errors import RunError
    from core.training import peers

    monkeypatch.setattr(peers, "_START", timedelta(seconds=2))
    for name, value in environment_of(1, 2, free_port()).items():
        monkeypatch.setenv(name, value)
    with pytest.raises(RunError, match="did not all meet") as refused:
        peers.join(lambda departure: None)
    assert refused.value.id == "processes-apart"


def learns(precision: str, fails: bool, peers: Any) -> object:
    """A step of two pieces; of rank 1 the backward pass of the second may run out of memory."""
    import torch
    from torch import nn

    from core.recipe import RuntimeRecipe
    from core.training.device import set_up_hardware
    from core.training.gradients import GradientSums
    from core.training.ranks import Ranks

    ranks = Ranks(set_up_hardware(RuntimeRecipe(device="cpu", threads=1), peers))
    torch.manual_seed(0)
    model = nn.Sequential(nn.Linear(4, 8), nn.Tanh(), nn.Linear(8, 8), nn.Tanh(), nn.Linear(8, 2))
    rows = torch.randn(2, 2, 3, 4)

    def run_out(gradient: object) -> None:
        raise MemoryError

    def loss(rank: int, piece: int, *, breaks: bool = False) -> Any:
        hidden = model[:3](rows[rank, piece])
        if breaks:
            hidden.register_hook(run_out)
        return model[3:](hidden).square().sum()

    both = sum(loss(rank, piece) for rank in range(2) for piece in range(2))
    expected = torch.autograd.grad(both, list(model.parameters()))
    sums = GradientSums(list(model.parameters()), precision, portion_bytes=64)
    begun = []
    for attempt in range(2 if fails else 1):
        breaks = fails and attempt == 0 and peers.rank == 1
        sums.clear()
        try:
            loss(peers.rank, 0).backward()
            begun.append(sums.begun)
            sums.begin()
            loss(peers.rank, 1, breaks=breaks).backward()
        except MemoryError:
            pass
        begun.append(sums.begun)
        sums.begin_rest()
        (failed,) = ranks.any([breaks])
        sums.finish()
        assert failed == (fails and attempt == 0)
    ranks.wait()
    off = [
        float((parameter.grad - value).norm() / value.norm())
        for parameter, value in zip(model.parameters(), expected, strict=True)
        if parameter.grad is not None
    ]
    return len(off), max(off), begun


@pytest.mark.parametrize(
    ("precision", "most_off"),
    [("float32", 1e-6), pytest.param("bfloat16", 0.01, marks=pytest.mark.slow)],
)
def test_that_gradients_are_summed_during_the_last_backward_pass(
    precision: str, most_off: float
) -> None:
    part = partial(learns, precision, False)
    for count, off, begun in results_of([part, part]):
        assert count == 6
        assert off < most_off
        # None in the first piece, all by the end of the second.
        assert begun == [(0, 3), (3, 3)]


@pytest.mark.slow
def test_that_running_out_of_memory_half_way_leaves_nobody_in_a_sum() -> None:
    part = partial(learns, "float32", True)
    first, second = results_of([part, part])
    for count, off, _ in (first, second):
        assert count == 6
        assert off < 1e-6
    assert first[2] == [(0, 3), (3, 3)] * 2
    # It had the last layer's gradients, and asked for the other sums all the same.
    (_, begun, *again) = second[2]
    assert begun == (1, 3)
    assert again == [(0, 3), (3, 3)]
