"""The device for tests does what makes a GPU different from a CPU."""

import pytest
import torch

from core.devices.table import kind_of
from tests.later.copies import pinned
from tests.later.dlpack import NAME
from tests.later.kind import Later
from tests.later.memory import MEMORY
from tests.later.process import on_later
from tests.later.waits import WAITS

KIB = 1024


def numbers(*values: float) -> torch.Tensor:
    return torch.tensor([float(value) for value in values]).to(NAME)


def waits_of(question: str) -> int:
    """How often the host waits for some code's answer."""
    names = {"torch": torch, "x": numbers(1, 0, 2), "NAME": NAME, "pinned": pinned}
    before = sum(WAITS.seen.values())
    exec(question, names)
    return sum(WAITS.seen.values()) - before


def all_waits(questions: tuple[str, ...]) -> dict[str, int]:
    return {question: waits_of(question) for question in questions}


def test_that_all_that_waits_for_the_device_is_counted() -> None:
    asks = (
        *("x[0].item()", "x.tolist()", "bool(x.any())", "x.nonzero()", "x[x > 0]"),
        *("x.cpu()", "x.masked_select(x > 0)", "torch.ones(3).to(NAME)", "torch.equal(x, x)"),
        *("x[x > 0] = x[:2]", "float(x.sum())", "torch.tensor(1.0, device=NAME)"),
    )
    assert min(on_later(all_waits, asks).values()) >= 1


def test_that_what_only_asks_the_device_to_compute_is_not() -> None:
    goes_on = (
        *("x + x", "x.sum()", "x.topk(2)", "x.argsort()", "x.masked_fill(x > 0, 1.0)"),
        *("torch.zeros(3, device=NAME)", "torch.arange(3, device=NAME)", "x[torch.argsort(x)]"),
        "pinned(torch.ones(3)).to(NAME, non_blocking=True)",
    )
    assert set(on_later(all_waits, goes_on).values()) == {0}


def mixed() -> str:
    x = numbers(1, 2)
    for question in (lambda: x + torch.ones(2), lambda: x[torch.tensor([0])]):
        with pytest.raises(RuntimeError):
            question()
    # As on CUDA, a single number may come from anywhere.
    return str((x * torch.tensor(2.0)).device)


def test_that_tensors_of_the_cpu_are_refused() -> None:
    assert on_later(mixed) == f"{NAME}:0"


def too_early() -> tuple[list[float], list[float]]:
    x = numbers(1, 2)
    host = pinned(torch.zeros(2))
    host.copy_(x, non_blocking=True)
    early = host.tolist()
    kind_of(x.device).synchronize(x.device)
    return early, host.tolist()


def test_that_a_copy_is_not_there_before_somebody_waits() -> None:
    early, late = on_later(too_early)
    assert early != [1, 2]
    assert late == [1, 2]


def overwritten() -> str:
    host = pinned(torch.ones(2))
    x = host.to(NAME, non_blocking=True)
    host.zero_()
    with pytest.raises(RuntimeError, match="pinned memory was changed"):
        x.sum().item()
    return "told"


def test_that_pinned_memory_may_not_change_before_it_is_fetched() -> None:
    assert on_later(overwritten) == "told"


def filled() -> tuple[int, bool]:
    kept = [torch.zeros(KIB // 4, device=NAME) for _ in range(8)]
    with pytest.raises(torch.OutOfMemoryError, match="out of memory"):
        torch.zeros(KIB // 4 + 1, device=NAME)
    used = MEMORY.used
    del kept
    return used, MEMORY.used < KIB


def test_that_memory_is_limited_and_freed() -> None:
    assert on_later(filled, later=Later(memory=8 * KIB)) == (8 * KIB, True)


def low() -> torch.dtype:
    x = numbers(1, 2).view(1, 2)
    with torch.autocast(NAME, torch.bfloat16):
        return torch.nn.functional.linear(x, x).dtype


def test_that_it_has_bfloat16_unless_told_otherwise() -> None:
    assert on_later(low) == torch.bfloat16
    with pytest.raises(AssertionError, match="no bfloat16"):
        on_later(low, later=Later(bfloat16=False))
